// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/config/support.hpp"

/// What a proxy's interfaces must be, one rule broken at a time.
namespace mgmd::config::test {
namespace {

using Lines = std::vector<std::string>;

/// Interfaces on lines 2 to 8; the proxies start on line 9.
Lines proxy_mistakes(const std::string& proxies) {
    return mistakes(R"(ports: {p: net_null0}
interfaces:
  wan: {port: p, vlan: 1}
  lan: {port: p, vlan: 2, igmp: yes, addresses: 10.2.0.1/24}
  lan6: {port: p, vlan: 3, mld: yes}
  owned: {port: p, vlan: 4, protocol: static}
  far: {port: p, vlan: 5, table: 7, mld: yes}
  far_wan: {port: p, vlan: 6, table: 7}
)" + proxies);
}

TEST(ProxyRules, ProxiesThatAreGood) {
    EXPECT_EQ(proxy_mistakes("proxies:\n"
                             "  - {upstream: wan, downstream: [lan, lan6]}\n"
                             "  - {upstream: [far_wan], downstream: far}\n"),
              Lines{});
}

TEST(ProxyRules, AProxyIsAHostUpstream) {
    EXPECT_EQ(proxy_mistakes("proxies: [{upstream: lan, downstream: lan6}]\n"),
              Lines{"9:22: proxies[0].upstream: value \"lan\": has igmp; a proxy is a host on its "
                    "upstream"});
    EXPECT_EQ(proxy_mistakes("proxies: [{upstream: lan6, downstream: lan}]\n"),
              Lines{"9:22: proxies[0].upstream: value \"lan6\": has mld; a proxy is a host on its "
                    "upstream"});
}

TEST(ProxyRules, AProxyIsARouterDownstream) {
    EXPECT_EQ(mistakes("ports: {p: net_null0}\n"
                       "interfaces: {a: {port: p}, b: {port: p, vlan: 1}}\n"
                       "proxies: [{upstream: a, downstream: [b]}]\n"),
              Lines{"3:38: proxies[0].downstream[0]: value \"b\": needs igmp or mld, for its "
                    "members"});
    EXPECT_EQ(
        mistakes("ports: {p: net_null0}\n"
                 "interfaces: {a: {port: p}, b: {port: p, vlan: 1, igmp: yes}}\n"
                 "proxies: [{upstream: a, downstream: [b]}]\n"),
        Lines{"3:38: proxies[0].downstream[0]: value \"b\": needs an IPv4 address for igmp: a "
              "proxy forwards to where it is querier"});
}

TEST(ProxyRules, AnInterfaceOfAProxyIsNobodyElses) {
    EXPECT_EQ(proxy_mistakes("proxies: [{upstream: [wan, wan], downstream: lan}]\n"),
              Lines{"9:28: proxies[0].upstream[1]: value \"wan\": is a proxy's already (line 9)"});
    EXPECT_EQ(
        proxy_mistakes("proxies: [{upstream: owned, downstream: lan}]\n"),
        Lines{"9:22: proxies[0].upstream: value \"owned\": has protocol: static; one protocol "
              "owns an interface"});
}

TEST(ProxyRules, AProxyIsInOneTable) {
    EXPECT_EQ(proxy_mistakes("proxies: [{upstream: wan, downstream: [lan, far]}]\n"),
              Lines{"9:45: proxies[0].downstream[1]: value \"far\": is in table 7, the proxy in "
                    "table 0"});
    EXPECT_EQ(proxy_mistakes("proxies:\n  - {upstream: wan, downstream: lan}\n"
                             "  - {upstream: [], downstream: lan6}\n")
                  .size(),
              2u);
}

TEST(ProxyRules, StaticJoinsOfAProxyNeedItsProtocol) {
    EXPECT_EQ(mistakes("ports: {p: net_null0}\n"
                       "interfaces:\n"
                       "  a: {port: p, static_joins: 239.1.1.1}\n"
                       "  b: {port: p, vlan: 1, mld: yes, static_joins: \"ff15::1\"}\n"
                       "proxies: [{upstream: a, downstream: b}]\n"),
              Lines{"3:30: interfaces.a.static_joins: value \"239.1.1.1\": needs igmp on the "
                    "interface"});
}

}  // namespace
}  // namespace mgmd::config::test
