// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.hpp"
#include "tests/unit/config/support.hpp"

/// What the protocols of a file must be, one rule broken at a time.
namespace mgmd::config::test {
namespace {

using Lines = std::vector<std::string>;

/// Interfaces on lines 2 to 7, the proxy on 8; the protocols start on line 9.
Lines plugin_mistakes(const std::string& protocols) {
    return mistakes(R"(ports: {p: net_null0}
interfaces:
  a: {port: p, vlan: 1}
  b: {port: p, vlan: 2}
  owned: {port: p, vlan: 3, protocol: static}
  proxied: {port: p, vlan: 4, mld: yes}
  far: {port: p, vlan: 5, table: 7}
proxies: [{upstream: far, downstream: []}]
)" + protocols);
}

Lines rest(Lines lines) {
    lines.erase(lines.begin());  // the proxy has no downstream
    return lines;
}

TEST(PluginRules, ProtocolsBecomeSettings) {
    const auto loaded = load_text("f", R"(
ports: {p: net_null0}
interfaces:
  a: {port: p, vlan: 1, table: 5}
  b: {port: p, vlan: 2, table: 5}
  c: {port: p, vlan: 3, table: 5, protocol: static}
  d: {port: p, vlan: 4}
protocols:
  - {plugin: ./one.so, interfaces: b, arguments: {speed: 30, mode: "dense mode", empty: ""}}
  - {plugin: /two.so, table: 5}
  - ./three.so
)");
    ASSERT_TRUE(loaded);
    const Settings& settings = *loaded;
    ASSERT_EQ(settings.plugins.size(), 3u);
    const PluginSettings& one = settings.plugins[0];
    EXPECT_EQ(one.path, "./one.so");
    EXPECT_EQ(one.table, 5);
    EXPECT_THAT(one.interfaces, testing::ElementsAre(2));
    ASSERT_EQ(one.arguments.size(), 3u);
    EXPECT_EQ(one.arguments[0].name + "=" + one.arguments[0].value, "speed=30");
    EXPECT_EQ(one.arguments[1].name + "=" + one.arguments[1].value, "mode=dense mode");
    EXPECT_EQ(one.arguments[2].name + "=" + one.arguments[2].value, "empty=");
    EXPECT_THAT(settings.plugins[1].interfaces, testing::ElementsAre(1))
        << "what is left of its table";
    EXPECT_THAT(settings.plugins[2].interfaces, testing::ElementsAre(4));
    EXPECT_EQ(settings.interfaces[1].protocol, InterfaceProtocol::plugin);
    EXPECT_EQ(settings.interfaces[2].protocol, InterfaceProtocol::static_routes);
}

TEST(PluginRules, AnInterfaceHasOneProtocol) {
    EXPECT_EQ(rest(plugin_mistakes("protocols: [{plugin: ./x.so, interfaces: [a, owned, far]}]\n")),
              (Lines{"9:46: protocols[0].interfaces[1]: value \"owned\": has protocol: static; one "
                     "protocol owns an interface",
                     "9:53: protocols[0].interfaces[2]: value \"far\": is a proxy's already; one "
                     "protocol owns an interface"}));
    EXPECT_EQ(rest(plugin_mistakes("protocols:\n  - {plugin: ./x.so, interfaces: [a, a]}\n"
                                   "  - {plugin: ./y.so, interfaces: [b, nowhere]}\n")),
              (Lines{"10:38: protocols[0].interfaces[1]: value \"a\": is a plugin's already; one "
                     "protocol owns an interface",
                     "11:38: protocols[1].interfaces[1]: value \"nowhere\": there is no interface "
                     "of this name"}));
}

TEST(PluginRules, OneOfATableMayLeaveItsInterfacesOpen) {
    EXPECT_EQ(rest(plugin_mistakes("protocols:\n  - ./x.so\n  - {plugin: ./y.so, interfaces: a}\n"
                                   "  - ./z.so\n")),
              Lines{"12:5: protocols[2]: value \"./z.so\": needs interfaces: the one (line 10) "
                    "takes all of table 0 that no other protocol has"});
}

TEST(PluginRules, APathIsLoadedOnce) {
    EXPECT_EQ(rest(plugin_mistakes("protocols:\n  - {plugin: ./x.so, interfaces: a}\n"
                                   "  - {plugin: ./x.so, interfaces: b}\n")),
              Lines{"11:14: protocols[1].plugin: value \"./x.so\": is loaded already (line 10)"});
}

TEST(PluginRules, APathHasASlash) {
    EXPECT_EQ(rest(plugin_mistakes("protocols: [x.so]\n")),
              Lines{"9:13: protocols[0]: value \"x.so\": must be a path with a '/', as ./x.so"});
    EXPECT_EQ(rest(plugin_mistakes("protocols: [{interfaces: a}]\n")),
              Lines{"9:13: protocols[0].plugin: missing; must be text of 1 to 4095 characters"});
}

TEST(PluginRules, APluginIsInOneTable) {
    EXPECT_EQ(mistakes("ports: {p: net_null0}\n"
                       "interfaces: {a: {port: p}, b: {port: p, vlan: 1, table: 3}}\n"
                       "protocols: [{plugin: ./x.so, interfaces: [a, b]}]\n"),
              Lines{"3:46: protocols[0].interfaces[1]: value \"b\": is in table 3, the protocol in "
                    "table 0"});
    EXPECT_EQ(mistakes("ports: {p: net_null0}\n"
                       "interfaces: {a: {port: p}}\n"
                       "protocols: [{plugin: ./x.so, interfaces: [], table: 9}]\n"),
              Lines{"3:42: protocols[0].interfaces: a protocol needs at least one"});
    EXPECT_EQ(mistakes("ports: {p: net_null0}\n"
                       "interfaces: {a: {port: p}}\n"
                       "protocols: [{plugin: ./x.so, table: 9}]\n"),
              Lines{"3:13: protocols[0]: table 9 has no interface that it could own"});
}

}  // namespace
}  // namespace mgmd::config::test
