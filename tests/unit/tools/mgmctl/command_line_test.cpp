// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/command_line.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace mgmd::mgmctl {
namespace {

std::variant<Invocation, Exit> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "mgmctl");
    return parse_command_line(static_cast<int>(words.size()), words.data());
}

Invocation invocation(std::vector<const char*> words) {
    const auto parsed = parse(std::move(words));
    const auto* found = std::get_if<Invocation>(&parsed);
    EXPECT_NE(found, nullptr);
    return found == nullptr ? Invocation{} : *found;
}

TEST(CommandLine, MakesARequestOfItsArguments) {
    const auto given = invocation({"add", "mroute", "239.1.1.1", "--source", "10.1.0.10", "--in",
                                   "a", "--out", "b,c", "--table", "3"});
    ASSERT_NE(given.command, nullptr);
    EXPECT_EQ(given.command->name, "add mroute");
    EXPECT_EQ(given.arguments,
              ctl::Json::parse(R"({"group":"239.1.1.1","source":"10.1.0.10","in":["a"],
                                   "out":["b","c"],"table":3})"));
}

TEST(CommandLine, ACommandMayBeOneWord) {
    const auto given = invocation({"explain", "--in", "a", "10.1.0.10", "239.1.1.1", "--ttl", "1"});
    ASSERT_NE(given.command, nullptr);
    EXPECT_EQ(given.command->name, "explain");
    EXPECT_EQ(given.arguments,
              ctl::Json::parse(R"({"in":"a","source":"10.1.0.10","group":"239.1.1.1","ttl":1})"));
}

TEST(CommandLine, TakesGeneralOptionsBeforeAndAfterTheCommand) {
    const auto before = invocation({"--socket", "/x", "--json", "show", "drops", "--all"});
    EXPECT_EQ(before.socket, "/x");
    EXPECT_TRUE(before.json);
    EXPECT_EQ(before.arguments, ctl::Json::parse(R"({"all":true})"));
    EXPECT_FALSE(before.watch);
    const auto after = invocation({"show", "drops", "--watch", "5", "--socket", "/y"});
    EXPECT_EQ(after.socket, "/y");
    EXPECT_EQ(after.watch, std::chrono::seconds(5));
    EXPECT_EQ(invocation({"show", "drops", "--watch"}).watch, std::chrono::seconds(2));
    EXPECT_EQ(invocation({"--watch", "show", "drops"}).watch, std::chrono::seconds(2));
}

TEST(CommandLine, TakesCommandsOfOneWord) {
    const auto given = invocation({"monitor", "--kind", "host,entry", "--group", "239.0.0.0/8"});
    ASSERT_NE(given.command, nullptr);
    EXPECT_EQ(given.command->name, "monitor");
    EXPECT_EQ(given.arguments,
              ctl::Json::parse(R"({"group":"239.0.0.0/8","kind":["host","entry"]})"));
    EXPECT_EQ(invocation({"top", "--batch", "2"}).arguments, ctl::Json::parse(R"({"batch":2})"));
}

TEST(CommandLine, EndsWith64AfterMistakesAndWith0AfterHelp) {
    for (const auto& words : std::vector<std::vector<const char*>>{
             {},
             {"show"},
             {"fly"},
             {"show", "mroutes", "--table", "70000"},
             {"show", "mroutes", "--table", "x"},
             {"show", "mroutes", "--table", "18446744073709551616"},
             {"show", "mroutes", "--group", "10.0.0.1"},
             {"show", "mroutes", "surplus"},
             {"add", "join", "239.1.1.1"},
             {"show", "drops", "--watch", "0"},
             {"explain", "10.1.0.10", "239.1.1.1"},
             {"explain", "--in", "a", "239.1.1.1", "10.1.0.10"},
             {"explain", "--in", "a", "--packet", "x"},
             {"explain", "--in", "a", "--packet", "x", "0"},
             {"explain", "--in", "a", "--packet", "x", "1"},
             {"show", "mroutes", "--top", "0"},
             {"monitor", "--kind", "weather"},
             {"monitor", "--watch"},
             {"top", "--json"},
             {"top", "--batch", "0"},
             {"--watch", "1", "clear", "counters"}}) {
        const auto parsed = parse(words);
        ASSERT_TRUE(std::holds_alternative<Exit>(parsed));
        EXPECT_EQ(std::get<Exit>(parsed), Exit::usage);
    }
    EXPECT_EQ(std::get<Exit>(parse({"show", "mroutes", "--help"})), Exit::ok);
    EXPECT_EQ(std::get<Exit>(parse({"--version"})), Exit::ok);
}

}  // namespace
}  // namespace mgmd::mgmctl
