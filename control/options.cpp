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

/// The words of a command line, before they make sense together.
struct Words {
    Options options;
    bool check = false;
    bool schema = false;
    bool reference = false;
    bool completion = false;
    int manual = 0;  ///< a section
    std::uint32_t until_idle_ms = 0;
    std::string log_level;
    LogLevel level{};
};

void describe_running(CLI::App& app, Words& words) {
    app.add_option("--config", words.options.config, "configuration file (YAML)")
        ->type_name("FILE");
    app.add_option("--until-idle", words.until_idle_ms,
                   "stop once nothing has been received for so long")
        ->type_name("MS")
        ->check(CLI::Range(1u, 3'600'000u));
    app.add_option("--summary", words.options.summary,
                   "write the summary at the end as JSON to this file, too")
        ->type_name("FILE");
    app.add_option("--log-level", words.log_level, "trace, debug, info, warning, error or off")
        ->type_name("LEVEL")
        ->check([&words](const std::string& word) { return parse_log_level(word, words.level); });
}

/// Tasks after which mgmd exits, each by itself.
void describe_printing(CLI::App& app, Words& words) {
    auto* check = app.add_flag("--check", words.check, "check the configuration and exit");
    const std::array printing{
        app.add_flag("--print-schema", words.schema,
                     "print the JSON Schema of the configuration and exit"),
        app.add_flag("--print-reference", words.reference,
                     "print the configuration reference and exit"),
        app.add_option("--print-manual", words.manual,
                       "print a manual page and exit: mgmd(8) or mgmd.yaml(5)")
            ->type_name("SECTION")
            ->check(CLI::IsMember({"5", "8"}).description("")),
        app.add_flag("--print-completion", words.completion,
                     "print the completion for bash and exit"),
    };
    for (std::size_t one = 0; one < printing.size(); ++one) {
        printing[one]->excludes(check)->excludes(app.get_option("--config"));
        for (std::size_t other = one + 1; other < printing.size(); ++other) {
            printing[one]->excludes(printing[other]);
        }
    }
    check->excludes(app.get_option("--until-idle"))->excludes(app.get_option("--summary"));
}

void describe(CLI::App& app, Words& words) {
    app.set_version_flag("--version", std::string("mgmd ") + kVersion,
                         "print the version and exit");
    describe_running(app, words);
    describe_printing(app, words);
}

Options::Task task_of(const Words& words) {
    return words.schema        ? Options::Task::print_schema
           : words.reference   ? Options::Task::print_reference
           : words.completion  ? Options::Task::print_completion
           : words.manual == 5 ? Options::Task::print_settings_manual
           : words.manual == 8 ? Options::Task::print_manual
           : words.check       ? Options::Task::check
                               : Options::Task::run;
}

}  // namespace

std::variant<Options, int> parse_options(int argc, const char* const* argv) {
    Words words;
    CLI::App app{"mgmd: a multicast router for DPDK", "mgmd"};
    describe(app, words);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
    }
    auto& options = words.options;
    options.task = task_of(words);
    const bool reads = options.task == Options::Task::run || options.task == Options::Task::check;
    if (reads && options.config.empty()) {
        std::cerr << "--config FILE is required\nRun with --help for more information.\n";
        return static_cast<int>(ExitCode::usage);
    }
    if (*app.get_option("--until-idle")) {
        options.until_idle = std::chrono::milliseconds(words.until_idle_ms);
    }
    if (*app.get_option("--log-level")) {
        options.log_level = words.level;
    }
    return options;
}

std::vector<OptionHelp> option_helps() {
    Words words;
    CLI::App app;
    describe(app, words);
    std::vector<OptionHelp> helps;
    for (const auto* option : app.get_options()) {
        const bool is_flag = option->get_items_expected_max() == 0;
        const auto value = is_flag ? "" : option->get_type_name();  // and a colon and its range
        helps.push_back({"--" + option->get_lnames().front(), value.substr(0, value.find(':')),
                         option->get_description()});
    }
    return helps;
}

}  // namespace mgmd
