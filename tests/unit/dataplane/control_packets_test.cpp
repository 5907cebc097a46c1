// SPDX-License-Identifier: Apache-2.0
#include "dataplane/control_packets.hpp"

#include <gmock/gmock.h>

#include "tests/support/ingress_fixture.hpp"

namespace mgmd::test {
namespace {

using testing::SizeIs;

constexpr std::string_view kIgmp = "punted -> control igmp";
constexpr std::string_view kMld = "punted -> control mld";
constexpr std::string_view kData = "data";

PacketBuilder igmp(std::string_view source = "10.1.0.10", std::string_view group = "239.1.1.1") {
    return PacketBuilder().ipv4(source, group).ttl(1).router_alert().igmp(0x16, group);
}
PacketBuilder igmpv3() {
    return PacketBuilder()
        .ipv4("10.1.0.10", "224.0.0.22")
        .ttl(1)
        .router_alert()
        .igmpv3_report({{4, "239.1.1.1", {}}});
}
PacketBuilder mldv2(std::string_view source = "fe80::10") {
    return PacketBuilder()
        .ipv6(source, "ff02::16")
        .ttl(1)
        .router_alert()
        .mldv2_report({{4, "ff3e::8000:1", {}}});
}
PacketBuilder mld(std::uint8_t type, std::string_view source = "fe80::10") {
    return PacketBuilder()
        .ipv6(source, "ff3e::8000:1")
        .ttl(1)
        .router_alert()
        .mld(type, "ff3e::8000:1");
}

class ControlPacketsTest : public IngressTest {};

TEST_F(ControlPacketsTest, BringsTheBytesOfAnIgmpPacket) {
    ctx_.worker = 3;
    ctx_.now = 12345;
    const auto packet = igmpv3().trailer(20);
    const auto outcome = receive(0, {packet});
    ASSERT_EQ(outcome.text(), kIgmp);
    const auto& control = outcome.control[0];
    EXPECT_EQ(Bytes(control.content().begin(), control.content().end()), packet.network_bytes());
    EXPECT_EQ(control.interface, 1);
    EXPECT_EQ(control.worker, 3);
    EXPECT_EQ(control.timestamp, 12345u);
    EXPECT_TRUE(ctx_.pushed);
}

TEST_F(ControlPacketsTest, BringsThemFromBehindTagsAndSegments) {
    auto packet = mldv2().service_vlan(100).vlan(5).payload(700).segments({30, 500});
    const auto outcome = receive(1, {packet});
    ASSERT_EQ(outcome.text(), kMld);
    const auto& control = outcome.control[0];
    EXPECT_EQ(Bytes(control.content().begin(), control.content().end()), packet.network_bytes());
    EXPECT_EQ(control.interface, 3);
}

TEST_F(ControlPacketsTest, TakesEveryIgmpMessageWhereverItIsSent) {
    expect(igmp(), kIgmp);
    expect(igmpv3(), kIgmp);
    expect(igmp("10.1.0.10", "224.0.0.2"), kIgmp);
    expect(PacketBuilder().ipv4("10.1.0.9", "224.0.0.1").ttl(1).igmp(0x11, "0.0.0.0", 100), kIgmp);
    expect(PacketBuilder().ipv4("10.1.0.9", "10.1.0.1").eth(kMac0).ttl(1).igmp(0x16, "239.1.1.1"),
           kIgmp);
}

TEST_F(ControlPacketsTest, ChecksTheTtlOfIgmpUnlessToldNotTo) {
    for (const std::uint8_t ttl : Bytes{0, 2, 64, 255}) {
        expect(igmp().ttl(ttl), "control_ttl");
    }
    interface(1).ipv4.membership.check_ttl = false;
    apply_settings();
    expect(igmp().ttl(64), kIgmp);
}

TEST_F(ControlPacketsTest, ChecksTheSourceOfIgmpUnlessToldNotTo) {
    expect(igmp("0.0.0.0"), kIgmp);
    expect(igmp("10.1.0.254"), kIgmp);
    expect(igmp("10.1.1.10"), "control_source");
    expect(igmp("10.4.0.10"), "control_source");
    // A query from 0.0.0.0 is seen; that it wins no election is the querier's to see to.
    expect(PacketBuilder().ipv4("0.0.0.0", "224.0.0.1").ttl(1).igmp(0x11, "0.0.0.0"), kIgmp);
    interface(1).ipv4.membership.check_source_subnet = false;
    apply_settings();
    expect(igmp("10.4.0.10"), kIgmp);
}

TEST_F(ControlPacketsTest, ChecksEachSubnetOfTheInterface) {
    interface(1).ipv4.addresses.push_back(*parse_prefix<V4>("192.168.7.1/28"));
    apply_settings();
    expect(igmp("192.168.7.14"), kIgmp);
    expect(igmp("192.168.7.17"), "control_source");
    interface(1).ipv4.addresses.clear();
    apply_settings();
    expect(igmp("10.1.0.10"), "control_source");
    expect(igmp("0.0.0.0"), kIgmp);
}

TEST_F(ControlPacketsTest, DropsIgmpThatIsCut) {
    const auto cut = PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").ttl(1).protocol(2);
    expect(PacketBuilder(cut).payload(7), "control_malformed");
    expect(PacketBuilder(cut).payload(8), kIgmp);
    expect(PacketBuilder(cut).payload(7).trailer(40), "control_malformed");
    expect(igmp().fragment(0, true), "control_malformed");
    expect(igmp().fragment(1, false), "control_malformed");
    expect(igmp().dont_fragment(), kIgmp);
}

TEST_F(ControlPacketsTest, TakesEveryMldMessageWhereverItIsSent) {
    expect(mldv2(), kMld);
    for (const std::uint8_t type : Bytes{130, 131, 132}) {
        expect(mld(type), kMld);
    }
    expect(PacketBuilder().ipv6("fe80::9", "ff02::1").ttl(1).router_alert().mld(130, "::"), kMld);
    expect(mld(131).eth(kMac0), kMld);
}

TEST_F(ControlPacketsTest, ChecksTheHopLimitOfMld) {
    for (const std::uint8_t limit : Bytes{0, 2, 255}) {
        expect(mldv2().hop_limit(limit), "control_ttl");
        expect(mld(131).hop_limit(limit), "control_ttl");
    }
}

TEST_F(ControlPacketsTest, DemandsARouterAlertOfMld) {
    const auto without = [](PacketBuilder packet) { return packet.hop_by_hop({1, 2, 0, 0}); };
    expect(without(mldv2()), "control_router_alert");
    expect(without(mld(131)), "control_router_alert");
    expect(PacketBuilder().ipv6("fe80::10", "ff02::16").ttl(1).mldv2_report({}),
           "control_router_alert");
}

TEST_F(ControlPacketsTest, ChecksTheSourceOfMld) {
    expect(mldv2("2001:db8:1::10"), "control_source");
    expect(mld(130, "2001:db8:1::10"), "control_source");
    for (const std::uint8_t type : Bytes{131, 132}) {
        expect(mld(type, "::"), "control_unspecified_source");
    }
    expect(mldv2("::"), "control_unspecified_source");
    expect(mld(130, "::"), "control_source");
    expect(mldv2("febf::1"), kMld);
}

TEST_F(ControlPacketsTest, DropsMldThatIsCut) {
    const auto cut = [](std::uint8_t type, std::size_t octets) {
        return PacketBuilder()
            .ipv6("fe80::10", "ff02::16")
            .ttl(1)
            .router_alert()
            .icmpv6(type, 0, Bytes(octets - 4, 0));
    };
    expect(cut(143, 7), "control_malformed");
    expect(cut(143, 8), kMld);
    for (const std::uint8_t type : Bytes{130, 131, 132}) {
        expect(cut(type, 23), "control_malformed");
        expect(cut(type, 24), kMld);
    }
    expect(cut(143, 8).total_length(8 + 3), "control_malformed");
}

TEST_F(ControlPacketsTest, RecognisesPim) {
    expect(PacketBuilder().ipv4("10.1.0.2", "224.0.0.13").ttl(1).pim(0), "punted -> control pim");
    expect(PacketBuilder().ipv6("fe80::2", "ff02::d").ttl(1).pim(0), "punted -> control pim");
    expect(PacketBuilder().ipv4("10.9.0.2", "10.1.0.1").eth(kMac0).pim(1), "punted -> control pim");
    expect(PacketBuilder().ipv4("10.1.0.2", "224.0.0.13").protocol(103).payload(3),
           "control_malformed");
}

TEST_F(ControlPacketsTest, RecognisesNeighbourDiscovery) {
    for (const std::uint8_t type : Bytes{133, 134, 135, 136, 137}) {
        expect(PacketBuilder().ipv6("fe80::2", "ff02::1").ttl(255).icmpv6(type, 0, Bytes(20, 0)),
               "punted -> control nd");
    }
    expect(PacketBuilder()
               .ipv6("fe80::2", "2001:db8:1::1")
               .eth(kMac0)
               .ttl(255)
               .icmpv6(135, 0, Bytes(20, 0)),
           "punted -> control nd");
    expect(PacketBuilder().ipv6("fe80::2", "ff02::1").icmpv6(128, 0, Bytes(4, 0)),
           "punted -> control link_local");
}

TEST_F(ControlPacketsTest, LeavesOtherIcmpv6ToRoutableGroupsAsData) {
    const auto icmpv6 = [](std::uint8_t type) {
        return PacketBuilder()
            .ipv6("2001:db8:1::10", "ff3e::8000:1")
            .router_alert()
            .icmpv6(type, 0, Bytes(20, 0));
    };
    for (const std::uint8_t type : Bytes{1, 128, 129, 133, 137, 142, 144}) {
        expect(icmpv6(type), kData);
    }
}

TEST_F(ControlPacketsTest, RecognisesArp) {
    const auto outcome = receive(0, {PacketBuilder().arp("10.1.0.10", "10.1.0.1").trailer(18)});
    ASSERT_EQ(outcome.text(), "punted -> control arp");
    EXPECT_EQ(outcome.control[0].length, 28);
    expect(PacketBuilder().arp("10.1.0.10", "10.1.0.1").vlan(5), "punted -> control arp", 1);
    expect(PacketBuilder().arp("10.1.0.10", "10.1.0.1").truncate(14 + 27), "control_malformed");
}

TEST_F(ControlPacketsTest, TakesUnicastToItself) {
    const auto to = [](std::string_view destination) {
        return PacketBuilder().ipv4("10.9.0.9", destination).eth(kMac0).udp(1, 2).payload(8);
    };
    expect(to("10.1.0.1"), "punted -> control unicast");
    expect(to("10.4.0.1"), "punted -> control unicast");
    expect(to("10.2.0.1"), "not_multicast");  // another table
    expect(to("10.1.0.2"), "not_multicast");
    expect(to("255.255.255.255"), "not_multicast");
    expect(PacketBuilder().ipv6("2001:db8:9::9", "2001:db8:1::1").eth(kMac0).udp(1, 2),
           "punted -> control unicast");
    expect(PacketBuilder().ipv6("2001:db8:9::9", "2001:db8:1::2").eth(kMac0).udp(1, 2),
           "not_multicast");
}

TEST_F(ControlPacketsTest, DropsEverythingElse) {
    expect(PacketBuilder().raw(0x88cc, Bytes(40, 0)).eth("01:80:c2:00:00:0e"), "not_multicast");
    expect(PacketBuilder().raw(0x0026, Bytes(40, 0)), "not_multicast");
    expect(PacketBuilder().raw(0x88cc, {}), "not_multicast");
}

TEST_F(ControlPacketsTest, ChecksHeadersFirst) {
    expect(igmp().checksum(1), "bad_checksum");
    expect(mldv2().total_length(5000), "bad_total_length");
    expect(mldv2().hop_by_hop({0x80, 0}), "hop_by_hop");
    expect(igmp().eth("02:00:00:00:00:77"), "not_for_us");
}

}  // namespace
}  // namespace mgmd::test
