// SPDX-License-Identifier: Apache-2.0
#include "control/options.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "common/error.hpp"
#include "common/version.hpp"

namespace mgmd {
namespace {

constexpr std::array<std::pair<std::string_view, LogLevel>, 6> kLogLevels{
    {{"trace", LogLevel::trace},
     {"debug", LogLevel::debug},
     {"info", LogLevel::info},
     {"warning", LogLevel::warning},
     {"error", LogLevel::error},
     {"off", LogLevel::off}}};

/// Says what is wrong with a word, or "" and has set the level.
std::string parse_log_level(std::string word, LogLevel& level) {
    word = CLI::detail::to_lower(std::move(word));
    std::string known;
    for (const auto& [name, value] : kLogLevels) {
        if (name == word) {
            level = value;
            return {};
        }
        known += (known.empty() ? "" : ", ") + std::string(name);
    }
    return '"' + word + "\" is not one of " + known;
}

}  // namespace

std::variant<Options, int> parse_options(int argc, const char* const* argv) {
    Options options;
    bool check = false;
    bool schema = false;
    bool reference = false;
    std::uint32_t until_idle_ms = 0;
    std::string log_level;
    LogLevel level{};

    CLI::App app{"mgmd: a multicast router for DPDK", "mgmd"};
    app.set_version_flag("--version", std::string("mgmd ") + kVersion);
    auto* config = app.add_option("--config", options.config, "configuration file (YAML)");
    config->type_name("FILE");
    auto* check_flag = app.add_flag("--check", check, "check the configuration and exit");
    auto* idle = app.add_option("--until-idle", until_idle_ms,
                                "stop once nothing has been received for so long");
    idle->type_name("MS")->check(CLI::Range(1u, 3'600'000u));
    auto* summary = app.add_option("--summary", options.summary,
                                   "write the summary at the end as JSON to this file, too");
    summary->type_name("FILE");
    auto* log =
        app.add_option("--log-level", log_level, "trace, debug, info, warning, error or off");
    log->type_name("LEVEL")->check(
        [&level](const std::string& word) { return parse_log_level(word, level); });
    auto* schema_flag = app.add_flag("--print-schema", schema,
                                     "print the JSON Schema of the configuration and exit");
    auto* reference_flag =
        app.add_flag("--print-reference", reference, "print the configuration reference and exit");
    schema_flag->excludes(check_flag)->excludes(config)->excludes(reference_flag);
    reference_flag->excludes(check_flag)->excludes(config);
    check_flag->excludes(idle)->excludes(summary);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
    }
    if (!schema && !reference && options.config.empty()) {
        std::cerr << "--config FILE is required\nRun with --help for more information.\n";
        return static_cast<int>(ExitCode::usage);
    }
    options.task = schema      ? Options::Task::print_schema
                   : reference ? Options::Task::print_reference
                   : check     ? Options::Task::check
                               : Options::Task::run;
    if (*idle) {
        options.until_idle = std::chrono::milliseconds(until_idle_ms);
    }
    if (*log) {
        options.log_level = level;
    }
    return options;
}

}  // namespace mgmd
