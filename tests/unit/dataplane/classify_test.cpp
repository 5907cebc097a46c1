// SPDX-License-Identifier: Apache-2.0
#include "dataplane/classify.hpp"

#include <gmock/gmock.h>

#include "tests/support/ingress_fixture.hpp"

namespace mgmd::test {
namespace {

using testing::SizeIs;

PacketBuilder ipv4() {
    return PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").ttl(16).udp(1000, 2000).payload(64);
}
PacketBuilder ipv6() {
    return PacketBuilder().ipv6("2001:db8:1::10", "ff3e::8000:1").ttl(16).udp(1, 2).payload(64);
}

class ClassifyTest : public IngressTest {};

TEST_F(ClassifyTest, HandsOnDataOfBothFamilies) {
    const auto outcome = receive(0, {ipv4(), ipv6()});
    ASSERT_EQ(outcome.text(), "data 2");

    ASSERT_THAT(outcome.ipv4, SizeIs(1));
    const auto& first = outcome.ipv4[0];
    EXPECT_EQ(first.bytes, ipv4().network_bytes());
    EXPECT_EQ(first.packet.interface, 1);
    EXPECT_EQ(first.packet.ip_length, 20 + 8 + 64);
    EXPECT_EQ(first.packet.header_length, 20);
    EXPECT_EQ(first.packet.ttl, 16);
    EXPECT_EQ(first.packet.l2_length, 14);
    EXPECT_EQ(first.key.table, 0);
    EXPECT_EQ(to_string(first.key.source), "10.1.0.10");
    EXPECT_EQ(to_string(first.key.group), "239.1.1.1");

    ASSERT_THAT(outcome.ipv6, SizeIs(1));
    const auto& second = outcome.ipv6[0];
    EXPECT_EQ(second.bytes, ipv6().network_bytes());
    EXPECT_EQ(second.packet.ip_length, 40 + 8 + 64);
    EXPECT_EQ(second.packet.header_length, 40);
    EXPECT_EQ(second.packet.ttl, 16);
    EXPECT_EQ(to_string(second.key.group), "ff3e::8000:1");
}

TEST_F(ClassifyTest, KeepsTheOrderOfAFullBurst) {
    std::vector<PacketBuilder> packets;
    for (std::uint16_t i = 0; i < dataplane::kMaxBurst; ++i) {
        packets.push_back(ipv4().identification(i));
    }
    const auto outcome = receive(0, packets);
    ASSERT_THAT(outcome.ipv4, SizeIs(dataplane::kMaxBurst));
    for (std::size_t i = 0; i < packets.size(); ++i) {
        EXPECT_EQ(outcome.ipv4[i].bytes, packets[i].network_bytes());
    }
}

TEST_F(ClassifyTest, TakesAnEmptyBurst) {
    EXPECT_EQ(receive(0, {}).text(), "");
}

TEST_F(ClassifyTest, FindsTheInterfaceByItsTags) {
    const auto single = receive(1, {ipv4().vlan(5, 3)});
    ASSERT_EQ(single.text(), "data");
    EXPECT_EQ(single.ipv4[0].packet.interface, 2);
    EXPECT_EQ(single.ipv4[0].packet.l2_length, 18);
    EXPECT_EQ(single.ipv4[0].key.table, 7);

    const auto stacked = receive(1, {ipv6().service_vlan(100).vlan(5)});
    ASSERT_EQ(stacked.text(), "data");
    EXPECT_EQ(stacked.ipv6[0].packet.interface, 3);
    EXPECT_EQ(stacked.ipv6[0].packet.l2_length, 22);
    EXPECT_EQ(stacked.ipv6[0].link.size(), 22u);
    EXPECT_EQ(receive(1, {ipv4().vlan(100).vlan(5)}).ipv4.at(0).packet.interface, 3);
}

TEST_F(ClassifyTest, TakesPriorityTagsForNone) {
    EXPECT_EQ(receive(0, {ipv4().vlan(0, 5)}).ipv4.at(0).packet.interface, 1);
    EXPECT_EQ(receive(0, {ipv4().service_vlan(0)}).ipv4.at(0).packet.interface, 1);
    EXPECT_EQ(receive(1, {ipv4().service_vlan(0).vlan(5)}).ipv4.at(0).packet.interface, 2);
    EXPECT_EQ(receive(1, {ipv4().vlan(5).vlan(0)}).ipv4.at(0).packet.interface, 2);
}

TEST_F(ClassifyTest, DropsTagsThatNoInterfaceHas) {
    expect(ipv4().vlan(5), "unknown_vlan", 0);
    expect(ipv4(), "unknown_vlan", 1);
    expect(ipv4().vlan(6), "unknown_vlan", 1);
    expect(ipv4().service_vlan(5), "unknown_vlan", 1);
    expect(ipv4().service_vlan(101).vlan(5), "unknown_vlan", 1);
    expect(ipv4().service_vlan(100).vlan(6), "unknown_vlan", 1);
    expect(ipv4().service_vlan(100), "unknown_vlan", 1);
    expect(ipv4().service_vlan(5).vlan(0), "unknown_vlan", 1);
    expect(ipv4().vlan(0).service_vlan(5), "unknown_vlan", 1);
    expect(ipv4().service_vlan(100).vlan(5).vlan(5), "unknown_vlan", 1);
    expect(ipv4().vlan(4095), "unknown_vlan", 1);
}

TEST_F(ClassifyTest, DropsFramesThatEndInTheirLinkHeader) {
    expect(ipv4().truncate(13), "runt");
    expect(ipv4().truncate(0), "runt");
    expect(ipv4().vlan(5).truncate(17), "runt", 1);
    expect(ipv4().service_vlan(100).vlan(5).truncate(21), "runt", 1);
}

TEST_F(ClassifyTest, AcceptsItsOwnGroupAndBroadcastMacs) {
    expect(ipv4().eth(kMac0), "data");                // RFC 6085
    expect(ipv4().eth("ff:ff:ff:ff:ff:ff"), "data");  // RFC 1122 3.3.6
    expect(ipv6().eth(kMac0), "data");
    expect(ipv4().eth("02:00:00:00:00:77"), "not_for_us");
    expect(ipv6().eth("02:00:00:00:00:77"), "not_for_us");
    expect(ipv4().eth(kMac1), "not_for_us");
    expect(ipv4().eth(kMac1).vlan(5), "data", 1);
}

TEST_F(ClassifyTest, DropsOnAnInterfaceThatIsDisabled) {
    interfaces_->set_enabled(2, false);
    expect(ipv4().vlan(5), "interface_down", 1);
    expect(ipv4().service_vlan(100).vlan(5), "data", 1);
    expect(PacketBuilder().arp("10.2.0.10", "10.2.0.1").vlan(5), "interface_down", 1);
    interfaces_->set_enabled(2, true);
    expect(ipv4().vlan(5), "data", 1);
}

// The link may have come up since control looked: what arrives proves that it has.
TEST_F(ClassifyTest, AcceptsWhatArrivesOnALinkThatIsThoughtToBeDown) {
    interfaces_->set_up(2, false);
    expect(ipv4().vlan(5), "data", 1);
}

TEST_F(ClassifyTest, CountsPerInterface) {
    const auto stacked = ipv4().service_vlan(100).vlan(5).trailer(9);
    receive(1, {ipv4().vlan(5), stacked, stacked, ipv4().vlan(6), ipv4().vlan(5).checksum(1)});
    const auto& counters = counters_->interfaces;
    const auto tagged_octets = ipv4().vlan(5).bytes().size();
    EXPECT_EQ(counters[2].rx_packets.get(), 2u);
    EXPECT_EQ(counters[2].rx_octets.get(), 2 * tagged_octets);
    EXPECT_EQ(counters[3].rx_packets.get(), 2u);
    EXPECT_EQ(counters[3].rx_octets.get(), 2 * stacked.bytes().size());
    EXPECT_EQ(counters[1].rx_packets.get(), 0u);
    EXPECT_EQ(counters[kNoInterface].rx_packets.get(), 0u);
}

TEST_F(ClassifyTest, TrimsWhatFollowsTheIpPacket) {
    const auto outcome = receive(0, {ipv4().trailer(100), ipv6().trailer(1)});
    EXPECT_EQ(outcome.ipv4.at(0).bytes, ipv4().network_bytes());
    EXPECT_EQ(outcome.ipv6.at(0).bytes, ipv6().network_bytes());
}

TEST_F(ClassifyTest, PadsShortPacketsWithZeros) {
    const auto packet = ipv4().payload(2);  // 30 octets of IP
    auto padded = packet.network_bytes();
    padded.resize(dataplane::kMinPayload);
    for (const std::size_t trailer : {0, 3, 16, 400}) {
        const auto outcome = receive(0, {ipv4().payload(2).trailer(trailer, 0xee)});
        ASSERT_EQ(outcome.text(), "data");
        EXPECT_EQ(outcome.ipv4[0].bytes, padded) << trailer;
        EXPECT_EQ(outcome.ipv4[0].packet.ip_length, 30);
    }
    EXPECT_EQ(receive(1, {ipv4().payload(2).vlan(5)}).ipv4.at(0).bytes, padded);
    const auto exact = ipv4().payload(18);
    EXPECT_EQ(receive(0, {exact}).ipv4.at(0).bytes, exact.network_bytes());
}

TEST_F(ClassifyTest, ClearsWhatADriverMightActOn) {
    auto* frame = mbuf(ipv4());
    frame->ol_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_TX_IP_CKSUM;
    frame->vlan_tci = 77;
    frame->tx_offload = 99;
    const auto outcome = receive_frames(0, {frame});
    ASSERT_EQ(outcome.text(), "data");
    EXPECT_EQ(outcome.ipv4[0].ol_flags, 0u);
    EXPECT_EQ(outcome.ipv4[0].vlan_tci, 0);
    EXPECT_EQ(outcome.ipv4[0].tx_offload, 0u);
}

TEST_F(ClassifyTest, GivesTheSameVerdictsWithAndWithoutUnusedFeatures) {
    for (const bool vlans : {false, true}) {
        for (const bool boundaries : {false, true}) {
            features_ = {vlans, boundaries};
            expect(ipv4(), "data");
            expect(ipv4().vlan(0), "data");
            expect(ipv6().vlan(5), "unknown_vlan");
            expect(ipv6().eth("02:00:00:00:00:77"), "not_for_us");
            expect(ipv4().vlan(0).truncate(16), "runt");
        }
    }
}

}  // namespace
}  // namespace mgmd::test
