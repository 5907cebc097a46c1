// SPDX-License-Identifier: Apache-2.0
#include "dataplane/punt.hpp"

#include <gmock/gmock.h>

#include "tests/support/ingress_fixture.hpp"

namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr PortIndex kKernelPort = 2;  // the one with a kernel port behind it

PacketBuilder igmp() {
    return PacketBuilder().ipv4("10.4.0.10", "239.1.1.1").ttl(1).igmp(0x16, "239.1.1.1");
}
PacketBuilder link_local() {
    return PacketBuilder().ipv4("10.4.0.10", "224.0.0.251").udp(5353, 5353).payload(8);
}
PacketBuilder lldp() {
    return PacketBuilder().raw(0x88cc, Bytes(50, 7)).eth("01:80:c2:00:00:0e");
}

class PuntTest : public IngressTest {
protected:
    /// A data packet as later stages see it.
    dataplane::Packet data_packet(const PacketBuilder& from) {
        dataplane::Burst<V4> ipv4;
        dataplane::Burst<V6> ipv6;
        rte_mbuf* frame = mbuf(from);
        dataplane::classify<dataplane::IngressFeatures{}>(ctx_, kKernelPort, {&frame, 1}, ipv4,
                                                          ipv6);
        EXPECT_EQ(ipv4.size, 1);
        return ipv4.packets[0];
    }
    /// Fills the ring up to `left` places.
    void fill_ring(std::size_t left) {
        while (ring_->room() > left) {
            ASSERT_TRUE(ring_->push(ControlPacket{}));
        }
    }
    std::size_t drain() {
        return ring_->drain([](const ControlPacket&) {});
    }

    const PacketBuilder data_ =
        PacketBuilder().ipv4("10.4.0.10", "239.1.1.1").udp(1, 2).payload(64);
};

TEST_F(PuntTest, GivesTheKernelWholeFramesAsReceived) {
    const auto packet = igmp().trailer(18);
    const auto outcome = receive(kKernelPort, {packet});
    ASSERT_EQ(outcome.text(), "punted -> control igmp, kernel");
    EXPECT_THAT(outcome.kernel, ElementsAre(packet.bytes()));
}

TEST_F(PuntTest, GivesTheKernelWhatIsNothingOfOurs) {
    const auto unicast =
        PacketBuilder().ipv4("10.4.0.10", "10.9.9.9").eth(kMac2).udp(1, 2).payload(64);
    const auto outcome = receive(kKernelPort, {lldp(), unicast});
    ASSERT_EQ(outcome.text(), "punted 2 -> kernel 2");
    EXPECT_THAT(outcome.kernel, ElementsAre(lldp().bytes(), unicast.bytes()));
}

TEST_F(PuntTest, KeepsDroppedFramesFromTheKernel) {
    expect(igmp().ttl(2), "control_ttl", kKernelPort);
    expect(lldp().vlan(9), "unknown_vlan", kKernelPort);
    expect(PacketBuilder().ipv4("10.4.0.10", "10.9.9.9").eth(kMac1), "not_for_us", kKernelPort);
}

TEST_F(PuntTest, DropsWhatTheKernelRefuses) {
    kernel_.accepting = false;
    expect(lldp(), "not_multicast", kKernelPort);
    expect(igmp(), "punted -> control igmp", kKernelPort);
}

TEST_F(PuntTest, CountsWhatTheRingRefuses) {
    fill_ring(0);
    ctx_.pushed = false;
    rte_mbuf* frame = mbuf(PacketBuilder(igmp()).ipv4("10.1.0.10", "239.1.1.1"));
    dataplane::punt_control(ctx_, frame, 1, 0, ControlProtocol::igmp, {14, 28});
    EXPECT_EQ(counters_->dropped[static_cast<std::size_t>(DropReason::control_refused)].get(), 1u);
    EXPECT_EQ(counters_->punted.get(), 0u);
    EXPECT_EQ(ring_->refused(), 1u);
    EXPECT_FALSE(ctx_.pushed);
    EXPECT_EQ(drain(), ControlPacketRing::capacity());
}

