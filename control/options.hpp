// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/settings.hpp"

namespace mgmd {

/// What the command line of mgmd asks for.
struct Options {
    enum class Task : std::uint8_t {
        run,
        check,
        print_schema,
        print_reference,
        print_manual,           ///< mgmd(8)
        print_settings_manual,  ///< mgmd.yaml(5)
        print_completion,
    };
    Task task = Task::run;
    std::string config;
    /// Stop once nothing has been received for this long.
    std::optional<std::chrono::milliseconds> until_idle;
    std::string summary;                ///< file for the end-of-run summary as JSON; empty: none
    std::optional<LogLevel> log_level;  ///< overrides log.level
};

/// Parses the command line. The other alternative is an exit status: 0 after --help or --version,
/// 64 (EX_USAGE) after a message about what is wrong.
std::variant<Options, int> parse_options(int argc, const char* const* argv);

/// An option as people read about it.
struct OptionHelp {
    std::string name;   ///< "--config"
    std::string value;  ///< "FILE"; empty: it has none
    std::string help;
};
/// All of them, in the order of --help.
std::vector<OptionHelp> option_helps();

}  // namespace mgmd
