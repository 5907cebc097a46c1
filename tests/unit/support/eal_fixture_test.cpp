// SPDX-License-Identifier: Apache-2.0
#include "tests/support/eal_fixture.hpp"

#include <gmock/gmock.h>

namespace mgmd::test {
namespace {

class MbufTest : public EalTest {};

TEST_F(MbufTest, HoldsThePacketInOneSegment) {
    const auto packet = PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").udp(1, 2).payload(100);
    auto* made = mbuf(packet);
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(made->nb_segs, 1);
    EXPECT_EQ(bytes_of(made), packet.bytes());
    EXPECT_EQ(MbufPool(1).in_use(), 0u);
    rte_pktmbuf_free(made);
}

TEST_F(MbufTest, SplitsAsTold) {
    const auto packet =
        PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").udp(1, 2).payload(200).segments({20, 100});
    auto* made = mbuf(packet);
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(made->nb_segs, 3);
    EXPECT_EQ(made->data_len, 20);
    EXPECT_EQ(made->next->data_len, 100);
    EXPECT_EQ(rte_mbuf_check(made, 1, nullptr), 0);
    EXPECT_EQ(bytes_of(made), packet.bytes());
    rte_pktmbuf_free(made);
}

TEST_F(MbufTest, SpillsWhatDoesNotFitIntoMoreSegments) {
    auto* made = mbuf(PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").udp(1, 2).payload(5000));
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(made->nb_segs, 3);
    EXPECT_EQ(made->pkt_len, 14u + 28 + 5000);
    rte_pktmbuf_free(made);
}

TEST_F(MbufTest, ReportsAnExhaustedPool) {
    const MbufPool small(2);
    const auto packet = PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").udp(1, 2).payload(64);
    EXPECT_EQ(make_mbuf(small.get(), packet.bytes(), {10, 10}), nullptr);
    EXPECT_EQ(small.in_use(), 0u);
}

}  // namespace
}  // namespace mgmd::test
