// SPDX-License-Identifier: Apache-2.0
#include "control/options.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace mgmd {
namespace {

std::variant<Options, int> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "mgmd");
    return parse_options(static_cast<int>(words.size()), words.data());
}

TEST(Options, RunWithEverything) {
    const auto result =
        parse({"--config", "a b.yaml", "--until-idle", "250", "--log-level", "debug"});
    const auto* options = std::get_if<Options>(&result);
    ASSERT_NE(options, nullptr);
    EXPECT_EQ(options->task, Options::Task::run);
    EXPECT_EQ(options->config, "a b.yaml");
    EXPECT_EQ(options->until_idle, std::chrono::milliseconds(250));
    EXPECT_EQ(options->log_level, LogLevel::debug);
}

TEST(Options, TasksThatExit) {
    const auto check = parse({"--check", "--config", "x.yaml"});
    EXPECT_EQ(std::get<Options>(check).task, Options::Task::check);
    const auto schema = parse({"--print-schema"});
    EXPECT_EQ(std::get<Options>(schema).task, Options::Task::print_schema);
    const auto reference = parse({"--print-reference"});
    EXPECT_EQ(std::get<Options>(reference).task, Options::Task::print_reference);
    const auto manual = parse({"--print-manual", "8"});
    EXPECT_EQ(std::get<Options>(manual).task, Options::Task::print_manual);
    const auto settings = parse({"--print-manual", "5"});
    EXPECT_EQ(std::get<Options>(settings).task, Options::Task::print_settings_manual);
    const auto completion = parse({"--print-completion"});
    EXPECT_EQ(std::get<Options>(completion).task, Options::Task::print_completion);
    EXPECT_EQ(std::get<int>(parse({"--help"})), 0);
    EXPECT_EQ(std::get<int>(parse({"--version"})), 0);
}

TEST(Options, UsageErrorsEndWith64) {
    const std::vector<std::vector<const char*>> wrong{
        {},
        {"--check"},
        {"--config"},
        {"--unknown"},
        {"extra", "--config", "x"},
        {"--config", "x", "--until-idle", "0"},
        {"--config", "x", "--until-idle", "-5"},
        {"--config", "x", "--until-idle", "soon"},
        {"--config", "x", "--log-level", "loud"},
        {"--print-schema", "--config", "x"},
        {"--print-schema", "--print-reference"},
        {"--print-manual"},
        {"--print-manual", "1"},
        {"--print-manual", "8", "--check"},
        {"--check", "--config", "x", "--until-idle", "5"},
    };
    for (const auto& words : wrong) {
        const auto result = parse(words);
        const auto* status = std::get_if<int>(&result);
        ASSERT_NE(status, nullptr) << words.size();
        EXPECT_EQ(*status, 64);
    }
}

}  // namespace
}  // namespace mgmd
