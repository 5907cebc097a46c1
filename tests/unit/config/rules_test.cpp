// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/support/sample_settings.hpp"
#include "tests/unit/config/support.hpp"

/// The rules that take more than one value to see, one broken at a time.
namespace mgmd::config::test {
namespace {

using Lines = std::vector<std::string>;

/// Two ports and interfaces on lines 1 to 4; `rest` starts on line 5.
std::string file(const std::string& rest) {
    return std::string(mgmd::test::kTwoInterfaces) + rest;
}

/// One port and one interface, which has these settings.
Lines interface_mistakes(const std::string& settings) {
    return mistakes("ports: {p: net_null0}\ninterfaces: {p: {" + settings + "}}\n");
}

Lines port_mistakes(const std::string& settings) {
    return mistakes("ports: {p: " + settings + "}\ninterfaces: {p: {}}\n");
}

TEST(Rules, TheFileTheyStartFromIsGood) {
    EXPECT_EQ(mistakes(file("")), Lines{});
    EXPECT_EQ(interface_mistakes(""), Lines{});
}

TEST(Rules, DeviceStrings) {
    for (const char* good : {"0000:3b:00.0", "\"net_pcap0,rx_pcap=my dir/a.pcap\"", "net_ring0",
                             "\"0000:3b:00.0,representor=[0,1-3],x=y\"", "mlx5_core.sf.2"}) {
        EXPECT_EQ(port_mistakes(good), Lines{}) << good;
    }
    for (const char* bad : {"\"net pcap0\"", "\",rx=a\"", "\"net_pcap0,\"", "\"net_pcap0,=a\"",
                            "\"net_pcap0,rx=a,b=c,d.pcap\"", "\"net_tap0,iface=a\\nb\""}) {
        EXPECT_EQ(port_mistakes(bad).size(), 1u) << bad;
    }
}

TEST(Rules, TheSameDeviceTwice) {
    EXPECT_EQ(mistakes("ports: {p: 3b:00.0, q: 0000:3B:00.0}\ninterfaces: {p: {}}\n"),
              Lines{"1:24: ports.q: value \"0000:3B:00.0\": the device is already that of ports.p "
                    "(line 1)"});
    EXPECT_EQ(port_mistakes("{device: net_tap0, kernel_port: net_tap0}").size(), 1u);
}

TEST(Rules, ThirtyTwoDevicesWithKernelPorts) {
    std::string text = "interfaces: {p0: {}}\nports:\n";
    for (int i = 0; i < 31; ++i) {
        text += "  p" + std::to_string(i) + ": net_null" + std::to_string(i) + "\n";
    }
    EXPECT_EQ(mistakes(text + "  q: net_tap0\n"), Lines{});
    EXPECT_EQ(mistakes(text + "  q: {device: net_tap0, kernel_port: net_tap1}\n"),
              Lines{"34:38: ports.q.kernel_port: value \"net_tap1\": more than 32 devices, kernel "
                    "ports included"});
}

TEST(Rules, PortsAndInterfacesMustExist) {
    EXPECT_EQ(mistakes("ports: {}\ninterfaces: {}\n"),
              (Lines{"1:8: ports: a router needs at least one port",
                     "2:13: interfaces: a router needs at least one interface"}));
}

TEST(Rules, InterfacesAreBoundedInNumber) {
    std::string text = "ports: {p: net_null0}\ninterfaces:\n";
    for (int i = 0; i < 2048; ++i) {
        text += "  v" + std::to_string(i) + ": {port: p, vlan: " + std::to_string(i) + "}\n";
    }
    EXPECT_EQ(mistakes(text), Lines{"2050:3: interfaces.v2047: more than 2047 interfaces"});
}

TEST(Rules, InterfaceAddresses) {
    for (const char* good : {"10.1.0.1/24", "10.1.0.0/31", "10.1.0.1/32", "169.254.1.1/16",
                             "\"fe80::1/64\"", "\"fd00::/64\""}) {
        EXPECT_EQ(interface_mistakes(std::string("addresses: ") + good), Lines{}) << good;
    }
    for (const char* bad : {"10.1.0.0/24", "10.1.0.255/24", "0.1.0.1/24", "127.0.0.1/8",
                            "240.0.0.1/24", "224.0.0.1/24", "10.1.0.1/0", "\"::1/128\"",
                            "\"::ffff:10.1.0.1/120\"", "\"ff02::1/64\""}) {
        EXPECT_EQ(interface_mistakes(std::string("addresses: ") + bad).size(), 1u) << bad;
    }
    EXPECT_EQ(interface_mistakes("addresses: [10.1.0.1/24, 10.1.0.1/16]"),
              Lines{"2:43: interfaces.p.addresses[1]: value \"10.1.0.1/16\": the interface already "
                    "has this address"});
}

TEST(Rules, SubnetsOfOneTableDoNotOverlap) {
    const auto overlap = [](const std::string& one, const std::string& other) {
        return mistakes("ports: {a: net_null0, b: net_null1}\ninterfaces:\n  a: {" + one +
                        "}\n  b: {" + other + "}\n");
    };
    EXPECT_EQ(overlap("addresses: 10.0.0.1/24", "addresses: 10.0.1.1/24"), Lines{});
    EXPECT_EQ(overlap("addresses: 10.0.0.1/24", "addresses: 10.0.0.2/24, table: 1"), Lines{});
    EXPECT_EQ(overlap("addresses: \"fe80::1/64\"", "addresses: \"fe80::1/64\""), Lines{});
    EXPECT_EQ(overlap("addresses: 10.0.1.1/24", "addresses: [10.9.0.1/24, 10.0.0.1/16]"),
              Lines{"4:32: interfaces.b.addresses[1]: value \"10.0.0.1/16\": overlaps 10.0.1.0/24 "
                    "of interface a (line 3)"});
    EXPECT_EQ(overlap("addresses: [\"fd00::1/48\", \"fd00::2/48\"]", "addresses: \"fd00::3/64\""),
              Lines{"4:18: interfaces.b.addresses: value \"fd00::3/64\": overlaps fd00::/48 of "
                    "interface a (line 3)"});
}

TEST(Rules, Ipv6NeedsItsLeastMtu) {
    EXPECT_EQ(interface_mistakes("addresses: \"fd00::1/64\", mtu: 1280"), Lines{});
    EXPECT_EQ(interface_mistakes("addresses: \"fd00::1/64\", mtu: 1279"),
              Lines{"2:48: interfaces.p.mtu: value \"1279\": IPv6 needs an mtu of at least 1280, "
                    "here it is 1279"});
    EXPECT_EQ(interface_mistakes("addresses: 10.0.0.1/24, mtu: 576"), Lines{});
}

TEST(Rules, OldVersionsCanNotExpressLongTimes) {
    EXPECT_EQ(interface_mistakes("igmp: {version: 2, query_response_interval: 25500ms}"), Lines{});
    EXPECT_EQ(interface_mistakes("igmp: {version: 2, query_response_interval: 26s}").size(), 1u);
    EXPECT_EQ(interface_mistakes("igmp: {version: 3, query_response_interval: 26s}"), Lines{});
    EXPECT_EQ(interface_mistakes("mld: {version: 1, last_member_query_interval: 66s}").size(), 1u);
    EXPECT_EQ(interface_mistakes("igmp: {query_interval: 10s}").size(), 1u);
}

TEST(Rules, PolicyIsOfTheProtocolsFamily) {
    EXPECT_EQ(interface_mistakes("igmp: {deny_groups: [\"ff15::/16\", 10.0.0.0/8]}").size(), 2u);
    EXPECT_EQ(interface_mistakes("mld: {allow_sources: [10.0.0.0/8, \"ff15::/16\"]}").size(), 2u);
    EXPECT_EQ(
        interface_mistakes("igmp: {ssm_mapping: {groups: 232.1.1.1, sources: \"fd00::1\"}}").size(),
        1u);
    EXPECT_EQ(interface_mistakes("igmp: {ssm_mapping: {groups: 232.1.1.1}}").size(), 1u);
    EXPECT_EQ(interface_mistakes("igmp: {deny_sources: 10.1.1.1}").size(), 1u) << "a subnet";
    EXPECT_EQ(interface_mistakes("igmp: {allow_groups: 224.0.0.0/24}").size(), 1u);
}

TEST(Rules, AQuerierNeedsNoAddress) {
    EXPECT_EQ(interface_mistakes("igmp: yes, mld: yes"), Lines{});
}

TEST(Rules, Boundaries) {
    EXPECT_EQ(interface_mistakes("boundaries: [224.0.0.0/4, \"ff00::/8\"]"), Lines{});
    for (const char* bad : {"10.0.0.0/8", "224.0.0.0/3", "224.0.0.0/24", "239.1.0.0/8",
                            "\"ff02::/16\"", "\"fd00::/8\"", "0.0.0.0/0"}) {
        EXPECT_EQ(interface_mistakes(std::string("boundaries: ") + bad).size(), 1u) << bad;
    }
    EXPECT_EQ(interface_mistakes("boundaries: [239.1.0.0/16, 239.1.0.0/16]").size(), 1u);
}

TEST(Rules, StaticJoins) {
    const auto joins = [](const std::string& list) {
        return interface_mistakes("igmp: yes, mld: yes, static_joins: [" + list + "]");
    };
    EXPECT_EQ(joins("239.1.1.1, {group: 239.1.1.1, source: 10.0.0.1}"), Lines{});
    EXPECT_EQ(joins("239.1.1.1, 239.1.1.1").size(), 1u);
    EXPECT_EQ(joins("10.1.1.1").size(), 1u);
    EXPECT_EQ(joins("\"ff3e::1\"").size(), 1u);
    EXPECT_EQ(joins("{group: \"ff3e::1\", source: 10.0.0.1}").size(), 1u);
    EXPECT_EQ(joins("{group: 232.1.1.1, source: 239.0.0.1}").size(), 1u);
    EXPECT_EQ(joins("{group: 232.1.1.1, source: 0.0.0.0}").size(), 1u);
    EXPECT_EQ(interface_mistakes("igmp: yes, static_joins: \"ff1e::1\"").size(), 1u);
    EXPECT_EQ(interface_mistakes("protocol: static, static_joins: \"ff1e::1\""), Lines{});
}

TEST(Rules, StaticJoinsKeepTheLimits) {
    const std::string text =
        "ports: {p: net_null0}\n"
        "interfaces: {p: {igmp: yes, static_joins: [239.1.1.1, 239.1.1.2,\n"
        "  {group: 239.1.1.1, source: 10.0.0.1}]}}\n";
    EXPECT_EQ(mistakes(text + "limits: {groups_per_interface: 2, sources_per_group: 2}\n"),
              Lines{});
    EXPECT_EQ(mistakes(text + "limits: {groups_per_interface: 1}\n").size(), 1u);
    EXPECT_EQ(mistakes(text + "limits: {sources_per_group: 1}\n").size(), 1u);
}

TEST(Rules, Routes) {
    const auto route = [](const std::string& settings) {
        return mistakes(file("routes:\n  - {" + settings + "}\n"));
    };
    EXPECT_EQ(route("prefix: 0.0.0.0/0, next_hop: 10.1.0.9"), Lines{});
    EXPECT_EQ(route("prefix: \"fd00:9::/32\", interface: b, next_hop: \"fe80::9\""), Lines{});
    for (const char* bad :
         {"prefix: 224.0.0.0/4, interface: a", "prefix: 10.9.0.0/16, interface: nope",
          "prefix: 10.9.0.0/16, next_hop: 10.1.0.1", "prefix: 10.9.0.0/16, next_hop: \"fd00:1::9\"",
          "prefix: 10.9.0.0/16, interface: a, next_hop: 10.2.0.9",
          "prefix: 10.9.0.0/16, next_hop: 224.0.0.1",
          "prefix: \"fd00:9::/32\", next_hop: \"fe80::9\""}) {
        EXPECT_EQ(route(bad).size(), 1u) << bad;
    }
    EXPECT_EQ(mistakes(file("routes:\n"
                            "  - {prefix: 10.9.0.0/16, interface: a}\n"
                            "  - {prefix: 10.9.0.0/16, interface: b}\n"
                            "  - {prefix: 10.9.0.0/16, interface: a, metric: 2}\n")),
              Lines{"8:14: routes[2].prefix: value \"10.9.0.0/16\": there is a route for this "
                    "prefix to the interface already (line 6)"});
}

Lines mroute_mistakes(const std::string& settings) {
    return mistakes(file("mroutes:\n  - {" + settings + "}\n"));
}

TEST(Rules, MroutesThatAreGood) {
    for (const auto good : mgmd::test::kSingleMroutes) {
        EXPECT_EQ(mistakes(mgmd::test::with_mroute(good)), Lines{}) << good;
    }
}

TEST(Rules, MroutesThatAreNot) {
    for (const char* bad :
         {"group: 239.1.1.1, outgoing: b",
          "group: 239.1.1.1, accept: [], outgoing: b",
          "group: 239.1.1.1, accept: [any, a], outgoing: b",
          "group: 239.1.1.1, accept: [a, a], outgoing: b",
          "group: 239.1.1.1, accept: nope, outgoing: b",
          "group: 239.1.1.1, accept: a, outgoing: nope",
          "group: 239.1.1.1, accept: a",
          "group: 239.1.1.1, accept: a, outgoing: []",
          "group: 239.1.1.1, outgoing: b, action: drop",
          "group: 239.1.1.1/24, action: drop",
          "group: 224.0.0.5, action: drop",
          "group: \"ff02::5\", action: drop",
          "group: \"ff00::/15\", action: drop",
          "group: \"ff10::/15\", accept: a, outgoing: b",
          "group: 0.0.0.0/0, source: 10.1.0.9, action: drop",
          "group: 239.1.1.1, source: 239.0.0.1, action: drop",
          "group: 239.1.1.1, source: \"fd00::1\", action: drop",
          "group: 232.1.1.1, accept: a, outgoing: b",
          "group: \"ff3e::/96\", accept: a, outgoing: b",
          "group: 239.1.1.1, accept: a, outgoing: {interface: b, next_hop_mac: 01:00:5e:00:00:01}",
          "group: 239.1.1.1, accept: a, outgoing: b, table: 3"}) {
        EXPECT_GE(mroute_mistakes(bad).size(), 1u) << bad;
    }
}

TEST(Rules, CountedMroutesThatAreGood) {
    for (const char* good :
         {"group: 239.1.1.1, group_count: 10, accept: a, outgoing: b",
          "group: 239.255.255.0, group_count: 256, action: drop",
          "group: 232.1.1.1, source: 10.1.0.0, source_count: 60000, accept: a, outgoing: b",
          "group: 239.1.0.0, group_count: 200, source: 223.255.255.0, source_count: 256, "
          "action: drop",
          "group: \"ff0e::ffff\", group_count: 3, source: \"fd00::ffff\", source_count: 3, "
          "accept: a, outgoing: b"}) {
        EXPECT_EQ(mroute_mistakes(good), Lines{}) << good;
    }
}

TEST(Rules, CountedMroutesThatAreNot) {
    for (const char* bad :
         {"group: 239.1.1.1, group_count: 0, action: drop",
          "group: 239.1.1.1, group_count: 16777217, action: drop",
          "group: 239.1.0.0/16, group_count: 2, action: drop",
          "group: 239.1.1.1, source_count: 2, action: drop",
          "group: 239.255.255.0, group_count: 257, action: drop",
          "group: 231.255.255.255, group_count: 2, accept: a, outgoing: b",
          "group: 239.1.1.1, source: 223.255.255.0, source_count: 257, action: drop",
          "group: 239.1.1.1, source: 126.255.255.255, source_count: 2, action: drop",
          "group: \"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\", group_count: 2, action: drop",
          "group: 239.1.0.0, group_count: 60000, source: 10.1.0.0, source_count: 60000, "
          "action: drop"}) {
        EXPECT_EQ(mroute_mistakes(bad).size(), 1u) << bad;
    }
}

TEST(Rules, CountedMroutesThatOverlap) {
    const auto two = [](const std::string& one, const std::string& other) {
        return mistakes(file("mroutes:\n  - {group: 239.1.1.10, group_count: 10, " + one +
                             ", action: drop}\n  - {group: " + other + ", action: drop}\n"));
    };
    const std::string ten = "source: 10.1.0.10, source_count: 10";
    const auto overlap = [](const std::string& group) {
        return Lines{"7:13: mroutes[1].group: value \"" + group +
                     "\": there is an mroute for this already (line 6)"};
    };
    EXPECT_EQ(two(ten, "239.1.1.19, source: 10.1.0.19"), overlap("239.1.1.19"));
    EXPECT_EQ(two(ten, "239.1.1.1, group_count: 10, source: 10.1.0.1, source_count: 10"),
              overlap("239.1.1.1"));
    EXPECT_EQ(two(ten, "239.1.1.1, group_count: 100, source: 10.1.0.1, source_count: 100"),
              overlap("239.1.1.1"));
    EXPECT_EQ(two(ten, "239.1.1.15"), Lines{}) << "of any source is another route";
    EXPECT_EQ(two(ten, "239.1.1.0/24"), Lines{});
    EXPECT_EQ(two(ten, "239.1.1.20, source: 10.1.0.19"), Lines{});
    EXPECT_EQ(two(ten, "239.1.1.19, source: 10.1.0.20"), Lines{});
    EXPECT_EQ(two(ten, "239.1.1.1, group_count: 9, source: 10.1.0.10"), Lines{});
    EXPECT_EQ(two(ten, "239.1.1.1, group_count: 30, source: 10.1.0.9"), Lines{});
}

TEST(Rules, MroutesStayInOneTable) {
    const std::string text =
        "ports: {a: net_null0, b: net_null1}\n"
        "interfaces: {a: {protocol: static}, b: {table: 2}}\n"
        "mroutes: [{group: 239.1.1.1, accept: a, outgoing: b}]\n";
    EXPECT_EQ(mistakes(text), Lines{"3:51: mroutes[0].outgoing: value \"b\": is in table 2, the "
                                    "mroute in table 0"});
}

TEST(Rules, MroutesKeepTheLimit) {
    std::string text = "mroutes:\n";
    for (int i = 1; i <= 17; ++i) {
        text += "  - {group: 239.1.1." + std::to_string(i) + ", action: drop}\n";
    }
    const Lines lines = mistakes(file(text + "limits: {entries: 16, negative_entries: 1}\n"));
    EXPECT_EQ(lines, Lines{"6:3: mroutes: 17 entries of one family, more than limits.entries, 16"});
}

TEST(Rules, MroutesLeaveRoomForOtherTables) {
    const auto routes = [](int count) {
        std::string text =
            "ports: {a: net_null0, b: net_null1}\n"
            "interfaces: {a: {protocol: static}, b: {table: 2}}\n"
            "limits: {entries: 16, negative_entries: 1}\nmroutes:\n";
        for (int i = 1; i <= count; ++i) {
            text += "  - {group: 239.1.1." + std::to_string(i) + ", action: drop}\n";
        }
        return mistakes(text);
    };
    EXPECT_EQ(routes(12), Lines{});
    EXPECT_EQ(routes(13), Lines{"5:3: mroutes: too many in one table: half of limits.entries, 16, "
                                "is reserved for all 2 tables in equal parts"});
}

TEST(Rules, AnyGroupIsAnEntryForEachInterface) {
    const auto interfaces = [](int count) {
        std::string text =
            "limits: {entries: 16, negative_entries: 1}\n"
            "mroutes: [{group: 0.0.0.0/0, action: drop}]\n"
            "ports: {p: net_null0}\ninterfaces:\n";
        for (int i = 0; i < count; ++i) {
            text += "  v" + std::to_string(i) + ": {port: p, vlan: " + std::to_string(i) + "}\n";
        }
        return mistakes(text);
    };
    EXPECT_EQ(interfaces(16), Lines{});
    EXPECT_EQ(interfaces(17).size(), 1u);
}

TEST(Rules, MroutesHaveAtMost1024OutgoingInterfaces) {
    std::string text = "ports: {p: net_null0}\ninterfaces:\n";
    std::string list;
    for (int i = 0; i < 1025; ++i) {
        const std::string name = "v" + std::to_string(i);
        text += "  " + name + ": {port: p, vlan: " + std::to_string(i) + ", protocol: static}\n";
        list += name + ", ";
    }
    const Lines lines =
        mistakes(text + "mroutes: [{group: 239.1.1.1, accept: v0, outgoing: [" + list + "]}]\n");
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("more than 1024 outgoing interfaces"), std::string::npos);
}

TEST(Rules, AGroupIsJoinedOnAtMost1024Interfaces) {
    // The first 1000 join any source, the others one of two.
    const auto joined = [](int interfaces) {
        std::string text = "ports: {p: net_null0}\ninterfaces:\n";
        for (int i = 0; i < interfaces; ++i) {
            const std::string source = i < 1000 ? "" : ", source: 10.9.0." + std::to_string(i % 2);
            text += "  v" + std::to_string(i) + ": {port: p, vlan: " + std::to_string(i) +
                    ", protocol: static, static_joins: {group: 239.1.1.1" + source + "}}\n";
        }
        return mistakes(text);
    };
    EXPECT_EQ(joined(1048), Lines{});
    const Lines lines = joined(1050);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("joined on more than 1024 interfaces"), std::string::npos);
}

