// SPDX-License-Identifier: Apache-2.0
#include "dataplane/plain_frame.hpp"

#include <gmock/gmock.h>

#include "tests/support/ingress_fixture.hpp"

namespace mgmd::test {
namespace {

PacketBuilder ipv4() {
    return PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").ttl(16).udp(1000, 2000);
}

class PlainFrameTest : public IngressTest {
protected:
    /// One more reference to the frame, as from a device that keeps what it delivered.
    static rte_mbuf* shared(rte_mbuf* frame) {
        rte_mbuf_refcnt_update(frame, 1);
        return frame;
    }
    /// Leaves nothing to allocate.
    std::vector<rte_mbuf*> exhaust() {
        std::vector<rte_mbuf*> taken;
        while (rte_mbuf* mbuf = rte_pktmbuf_alloc(pool())) {
            taken.push_back(mbuf);
        }
        return taken;
    }
    static void give_back(std::vector<rte_mbuf*>& taken) {
        rte_pktmbuf_free_bulk(taken.data(), static_cast<unsigned>(taken.size()));
    }
};

TEST_F(PlainFrameTest, MakesHeadersContiguousWhereverTheyAreCut) {
    const auto packet = ipv4().options({0x94, 4, 0, 0}).payload(900);
    const auto packet6 = PacketBuilder()
                             .ipv6("2001:db8:1::10", "ff3e::8000:1")
                             .hop_by_hop({0x1e, 2, 0, 0})
                             .udp(1, 2)
                             .payload(900);
    for (std::size_t cut = 0; cut < 80; ++cut) {
        auto segmented = packet;
        const auto outcome = receive(0, {segmented.segments({cut})});
        ASSERT_EQ(outcome.text(), "data") << cut;
        EXPECT_EQ(outcome.ipv4[0].bytes, packet.network_bytes()) << cut;
        auto segmented6 = packet6;
        const auto outcome6 = receive(0, {segmented6.segments({cut, 7})});
        ASSERT_EQ(outcome6.text(), "data") << cut;
        EXPECT_EQ(outcome6.ipv6[0].bytes, packet6.network_bytes()) << cut;
    }
}

TEST_F(PlainFrameTest, MergesSmallSegmentsAndKeepsLargeOnes) {
    const auto small = receive(0, {ipv4().payload(64).segments({1, 1, 1, 20, 3})});
    EXPECT_EQ(small.ipv4.at(0).segments, 1);
    const auto large = receive(0, {ipv4().payload(4000).segments({60, 1000, 1500})});
    ASSERT_EQ(large.text(), "data");
    EXPECT_EQ(large.ipv4[0].segments, 4);
    EXPECT_EQ(large.ipv4[0].bytes, ipv4().payload(4000).network_bytes());
}

TEST_F(PlainFrameTest, TrimsOverSegments) {
    const auto packet = ipv4().payload(1000);
    for (const std::size_t trailer : {1, 300, 2500}) {
        auto segmented = packet;
        segmented.trailer(trailer).segments({600, 450});
        const auto outcome = receive(0, {segmented});
        ASSERT_EQ(outcome.text(), "data") << trailer;
        EXPECT_EQ(outcome.ipv4[0].bytes, packet.network_bytes()) << trailer;
    }
    auto padded = ipv4().network_bytes();
    padded.resize(dataplane::kMinPayload);
    const auto short_one = receive(0, {ipv4().trailer(2000).segments({20, 600, 600})});
    EXPECT_EQ(short_one.ipv4.at(0).bytes, padded);
    EXPECT_EQ(short_one.ipv4.at(0).segments, 1);
}

TEST_F(PlainFrameTest, CopiesAFrameThatSomebodyElseHolds) {
    const auto packet = ipv4().payload(64);
    auto* frame = shared(mbuf(packet));
    const auto outcome = receive_frames(0, {frame});
    ASSERT_EQ(outcome.text(), "data");
    EXPECT_EQ(outcome.ipv4[0].bytes, packet.network_bytes());
    EXPECT_EQ(bytes_of(frame), packet.bytes()) << "the other holder's frame was changed";
    EXPECT_EQ(rte_mbuf_refcnt_read(frame), 1);
    rte_pktmbuf_free(frame);
}

TEST_F(PlainFrameTest, CopiesAFrameWithASharedLaterSegment) {
    const auto packet = ipv4().payload(1500);
    auto* frame = make_mbuf(pool(), packet.bytes(), {800});
    auto* second = shared(frame->next);
    const auto outcome = receive_frames(0, {frame});
    EXPECT_EQ(outcome.ipv4.at(0).bytes, packet.network_bytes());
    EXPECT_EQ(rte_mbuf_refcnt_read(second), 1);
    rte_pktmbuf_free(second);
}

TEST_F(PlainFrameTest, CopiesIndirectFrames) {
    const auto packet = ipv4().payload(64);
    auto* frame = mbuf(packet);
    auto* clone = rte_pktmbuf_clone(frame, pool());
    ASSERT_NE(clone, nullptr);
    const auto outcome = receive_frames(0, {clone});
    EXPECT_EQ(outcome.ipv4.at(0).bytes, packet.network_bytes());
    EXPECT_EQ(bytes_of(frame), packet.bytes());
    rte_pktmbuf_free(frame);
}

TEST_F(PlainFrameTest, CopiesFramesWithoutRoomForTags) {
    const auto packet = ipv4().payload(64);
    auto* frame = mbuf(packet);
    const auto bytes = packet.bytes();
    frame->data_off = 0;
    std::copy(bytes.begin(), bytes.end(), rte_pktmbuf_mtod(frame, std::uint8_t*));
    const auto outcome = receive_frames(0, {frame});
    EXPECT_EQ(outcome.ipv4.at(0).bytes, packet.network_bytes());
}

TEST_F(PlainFrameTest, CopiesFramesWhoseFirstSegmentIsFull) {
    const MbufPool small(8, 64);
    const auto packet = ipv4().payload(300);
    auto* frame = make_mbuf(small.get(), packet.bytes(), {});
    ASSERT_NE(frame, nullptr);
    const auto outcome = receive_frames(0, {frame});
    EXPECT_EQ(outcome.ipv4.at(0).bytes, packet.network_bytes());
    EXPECT_EQ(small.in_use(), 0u);
}

TEST_F(PlainFrameTest, DropsWhatItCannotCopy) {
    auto* frame = shared(mbuf(ipv4().payload(64)));
    auto taken = exhaust();
    EXPECT_EQ(receive_frames(0, {frame}).text(), "receive_no_mbuf");
    EXPECT_EQ(rte_mbuf_refcnt_read(frame), 1);
    rte_pktmbuf_free(frame);
    give_back(taken);
}

TEST_F(PlainFrameTest, NeedsNoBufferForAPlainFrame) {
    auto* frame = mbuf(ipv4().payload(64));
    auto taken = exhaust();
    EXPECT_EQ(receive_frames(0, {frame}).text(), "data");
    give_back(taken);
}

}  // namespace
}  // namespace mgmd::test
