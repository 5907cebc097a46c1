// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/support.hpp"

/// One file with many kinds of mistakes: all are reported at once, each where it is.
namespace mgmd::config::test {
namespace {

using testing::ElementsAreArray;

constexpr std::string_view kFile = R"(router_mac: 01:00:5e:00:00:01
ports:
  left: {device: net_null0, mtu: 20}
  right:
    device: net_pcap0,rx_pcap=a,b.pcap
    queus: 2
    mac: 02:00
  left: {device: net_null1}
  spare: {mtu: "1500"}
  again: net_null0
  far away: net_null7
interfaces:
  left:
    addresses: [10.1.0.1/24, 10.1.0, 224.0.0.1/24]
    vlan: 4095
    igmp: {query_interval: 5s, query_response_interval: 10s}
  twin: {port: left, mtu: 9000}
  lost: {port: rihgt}
  right:
    addresses: 10.1.0.200/25
    outer_vlan: 7
    static_joins: [239.1.1.1, 224.0.0.5]
    protocol: [static, proxy]
  mld:
    port: right
    vlan: 2
    protocol: static
    static_joins: [232.1.1.1, {group: 239.1.1.1, source: "fd00::1"}]
  nowhere: {}
routes:
  - {prefix: 10.9.0.1/16, interface: left}
  - {prefix: 10.9.0.0/16}
  - {prefix: 10.9.0.0/16, next_hop: 10.77.0.1}
  - {interface: left}
mroutes:
  - {group: 239.1.1.1, accept: left, outgoing: [right, right]}
  - {group: 10.1.1.1, accept: any, outgoing: right}
  - {group: 239.1.0.0/16, source: 10.1.0.9, accept: mld, outgoing: mld}
  - {group: 239.5.5.5, accept: mld}
  - {group: 239.6.6.6, action: drop}
  - {group: 239.6.6.6, action: drop}
workers: {count: 3, cores: [1, 1], idle: lazy}
memory: {hugepages: maybe, eal_args: [--no-huge]}
limits: {entries: 100, negative_entries: 200}
timers: {hold_timeout: soon, mfe_idle_timeout: 1500ms}
control_socket: {mode: 0999}
metrics: {listen: "localhost:9475", flows: 10001}
logs: {}
)";

const std::vector<std::string> kMistakes = {
    "1:13: router_mac: value \"01:00:5e:00:00:01\": must be an individual MAC address, not of a "
    "group or zero",
    "3:34: ports.left.mtu: value \"20\": must be a whole number, 68 to 9600",
    "5:13: ports.right.device: value \"net_pcap0,rx_pcap=a,b.pcap\": each part after a comma must "
    "be an argument like name=value; a path can't contain a comma",
    "6:5: ports.right.queus: unknown setting; did you mean \"queues\"?",
    "7:10: ports.right.mac: value \"02:00\": must be a MAC address like 02:00:00:00:01:01",
    "8:3: ports.left: given twice, first on line 3",
    "9:3: ports.spare.device: missing; must be text of 1 to 2048 characters",
    "9:16: ports.spare.mtu: value \"1500\": must be a whole number, 68 to 9600, without quotes",
    "10:10: ports.again: value \"net_null0\": the device is already that of ports.left.device "
    "(line 3)",
    "11:3: ports.far away: a name has 1 to 31 letters, digits, '.', '_' or '-', and is not any",
    "14:30: interfaces.left.addresses[1]: value \"10.1.0\": must be an address with its prefix "
    "length, like 10.1.0.1/24",
    "14:38: interfaces.left.addresses[2]: value \"224.0.0.1/24\": must be a unicast address, not a "
    "group",
    "15:11: interfaces.left.vlan: value \"4095\": must be a whole number, 0 to 4094",
    "16:57: interfaces.left.igmp.query_response_interval: value \"10s\": query_response_interval "
    "must be less than query_interval",
    "17:3: interfaces.twin: has the port and VLAN of interface left (line 14)",
    "17:27: interfaces.twin.mtu: value \"9000\": must not exceed the mtu of port left, 1500",
    "18:16: interfaces.lost.port: value \"rihgt\": there is no port of this name; did you mean "
    "\"right\"?",
    "20:16: interfaces.right.addresses: value \"10.1.0.200/25\": overlaps 10.1.0.0/24 of interface "
    "left (line 14)",
    "21:17: interfaces.right.outer_vlan: value \"7\": needs vlan, the tag inside it",
    "22:20: interfaces.right.static_joins[0]: value \"239.1.1.1\": needs igmp or protocol: static "
    "on the interface",
    "22:31: interfaces.right.static_joins[1]: value \"224.0.0.5\": must not be link-local: no "
    "router forwards it",
    "23:15: interfaces.right.protocol: must be one of none, static",
    "28:20: interfaces.mld.static_joins[0]: value \"232.1.1.1\": a source-specific group needs a "
    "source",
    "28:58: interfaces.mld.static_joins[1].source: value \"fd00::1\": must be of the group's "
    "address family",
    "29:3: interfaces.nowhere: no port has this name: the interface needs port",
    "31:14: routes[0].prefix: value \"10.9.0.1/16\": must not have bits past its length: "
    "10.9.0.0/16",
    "32:5: routes[1]: needs interface, next_hop or both",
    "33:37: routes[2].next_hop: value \"10.77.0.1\": is on no interface's subnet: the route needs "
    "interface",
    "34:5: routes[3].prefix: missing; must be an address with its prefix length, like 10.1.0.1/24",
    "36:32: mroutes[0].accept: value \"left\": must be an interface with protocol: static",
    "36:56: mroutes[0].outgoing[1]: value \"right\": the interface is listed twice",
    "37:13: mroutes[1].group: value \"10.1.1.1\": must be multicast, within 224.0.0.0/4",
    "38:35: mroutes[2].source: value \"10.1.0.9\": a source goes with a single group only",
    "39:5: mroutes[3]: forwards nowhere: needs outgoing, or action: drop",
    "41:13: mroutes[5].group: value \"239.6.6.6\": there is an mroute for this already (line 40)",
    "42:18: workers.count: value \"3\": must be the number of cores listed, 2",
    "42:32: workers.cores[1]: value \"1\": a CPU can have one worker only",
    "42:42: workers.idle: value \"lazy\": must be one of busy, adaptive",
    "43:21: memory.hugepages: value \"maybe\": must be one of auto, yes, no",
    "43:39: memory.eal_args[0]: value \"--no-huge\": mgmd sets this itself: use memory.hugepages",
    "44:42: limits.negative_entries: value \"200\": negative_entries (200) must not exceed entries "
    "(100)",
    "45:24: timers.hold_timeout: value \"soon\": must be a duration in whole seconds, 1s to 60s",
    "45:48: timers.mfe_idle_timeout: value \"1500ms\": must be a duration in whole seconds, 1s to "
    "86400s",
    "46:17: control_socket: has no effect without path",
    "46:24: control_socket.mode: value \"0999\": must be file permissions in octal, like 0660",
    "47:19: metrics.listen: value \"localhost:9475\": must be an IPv4 address and a port, like "
    "127.0.0.1:9475",
    "47:44: metrics.flows: value \"10001\": must be a whole number, 0 to 10000",
    "48:1: logs: unknown setting; did you mean \"log\"?",
};

TEST(Mistakes, AreAllReportedAtOnceInOrderWithTheirPlaces) {
    EXPECT_THAT(mistakes(kFile), ElementsAreArray(kMistakes));
}

TEST(Mistakes, CarryTheirParts) {
    const auto result = load_text("router.yaml", "ports: {p: {device: d, mtu: 5}}\n");
    ASSERT_FALSE(result);
    const Diagnostic& first = result.error().at(0);
    EXPECT_EQ(first.file, "router.yaml");
    EXPECT_EQ(result.error().size(), 2u);  // and no interfaces
    const Diagnostic& mtu = result.error().at(1);
    EXPECT_EQ(mtu.at, (Position{1, 29}));
    EXPECT_EQ(mtu.item, "ports.p.mtu");
    EXPECT_EQ(mtu.value, "5");
    EXPECT_EQ(mtu.rule, "must be a whole number, 68 to 9600");
    EXPECT_EQ(to_string(mtu),
              "router.yaml:1:29: ports.p.mtu: value \"5\": must be a whole number, 68 to 9600");
}

TEST(Mistakes, BeforeASyntaxErrorAreReportedWithIt) {
    const auto lines = mistakes("ports: {p: {device: d, mtu: 5}}\nworkers: [1, 2\nlog: {}\n");
    // What the broken rest leaves out is not held against the file.
    EXPECT_EQ(lines, (std::vector<std::string>{
                         "1:29: ports.p.mtu: value \"5\": must be a whole number, 68 to 9600",
                         "3:4: not YAML: end of sequence flow not found (brackets open on line "
                         "2)"}));
}

TEST(Mistakes, AFileWithoutSettings) {
    EXPECT_EQ(mistakes(""), std::vector<std::string>{"1:1: the configuration is empty"});
    EXPECT_EQ(mistakes("# only this\n"),
              std::vector<std::string>{"1:1: the configuration is empty"});
    EXPECT_EQ(mistakes("hello"),
              std::vector<std::string>{
                  "1:1: value \"hello\": must be a mapping of configuration settings"});
}

}  // namespace
}  // namespace mgmd::config::test