TEST(Rules, WorkersHaveCoresOfTheirOwn) {
    EXPECT_EQ(mistakes(file("workers: {count: 2, cores: 1-2}\n")), Lines{});
    EXPECT_EQ(mistakes(file("workers: {count: 3, cores: 1-2}\n")).size(), 1u);
    EXPECT_EQ(mistakes(file("workers: {cores: [1-3, 2]}\n")).size(), 1u);
    EXPECT_EQ(mistakes(file("workers: {cores: 0-1023}\n")).size(), 1u);
}

TEST(Rules, EalArgumentsThatSettingsStandFor) {
    for (const char* bad : {"-l", "--lcores=1@2", "--vdev=net_null0", "--no-huge", "\"-c 3\""}) {
        EXPECT_EQ(mistakes(file(std::string("memory: {eal_args: [") + bad + "]}\n")).size(), 1u)
            << bad;
    }
}

TEST(Rules, SuggestionsAreNearOrAbsent) {
    EXPECT_EQ(mistakes(file("tmiers: {}\n")),
              Lines{"5:1: tmiers: unknown setting; did you mean \"timers\"?"});
    EXPECT_EQ(mistakes(file("something: {}\n")), Lines{"5:1: something: unknown setting"});
    EXPECT_EQ(mistakes(file("x: {}\n")), Lines{"5:1: x: unknown setting"});
}

TEST(Rules, AThousandMistakesAreEnough) {
    std::string text;
    for (int i = 0; i < 5'000; ++i) {
        text += "wrong" + std::to_string(i) + ": 1\n";
    }
    const Lines lines = mistakes(text);
    EXPECT_EQ(lines.size(), 1001u);
    EXPECT_EQ(lines.back(), " more than 1000 mistakes; correct these and check again");
}

}  // namespace
}  // namespace mgmd::config::test
