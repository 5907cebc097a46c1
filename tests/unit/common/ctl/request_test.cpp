// SPDX-License-Identifier: Apache-2.0
#include "common/ctl/request.hpp"

#include <array>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mgmd::ctl {
namespace {

using ::testing::HasSubstr;

std::string refusal_of(std::string_view line) {
    Json id;
    const auto request = parse_request(line, id);
    return request ? "taken"
                   : std::string(to_string(request.error().code)) + ": " + request.error().message;
}

TEST(Request, NamesWhatIsWrongWithALine) {
    EXPECT_THAT(refusal_of(""), HasSubstr("invalid_request: not JSON: parse error at line 1"));
    EXPECT_THAT(refusal_of("{\"command\":"), HasSubstr("unexpected end of input"));
    EXPECT_THAT(refusal_of("\xff\xfe"), HasSubstr("invalid_request: not JSON"));
    EXPECT_EQ(refusal_of("[]"), "invalid_request: [] must be a JSON object");
    EXPECT_EQ(refusal_of("{}"), "invalid_request: command: a text is required");
    EXPECT_EQ(refusal_of(R"({"command":7})"), "invalid_request: command: a text is required");
    EXPECT_EQ(refusal_of(R"({"command":"fly"})"), "unknown_command: command: \"fly\" is not known");
    EXPECT_EQ(refusal_of(R"({"command":"show version","arguments":[]})"),
              "invalid_request: arguments: [] must be a JSON object");
    EXPECT_EQ(refusal_of(R"({"command":"show version","arguments":{"x":1}})"),
              "invalid_argument: show version: no argument \"x\"");
    EXPECT_EQ(refusal_of(R"({"command":"show mroutes","group":"239.1.1.1"})"),
              "invalid_request: \"group\": a request has id, command and arguments");
    EXPECT_EQ(refusal_of(R"({"id":{},"command":"show version"})"),
              "invalid_request: id: {} must be a number or a short text");
    EXPECT_THAT(refusal_of(R"({"id":")" + std::string(100, 'x') + R"(","command":"show version"})"),
                HasSubstr("invalid_request: id: "));
}

TEST(Request, IsNotBuriedByNesting) {
    const std::string deep(kMaxRequestOctets, '[');
    EXPECT_THAT(refusal_of(deep), HasSubstr("more than 16 lists and objects inside each other"));
    EXPECT_THAT(refusal_of(R"({"command":"[[[[[[[[[[[[[[[[[[[[[["})"), HasSubstr("not known"));
}

TEST(Request, KeepsItsIdForTheAnswer) {
    Json id;
    EXPECT_TRUE(parse_request(R"({"id":7,"command":"show version"})", id));
    EXPECT_EQ(id, 7);
    EXPECT_FALSE(parse_request(R"({"id":"a","command":"fly"})", id));
    EXPECT_EQ(id, "a");
    EXPECT_FALSE(parse_request("nonsense", id));
    EXPECT_TRUE(id.is_null());
}

constexpr std::array<std::string_view, 2> kColours{"red", "green"};
constexpr std::array kArguments{
    Argument{"group", ValueKind::groups, ""},
    Argument{"source", ValueKind::sources, ""},
    Argument{"host", ValueKind::address, ""},
    Argument{.name = "out", .kind = ValueKind::name, .repeated = true},
    Argument{.name = "count", .kind = ValueKind::number, .most = 9},
    Argument{.name = "colour", .kind = ValueKind::choice, .choices = kColours},
    Argument{.name = "all", .kind = ValueKind::flag, .required = true},
    Argument{"one", ValueKind::group, ""},
    Argument{"frame", ValueKind::packet, ""},
};
constexpr Command kPaint{"paint", "", kArguments};

std::string check(const char* arguments) {
    const auto checked = Arguments::check(kPaint, Json::parse(arguments));
    return checked ? "" : checked.error().message;
}

TEST(Arguments, AreCheckedByTheirKind) {
    EXPECT_EQ(check(R"({"all":true,"group":"239.1.1.1","source":"10.0.0.0/8","host":"fd00::1",
                        "out":["a","b"],"count":9,"colour":"red"})"),
              "");
    EXPECT_EQ(check(R"({"all":true,"group":"ff1e::/16"})"), "");
    EXPECT_EQ(check("{}"), "paint: all is required");
    EXPECT_EQ(check(R"({"all":1})"), "all: 1 must be true or false");
    EXPECT_THAT(check(R"({"all":true,"group":"10.0.0.1"})"), HasSubstr("a multicast address"));
    EXPECT_THAT(check(R"({"all":true,"group":"0.0.0.0/0"})"), HasSubstr("a multicast address"));
    EXPECT_THAT(check(R"({"all":true,"group":"239.1.1"})"), HasSubstr("\"239.1.1\" must be"));
    EXPECT_THAT(check(R"({"all":true,"group":5})"), HasSubstr("group: 5 must be"));
    EXPECT_THAT(check(R"({"all":true,"source":"239.1.1.1"})"), HasSubstr("a unicast address"));
    EXPECT_THAT(check(R"({"all":true,"host":"10.0.0.0/8"})"), HasSubstr("a unicast address"));
    EXPECT_EQ(check(R"({"all":true,"out":"a"})"), "out: \"a\" must be a list");
    EXPECT_EQ(check(R"({"all":true,"out":[]})"), "out: [] must be a list");
    EXPECT_EQ(check(R"({"all":true,"out":["a",""]})"),
              "out: \"\" must be the name of an interface");
    EXPECT_EQ(check(R"({"all":true,"count":10})"), "count: 10 must be a number from 0 to 9");
    EXPECT_EQ(check(R"({"all":true,"count":-1})"), "count: -1 must be a number from 0 to 9");
    EXPECT_EQ(check(R"({"all":true,"colour":"blue"})"),
              "colour: \"blue\" must be one of red, green");
}

TEST(Arguments, APacketIsCheckedOctetByOctet) {
    EXPECT_EQ(check(R"({"all":true,"one":"239.1.1.1","frame":{"octets":"00ff","length":60}})"), "");
    EXPECT_EQ(check(R"({"all":true,"frame":{"octets":"","length":0}})"), "");
    EXPECT_THAT(check(R"({"all":true,"one":"239.0.0.0/8"})"), HasSubstr("a multicast address"));
    for (const auto* wrong : {R"("00")", R"({"octets":"00"})", R"({"octets":"0","length":60})",
                              R"({"octets":"0g","length":60})", R"({"octets":"0G","length":60})",
                              R"({"octets":"00ff","length":1})", R"({"octets":"","length":65558})",
                              R"({"octets":"","length":-1})", R"({"octets":7,"length":60})",
                              R"({"octets":"","length":60,"x":1})"}) {
        EXPECT_THAT(check((R"({"all":true,"frame":)" + std::string(wrong) + '}').c_str()),
                    HasSubstr("frame: "))
            << wrong;
    }
    const auto most = Json{{"octets", std::string(2 * PacketOctets::kMostGiven, 'a')},
                           {"length", PacketOctets::kMostOctets}};
    const auto& argument = *kPaint.argument("frame");
    EXPECT_TRUE(check_value(argument, most));
    EXPECT_LT(request_line(kPaint, {{"frame", most}}).size(), kMaxRequestOctets);
    const auto more = Json{{"octets", std::string(2 * PacketOctets::kMostGiven + 2, 'a')},
                           {"length", PacketOctets::kMostOctets}};
    EXPECT_FALSE(check_value(argument, more));

    const PacketOctets packet{{0x01, 0x00, 0x5e, 0xff}, 1500};
    const auto read = Arguments::check(kPaint, {{"all", true}, {"frame", packet_value(packet)}});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->packet("frame")->octets, packet.octets);
    EXPECT_EQ(read->packet("frame")->length, 1500u);
}

TEST(CommandTable, ACommandOfOneWordHasNoNoun) {
    EXPECT_EQ(find_command("explain")->verb(), "explain");
    EXPECT_EQ(find_command("explain")->noun(), "");
    EXPECT_EQ(find_command("show mroutes")->verb(), "show");
    EXPECT_EQ(find_command("show mroutes")->noun(), "mroutes");
}

TEST(Arguments, AreReadByTheirKind) {
    const auto checked = Arguments::check(
        kPaint, Json::parse(R"({"all":false,"group":"239.0.0.0/8","out":["a","b"],"count":3})"));
    ASSERT_TRUE(checked);
    EXPECT_FALSE(checked->flag("all"));
    EXPECT_FALSE(checked->has("colour"));
    EXPECT_EQ(checked->text("colour"), std::nullopt);
    EXPECT_EQ(checked->number("count"), 3u);
    EXPECT_EQ(checked->list("out"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(std::get<Prefix<V4>>(*checked->prefix("group")),
              parse_prefix<V4>("239.0.0.0/8").value());
}

TEST(CommandTable, NamesEachCommandAndArgumentOnceAndExplainsIt) {
    std::set<std::string_view> names;
    for (const auto& command : commands()) {
        EXPECT_TRUE(names.insert(command.name).second) << command.name;
        EXPECT_EQ(find_command(command.name), &command);
        EXPECT_FALSE(command.help.empty()) << command.name;
        std::set<std::string_view> arguments;
        for (const auto& argument : command.arguments) {
            EXPECT_TRUE(arguments.insert(argument.name).second) << command.name << argument.name;
            EXPECT_FALSE(argument.help.empty()) << command.name << ' ' << argument.name;
            EXPECT_EQ(argument.kind == ValueKind::choice, !argument.choices.empty());
            EXPECT_EQ(argument.kind == ValueKind::number, argument.most != 0);
        }
    }
    EXPECT_EQ(find_command("show"), nullptr);
}

TEST(AnswerLines, CarryTheIdAndReplaceWhatIsNoText) {
    EXPECT_EQ(row_line(3, {{"a", 1}}), "{\"id\":3,\"row\":{\"a\":1}}\n");
    EXPECT_EQ(end_line(nullptr), "{\"end\":true}\n");
    EXPECT_EQ(error_line("x", {Refused::limit, "\xff"}),
              "{\"id\":\"x\",\"error\":{\"code\":\"limit\",\"message\":\"\xef\xbf\xbd\"}}\n");
}

}  // namespace
}  // namespace mgmd::ctl