TEST_F(PuntTest, IsPuntedWhenOnlyTheKernelTookIt) {
    fill_ring(0);
    rte_mbuf* frame = mbuf(igmp());
    dataplane::punt_control(ctx_, frame, 4, kKernelPort, ControlProtocol::igmp, {14, 28});
    EXPECT_EQ(counters_->punted.get(), 1u);
    EXPECT_EQ(ring_->refused(), 1u);
    EXPECT_THAT(kernel_.frames, ElementsAre(igmp().bytes()));
}

TEST_F(PuntTest, KeepsHalfOfTheRingForMembership) {
    fill_ring(ControlPacketRing::capacity() / 2);
    const auto accepted = ring_->accepted();
    kernel_.accepting = false;
    std::vector<rte_mbuf*> frames{mbuf(link_local()), mbuf(igmp())};
    dataplane::punt_control(ctx_, frames[0], 4, kKernelPort, ControlProtocol::link_local, {14, 36});
    EXPECT_EQ(ring_->accepted(), accepted);
    EXPECT_EQ(ring_->refused(), 1u);
    dataplane::punt_control(ctx_, frames[1], 4, kKernelPort, ControlProtocol::igmp, {14, 28});
    EXPECT_EQ(ring_->accepted(), accepted + 1);
    EXPECT_EQ(counters_->dropped[static_cast<std::size_t>(DropReason::control_refused)].get(), 1u);
}

TEST_F(PuntTest, DropsWhatDoesNotFitIntoASlot) {
    const auto sized = [](std::size_t ip_length) {
        return PacketBuilder().ipv4("10.1.0.10", "224.0.0.9").udp(1, 2).payload(ip_length - 28);
    };
    expect(sized(kControlPacketBytes), "punted -> control link_local");
    expect(sized(kControlPacketBytes + 1), "control_too_long");
    expect(sized(kControlPacketBytes + 1), "punted -> kernel", kKernelPort);
}

TEST_F(PuntTest, CopiesDataBesideItsVerdict) {
    const auto packet = data_packet(data_);
    dataplane::punt_copy(ctx_, packet);
    EXPECT_EQ(counters_->punt_copies.get(), 1u);
    EXPECT_EQ(counters_->punted.get(), 0u);
    EXPECT_THAT(kernel_.frames, ElementsAre(data_.bytes()));
    EXPECT_EQ(bytes_of(packet.mbuf), data_.network_bytes()) << "the packet itself was changed";
    ring_->drain([&](const ControlPacket& control) {
        EXPECT_EQ(control.protocol, ControlProtocol::data);
        EXPECT_EQ(Bytes(control.content().begin(), control.content().end()), data_.network_bytes());
    });
    rte_pktmbuf_free(packet.mbuf);
}

TEST_F(PuntTest, CountsNoCopyThatNobodyTook) {
    const auto packet = data_packet(data_);
    fill_ring(0);
    kernel_.accepting = false;
    dataplane::punt_copy(ctx_, packet);
    EXPECT_EQ(counters_->punt_copies.get(), 0u);
    rte_pktmbuf_free(packet.mbuf);
}

TEST_F(PuntTest, HandsDataOver) {
    dataplane::hand_over(ctx_, data_packet(data_));
    EXPECT_EQ(counters_->punted.get(), 1u);
    EXPECT_THAT(kernel_.frames, ElementsAre(data_.bytes()));
    EXPECT_EQ(drain(), 1u);

    kernel_.accepting = false;
    dataplane::hand_over(ctx_, data_packet(data_));
    EXPECT_EQ(counters_->punted.get(), 2u);
    EXPECT_EQ(drain(), 1u);

    fill_ring(0);
    dataplane::hand_over(ctx_, data_packet(data_));
    EXPECT_EQ(counters_->punted.get(), 2u);
    EXPECT_EQ(counters_->dropped[static_cast<std::size_t>(DropReason::handed_over)].get(), 1u);
}

}  // namespace
}  // namespace mgmd::test
