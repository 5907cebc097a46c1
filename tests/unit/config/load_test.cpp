// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_settings.hpp"
#include "tests/unit/config/support.hpp"

namespace mgmd::config {
namespace {

using namespace std::chrono_literals;
using mgmd::test::kFourInterfaces;
using mgmd::test::kMroutes;
using testing::ElementsAre;

constexpr MacAddress mac(std::uint8_t last) {
    return {{2, 0, 0, 0, 0, last}};
}

Settings load(std::string_view text) {
    const auto result = load_text("f", text);
    for (const auto& line : test::mistakes(text)) {
        ADD_FAILURE() << line;
    }
    return result.value_or(Settings{});
}

/// Every setting of ports and interfaces, none at its default.
constexpr std::string_view kNetwork = R"(
router_mac: 02:00:00:00:00:01
ports:
  uplink: {device: "net_tap0,iface=my tap", mac: 02:00:00:00:00:02, mtu: 9000, queues: 3,
           rx_descriptors: 64, tx_descriptors: 128, tx_sharing: no, kernel_port: net_tap1}
  access: 3b:00.1
interfaces:
  access: {table: 7}
  north:
    port: uplink
    vlan: 5
    outer_vlan: 6
    table: 8
    addresses: [10.1.0.1/24, "fd00:1::1/64", 10.1.0.2/24]
    mtu: 8000
    ttl_threshold: 9
    protocol: static
    igmp: {version: 2, robustness_variable: 3, query_interval: 60s,
           query_response_interval: 2500ms, last_member_query_interval: 500ms,
           check_source_subnet: no, check_ttl: no}
    mld: {enabled: no, version: 1, robustness_variable: 4, query_interval: 61s,
          query_response_interval: 2s, last_member_query_interval: 2}
    static_joins: [239.1.1.1, {group: 232.1.1.1, source: 10.9.0.9}, "ff1e::1"]
    boundaries: [239.0.0.0/8, "ff15::/16", 224.1.1.1]
    ipv6_scope_boundary: site-local
)";

TEST(Load, Ports) {
    const Settings settings = load(kNetwork);
    EXPECT_EQ(settings.router_mac, mac(1));
    ASSERT_EQ(settings.ports.size(), 2u);
    const PortSettings& uplink = settings.ports[0];
    EXPECT_EQ(uplink.name, "uplink");
    EXPECT_EQ(uplink.device, "net_tap0,iface=my tap");
    EXPECT_EQ(uplink.mac, mac(2));
    EXPECT_EQ(uplink.mtu, 9000);
    EXPECT_EQ(uplink.queues, 3);
    EXPECT_EQ(uplink.rx_descriptors, 64);
    EXPECT_EQ(uplink.tx_descriptors, 128);
    EXPECT_EQ(uplink.tx_sharing, false);
    EXPECT_EQ(uplink.kernel_port, "net_tap1");
    const PortSettings& access = settings.ports[1];
    EXPECT_EQ(access.device, "3b:00.1");
    EXPECT_EQ(access.mac, std::nullopt);
    EXPECT_EQ(access.mtu, PortSettings{}.mtu);
    EXPECT_EQ(access.tx_sharing, std::nullopt);
    EXPECT_EQ(access.kernel_port, std::nullopt);
}

TEST(Load, Interfaces) {
    const Settings settings = load(kNetwork);
    ASSERT_EQ(settings.interfaces.size(), 2u);
    const InterfaceSettings& access = settings.interfaces[0];
    EXPECT_EQ(access.index, 1);
    EXPECT_EQ(access.port, 1);
    EXPECT_EQ(access.table, 7);
    EXPECT_EQ(access.mtu, std::nullopt);
    EXPECT_FALSE(access.ipv4.membership.enabled);
    const InterfaceSettings& north = settings.interfaces[1];
    EXPECT_EQ(north.index, 2);
    EXPECT_EQ(north.name, "north");
    EXPECT_EQ(north.port, 0);
    EXPECT_EQ(north.vlan, 5);
    EXPECT_EQ(north.outer_vlan, 6);
    EXPECT_EQ(north.table, 8);
    EXPECT_EQ(north.mtu, 8000);
    EXPECT_EQ(north.ttl_threshold, 9);
    EXPECT_EQ(north.protocol, InterfaceProtocol::static_routes);
    EXPECT_THAT(north.ipv4.addresses,
                ElementsAre(*parse_prefix<V4>("10.1.0.1/24"), *parse_prefix<V4>("10.1.0.2/24")));
    EXPECT_THAT(north.ipv6.addresses, ElementsAre(*parse_prefix<V6>("fd00:1::1/64")));
    EXPECT_THAT(north.boundaries.ipv4,
                ElementsAre(*parse_prefix<V4>("239.0.0.0/8"), *parse_prefix<V4>("224.1.1.1/32")));
    EXPECT_THAT(north.boundaries.ipv6, ElementsAre(*parse_prefix<V6>("ff15::/16")));
    EXPECT_EQ(north.boundaries.ipv6_scope, 5);
}

TEST(Load, IgmpAndMld) {
    const Settings settings = load(kNetwork);
    const auto& igmp = settings.interfaces.at(1).ipv4.membership;
    EXPECT_TRUE(igmp.enabled);
    EXPECT_EQ(igmp.version, 2);
    EXPECT_EQ(igmp.robustness_variable, 3);
    EXPECT_EQ(igmp.query_interval, 60s);
    EXPECT_EQ(igmp.query_response_interval, 2500ms);
    EXPECT_EQ(igmp.last_member_query_interval, 500ms);
    EXPECT_FALSE(igmp.check_source_subnet);
    EXPECT_FALSE(igmp.check_ttl);
    const auto& mld = settings.interfaces.at(1).ipv6.membership;
    EXPECT_FALSE(mld.enabled);
    EXPECT_EQ(mld.version, 1);
    EXPECT_EQ(mld.robustness_variable, 4);
    EXPECT_EQ(mld.query_interval, 61s);
    EXPECT_EQ(mld.query_response_interval, 2000ms);
    EXPECT_EQ(mld.last_member_query_interval, 2000ms);
}

TEST(Load, Proxies) {
    const auto settings = load(R"(
ports: {p: net_null0}
interfaces:
  lan: {port: p, vlan: 3, table: 5, mld: yes}
  wan: {port: p, vlan: 1, table: 5}
  spare: {port: p, vlan: 2, table: 5, addresses: 10.2.0.1/24}
proxies:
  - {upstream: [wan, spare], downstream: lan, igmp_version: 2, mld_version: 1,
     robustness_variable: 3, unsolicited_report_interval: 500ms}
)");
    ASSERT_EQ(settings.proxies.size(), 1u);
    const ProxySettings& proxy = settings.proxies[0];
    EXPECT_EQ(proxy.table, 5);
    EXPECT_THAT(proxy.upstream, ElementsAre(2, 3));
    EXPECT_THAT(proxy.downstream, ElementsAre(1));
    EXPECT_EQ(proxy.igmp_version, 2);
    EXPECT_EQ(proxy.mld_version, 1);
    EXPECT_EQ(proxy.robustness_variable, 3);
    EXPECT_EQ(proxy.unsolicited_report_interval, 500ms);
    for (const auto& interface : settings.interfaces) {
        EXPECT_EQ(interface.protocol, InterfaceProtocol::proxy) << interface.name;
    }
    // Without an address no querier would be on the subnet.
    EXPECT_FALSE(settings.interfaces[1].ipv4.membership.check_source_subnet);
    EXPECT_TRUE(settings.interfaces[2].ipv4.membership.check_source_subnet);
}

TEST(Load, WhatHostsMayAskFor) {
    const auto settings = load(R"(
ports: {p: net_null0}
interfaces:
  p:
    igmp: {last_member_query_count: 3, startup_query_interval: 5s, startup_query_count: 4,
           immediate_leave: yes, check_router_alert: yes, max_groups: 7, max_sources_per_group: 8,
           report_rate: 9, allow_groups: 239.0.0.0/8, deny_groups: [239.1.0.0/16, 239.2.2.2],
           allow_sources: 10.0.0.0/8, deny_sources: 10.1.0.0/16,
           ssm_mapping: [{groups: 232.1.1.0/24, sources: [10.0.0.1, 10.0.0.2]}]}
    mld: {deny_groups: "ff15::/16", ssm_mapping: [{groups: "ff3e::1", sources: "fd00::1"}]}
)");
    const auto& igmp = settings.interfaces.at(0).ipv4.membership;
    EXPECT_EQ(igmp.last_member_query_count, 3);
    EXPECT_EQ(igmp.startup_query_interval, 5s);
    EXPECT_EQ(igmp.startup_query_count, 4);
    EXPECT_TRUE(igmp.immediate_leave);
    EXPECT_TRUE(igmp.check_router_alert);
    EXPECT_EQ(igmp.max_groups, 7u);
    EXPECT_EQ(igmp.max_sources_per_group, 8u);
    EXPECT_EQ(igmp.report_rate, 9u);
    EXPECT_THAT(igmp.groups.allow, ElementsAre(*parse_prefix<V4>("239.0.0.0/8")));
    EXPECT_THAT(igmp.groups.deny,
                ElementsAre(*parse_prefix<V4>("239.1.0.0/16"), *parse_prefix<V4>("239.2.2.2/32")));
    EXPECT_THAT(igmp.sources.allow, ElementsAre(*parse_prefix<V4>("10.0.0.0/8")));
    EXPECT_THAT(igmp.sources.deny, ElementsAre(*parse_prefix<V4>("10.1.0.0/16")));
    ASSERT_EQ(igmp.ssm_mapping.size(), 1u);
    EXPECT_EQ(igmp.ssm_mapping[0].groups, *parse_prefix<V4>("232.1.1.0/24"));
    EXPECT_THAT(igmp.ssm_mapping[0].sources,
                ElementsAre(*parse_address<V4>("10.0.0.1"), *parse_address<V4>("10.0.0.2")));
    const auto& mld = settings.interfaces.at(0).ipv6.membership;
    EXPECT_THAT(mld.groups.deny, ElementsAre(*parse_prefix<V6>("ff15::/16")));
    EXPECT_EQ(mld.ssm_mapping.at(0).groups, *parse_prefix<V6>("ff3e::1/128"));
}

TEST(Load, IgmpIsEnabledByAWordOrByASection) {
    const auto enabled = [](const std::string& igmp) {
        const Settings settings =
            load("ports: {p: net_null0}\ninterfaces: {p: {igmp: " + igmp + "}}\n");
        return settings.interfaces.at(0).ipv4.membership.enabled;
    };
    EXPECT_TRUE(enabled("yes"));
    EXPECT_FALSE(enabled("no"));
    EXPECT_TRUE(enabled("{}"));
    EXPECT_TRUE(enabled("{version: 2}"));
    EXPECT_FALSE(enabled("{version: 2, enabled: no}"));
}

TEST(Load, StaticJoinsAreMadeByIgmpWhereItIsEnabledElseByTheStaticProtocol) {
    const Settings settings = load(kNetwork);
    const auto& joins = settings.interfaces.at(1).ipv4.membership.static_joins;
    ASSERT_EQ(joins.size(), 2u);
    EXPECT_EQ(joins[0].group, *parse_address<V4>("239.1.1.1"));
    EXPECT_TRUE(is_unspecified(joins[0].source));
    EXPECT_EQ(joins[1].group, *parse_address<V4>("232.1.1.1"));
    EXPECT_EQ(joins[1].source, *parse_address<V4>("10.9.0.9"));
    EXPECT_TRUE(settings.ipv4.joins.empty());
    EXPECT_TRUE(settings.interfaces.at(1).ipv6.membership.static_joins.empty());  // MLD is off
    ASSERT_EQ(settings.ipv6.joins.size(), 1u);
    EXPECT_EQ(settings.ipv6.joins[0].interface, 2);
    EXPECT_EQ(settings.ipv6.joins[0].join.group, *parse_address<V6>("ff1e::1"));
}

TEST(Load, Routes) {
    const Settings settings = load(std::string(kFourInterfaces) + R"(
routes:
  - {prefix: 10.9.0.0/16, interface: b, next_hop: 10.2.0.9, view: unicast, metric: 5}
  - {prefix: 10.8.0.0/16, next_hop: 10.4.0.9}
  - {prefix: 10.7.0.0/16, interface: c}
  - {prefix: "fd00:9::/32", interface: a, next_hop: "fe80::1"}
)");
    ASSERT_EQ(settings.ipv4.routes.size(), 3u);
    const auto& full = settings.ipv4.routes[0];
    EXPECT_EQ(full.prefix, *parse_prefix<V4>("10.9.0.0/16"));
    EXPECT_EQ(full.interface, 2);
    EXPECT_EQ(full.next_hop, *parse_address<V4>("10.2.0.9"));
    EXPECT_EQ(full.view, RouteView::unicast);
    EXPECT_EQ(full.metric, 5u);
    EXPECT_EQ(full.table, 0);
    const auto& derived = settings.ipv4.routes[1];
    EXPECT_EQ(derived.interface, 4);
    EXPECT_EQ(derived.table, 4);
    EXPECT_EQ(derived.view, RouteView::multicast);
    EXPECT_TRUE(is_unspecified(settings.ipv4.routes[2].next_hop));
    ASSERT_EQ(settings.ipv6.routes.size(), 1u);
    EXPECT_EQ(settings.ipv6.routes[0].next_hop, *parse_address<V6>("fe80::1"));
}

TEST(Load, Mroutes) {
    const Settings settings = load(std::string(kFourInterfaces) + std::string(kMroutes));
    ASSERT_EQ(settings.ipv4.mroutes.size(), 4u);
    const auto& full = settings.ipv4.mroutes[0];
    EXPECT_EQ(full.key.source, *parse_address<V4>("10.1.0.10"));
    EXPECT_EQ(full.key.group, *parse_address<V4>("239.1.1.1"));
    EXPECT_EQ(full.key.group_length, 32);
    EXPECT_THAT(full.accept.interfaces, ElementsAre(1, 2));
    EXPECT_FALSE(full.accept.any);
    EXPECT_THAT(full.outgoing,
                ElementsAre(Outgoing{2, 16, mac(9)}, Outgoing{3, std::nullopt, std::nullopt}));
    EXPECT_EQ(full.action, Action::forward_and_copy);
    const auto& prefix = settings.ipv4.mroutes[1];
    EXPECT_EQ(prefix.key.group_length, 16);
    EXPECT_EQ(prefix.key.table, 4);  // that of its interface
    EXPECT_TRUE(prefix.accept.any);
    EXPECT_TRUE(settings.ipv4.mroutes[2].key.is_any());
    EXPECT_EQ(settings.ipv4.mroutes[3].key.table, 4);
    ASSERT_EQ(settings.ipv6.mroutes.size(), 1u);
    EXPECT_TRUE(settings.ipv6.mroutes[0].key.is_any());
    EXPECT_EQ(settings.ipv6.mroutes[0].key.arrival, kNoInterface);
    EXPECT_EQ(settings.ipv6.mroutes[0].action, Action::hand_over);
}

constexpr std::string_view kTwoPorts = "ports: {a: net_null0}\ninterfaces: {a: {}}\n";

TEST(Load, CountedMroutesAreOneForEachPair) {
    const auto loaded =
        load_text("f", mgmd::test::with_mroute("group: 239.1.0.255, group_count: 2, "
                                               "source: 10.1.0.254, source_count: 3, "
                                               "accept: a, outgoing: b"));
    ASSERT_TRUE(loaded);
    std::vector<std::string> keys;
    for (const auto& mroute : loaded->ipv4.mroutes) {
        EXPECT_EQ(mroute.outgoing.size(), 1u);
        keys.push_back(to_string(mroute.key.group) + ' ' + to_string(mroute.key.source));
    }
    EXPECT_THAT(keys, testing::ElementsAre("239.1.0.255 10.1.0.254", "239.1.0.255 10.1.0.255",
                                           "239.1.0.255 10.1.1.0", "239.1.1.0 10.1.0.254",
                                           "239.1.1.0 10.1.0.255", "239.1.1.0 10.1.1.0"));
}

TEST(Load, WorkersAndMemory) {
    const Settings settings = load(std::string(kTwoPorts) + R"(
workers: {cores: [8, 2-4], control_core: 1, idle: adaptive, idle_max_sleep: 20us, control: poll,
          burst: 16, stage_cycles: yes}
memory: {hugepages: no, mbufs: 5000, eal_args: [--log-level=7, -m, "512"]}
)");
    EXPECT_EQ(settings.workers.count, 4);
    EXPECT_THAT(settings.workers.cores, ElementsAre(8u, 2u, 3u, 4u));
    EXPECT_EQ(settings.workers.control_core, 1u);
    EXPECT_EQ(settings.workers.idle, IdlePolicy::adaptive);
    EXPECT_EQ(settings.workers.idle_max_sleep, 20us);
    EXPECT_EQ(settings.workers.control, ControlPolicy::poll);
    EXPECT_EQ(settings.workers.burst, 16);
    EXPECT_TRUE(settings.workers.stage_cycles);
    EXPECT_EQ(settings.memory.hugepages, Hugepages::no);
    EXPECT_EQ(settings.memory.mbufs, 5000u);
    EXPECT_THAT(settings.memory.eal_args, ElementsAre("--log-level=7", "-m", "512"));
    EXPECT_EQ(load(std::string(kTwoPorts) + "workers: 3\n").workers.count, 3);
    EXPECT_EQ(load(kTwoPorts).workers.count, WorkerSettings{}.count);
    EXPECT_FALSE(load(kTwoPorts).workers.stage_cycles);
}

TEST(Load, LimitsAndTimers) {
    const Settings settings = load(std::string(kTwoPorts) + R"(
limits: {entries: 100, negative_entries: 50, per_interface_percent: 10, groups_per_interface: 11,
         sources_per_group: 12, no_entry_rate: 13, held_flows: 14, held_packets_per_flow: 5,
         packet_too_big_rate: 16}
timers: {mfe_idle_timeout: 1m, negative_timeout: 2m, no_route_timeout: 3s, igmp_handover_hold: 4s,
         hold_timeout: 5s}
)");
    const LimitSettings& limits = settings.limits;
    EXPECT_EQ(limits.entries, 100u);
    EXPECT_EQ(limits.negative_entries, 50u);
    EXPECT_EQ(limits.per_interface_percent, 10);
    EXPECT_EQ(limits.groups_per_interface, 11u);
    EXPECT_EQ(limits.sources_per_group, 12u);
    EXPECT_EQ(limits.no_entry_rate, 13u);
    EXPECT_EQ(limits.held_flows, 14u);
    EXPECT_EQ(limits.held_packets_per_flow, 5);
    EXPECT_EQ(limits.packet_too_big_rate, 16u);
    const TimerSettings& timers = settings.timers;
    EXPECT_EQ(timers.mfe_idle_timeout, 60s);
    EXPECT_EQ(timers.negative_timeout, 120s);
    EXPECT_EQ(timers.no_route_timeout, 3s);
    EXPECT_EQ(timers.igmp_handover_hold, 4s);
    EXPECT_EQ(timers.hold_timeout, 5s);
}

TEST(Load, ReplicationLogAndControlSocket) {
    const Settings settings = load(std::string(kTwoPorts) + R"(
replication: {copy_max_octets: 128, chain: yes}
log: {level: debug, file: /var/log/m}
control_socket: {path: /run/m, mode: 0600, group: ops}
)");
    EXPECT_EQ(settings.replication.copy_max_octets, 128);
    EXPECT_TRUE(settings.replication.chain);
    EXPECT_EQ(settings.log.level, LogLevel::debug);
    EXPECT_EQ(settings.log.file, "/var/log/m");
    EXPECT_EQ(settings.control_socket.path, "/run/m");
    EXPECT_EQ(settings.control_socket.mode, 0600u);
    EXPECT_EQ(settings.control_socket.group, "ops");
    EXPECT_EQ(load(std::string(kTwoPorts) + "control_socket: /s\nlog: error\n").log.level,
              LogLevel::error);
}

TEST(Load, Metrics) {
    const Settings settings =
        load(std::string(kTwoPorts) + "metrics: {listen: \"0.0.0.0:80\", flows: 0}\n");
    EXPECT_EQ(settings.metrics.listen, "0.0.0.0:80");
    EXPECT_EQ(settings.metrics.flows, 0u);
    const Settings shorter = load(std::string(kTwoPorts) + "metrics: 127.0.0.1:9475\n");
    EXPECT_EQ(shorter.metrics.listen, "127.0.0.1:9475");
    EXPECT_EQ(shorter.metrics.flows, 1'000u);
    EXPECT_EQ(load(std::string(kTwoPorts)).metrics.listen, "") << "off by default";
}

TEST(Load, AFileThatCanNotBeReadIsADiagnostic) {
    const auto missing = load_file("no/such.yaml");
    ASSERT_FALSE(missing);
    EXPECT_EQ(to_string(missing.error().at(0)),
              "no/such.yaml: can't be read: No such file or directory");
    const auto folder = load_file(".");
    ASSERT_FALSE(folder);
    EXPECT_EQ(to_string(folder.error().at(0)), ".: can't be read: Is a directory");
}

TEST(Load, ReadsNoMoreOfAnEndlessFileThanItNeeds) {
    const auto endless = load_file("/dev/zero");
    ASSERT_FALSE(endless);
    EXPECT_EQ(to_string(endless.error().at(0)), "/dev/zero: larger than 4 MiB");
}

}  // namespace
}  // namespace mgmd::config
