// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/checksum.hpp"
#include "tests/support/sample_flow.hpp"

// Packets larger than an outgoing interface's MTU. Interface 2 has an MTU of 500, interface 3 one
// of 300, interface 4 that of its port.
namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Size : public BenchTest {
protected:
    Size() {
        topology_.settings.interfaces.at(1).mtu = 500;
        topology_.settings.interfaces.at(2).mtu = 300;
    }

    template <class F>
    ForwardingEntry<F> entry() const {
        return forward_entry(sample_route<F>(), arrival_, out_);
    }
    /// So long that the IP packet has this many octets.
    template <class F>
    static PacketBuilder packet_of(std::size_t ip_length) {
        return sample_packet<F>(ip_length - kSampleHeaders<F>);
    }

    Topology topology_;
    InterfaceIndex arrival_ = topology_.add();
    std::vector<InterfaceIndex> out_ = topology_.add(3);
};

/// The IPv4 data of fragments put together; checks each header on the way. `offset`: of what
/// they were cut from, in units of eight octets.
Bytes reassembled(const std::vector<Bytes>& frames, std::size_t mtu, std::size_t offset = 0) {
    Bytes data;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Ipv4Header header;
        const auto* ip = frames[i].data() + sizeof(EthernetHeader);
        std::memcpy(&header, ip, sizeof(header));
        EXPECT_LE(header.total_length.host(), mtu);
        EXPECT_EQ(header.ttl, 63);
        EXPECT_EQ(internet_checksum({ip, header.header_length()}).raw(), 0u);
        const auto flags_offset = header.flags_fragment_offset.host();
        EXPECT_EQ((flags_offset & Ipv4Header::kOffsetMask) * 8u, offset * 8 + data.size());
        EXPECT_EQ((flags_offset & Ipv4Header::kMoreFragments) != 0, i + 1 < frames.size());
        data.insert(data.end(), ip + header.header_length(), ip + header.total_length.host());
    }
    return data;
}

TEST_F(Size, Ipv4IsFragmentedWhereItDoesNotFit) {
    WorkerBench bench(topology_);
    bench.install(entry<V4>());
    const auto packet = packet_of<V4>(800);
    bench.receive(arrival_, packet);
    const auto ip = packet.network_bytes();
    const Bytes data(ip.begin() + sizeof(Ipv4Header), ip.end());

    const auto at_500 = bench.sent_bytes(out_[0]);
    EXPECT_EQ(at_500.size(), 2u);
    EXPECT_EQ(reassembled(at_500, 500), data);
    const auto at_300 = bench.sent_bytes(out_[1]);
    EXPECT_EQ(at_300.size(), 3u);
    EXPECT_EQ(reassembled(at_300, 300), data);
    EXPECT_THAT(bench.sent_bytes(out_[2]), ElementsAre(frame_out(topology_, out_[2], packet)));

    EXPECT_EQ(bench.counters(out_[0]).tx_packets.get(), 2u);
    EXPECT_EQ(bench.counters(sample_route<V4>()).outgoing.at(0).sent, 1u);
    EXPECT_EQ(bench.counters(sample_route<V4>()).outgoing.at(1).sent, 1u);
}

TEST_F(Size, FragmentsKeepTheirPlaceInTheFlow) {
    WorkerBench bench(topology_);
    bench.install(entry<V4>());
    bench.receive(arrival_,
                  {packet_of<V4>(200).identification(1), packet_of<V4>(900).identification(2),
                   packet_of<V4>(201).identification(3)});
    std::vector<unsigned> order;
    for (const auto& frame : bench.sent_bytes(out_[0])) {
        order.push_back(frame.at(sizeof(EthernetHeader) + 5));
    }
    EXPECT_THAT(order, ElementsAre(1u, 2u, 2u, 3u));
}

TEST_F(Size, Ipv4WithDontFragmentIsCountedThereAndNothingIsAnswered) {
    WorkerBench bench(topology_);
    bench.install(entry<V4>());
    const auto packet = packet_of<V4>(400).dont_fragment();
    bench.receive(arrival_, packet);
    EXPECT_THAT(bench.sent_bytes(out_[0]), ElementsAre(frame_out(topology_, out_[0], packet)));
    EXPECT_THAT(bench.sent(out_[1]), IsEmpty());
    EXPECT_THAT(bench.sent_bytes(out_[2]), ElementsAre(frame_out(topology_, out_[2], packet)));
    EXPECT_THAT(bench.sent(arrival_), IsEmpty());
    EXPECT_EQ(bench.counters(out_[1]).too_big.get(), 1u);
    EXPECT_EQ(bench.counters(sample_route<V4>()).outgoing.at(1).too_big, 1u);
}

TEST_F(Size, ThatOfTheMtuFits) {
    WorkerBench bench(topology_);
    bench.install(entry<V4>());
    bench.receive(arrival_, packet_of<V4>(300).dont_fragment());
    EXPECT_EQ(bench.sent(out_[1]).size(), 1u);
    bench.receive(arrival_, packet_of<V4>(301).dont_fragment());
    EXPECT_THAT(bench.sent(out_[1]), IsEmpty());
}

TEST_F(Size, FragmentsWithoutBuffersAreOneDiscardedCopy) {
    WorkerBench bench(topology_, {.buffers = 2});  // the packet, and one of two fragments
    auto entry = this->entry<V4>();
    entry.outgoing = {{out_[0], {}, {}}};
    bench.install(entry);
    bench.receive(arrival_, packet_of<V4>(800));
    EXPECT_THAT(bench.sent(out_[0]), IsEmpty());
    EXPECT_EQ(bench.counters(out_[0]).discarded.get(), 1u);
    EXPECT_EQ(bench.counters(sample_route<V4>()).outgoing.at(0).discarded, 1u);
}

TEST_F(Size, ACopyWithARefusedFragmentIsDiscardedOnce) {
    WorkerBench bench(topology_);
    bench.install(entry<V4>());
    bench.port(topology_.settings.interfaces.at(out_[1] - 1u).port).room = 1;
    bench.receive(arrival_, packet_of<V4>(800));
    EXPECT_EQ(bench.sent(out_[1]).size(), 1u);  // the first of three
    EXPECT_EQ(bench.counters(out_[1]).discarded.get(), 1u);
    const auto counters = bench.counters(sample_route<V4>());
    EXPECT_EQ(counters.outgoing.at(1).discarded, 1u);
    EXPECT_EQ(counters.outgoing.at(1).sent, 0u);
}

TEST_F(Size, MultiSegmentJumboFramesAreFragmentedToo) {
    topology_.ports.at(0).mtu = 9000;
    WorkerBench bench(topology_);
    bench.install(entry<V4>());
    const auto packet = packet_of<V4>(6000);
    bench.receive(arrival_, packet);
    const auto ip = packet.network_bytes();
    const Bytes data(ip.begin() + sizeof(Ipv4Header), ip.end());
    EXPECT_EQ(reassembled(bench.sent_bytes(out_[2]), 1500), data);
    EXPECT_EQ(reassembled(bench.sent_bytes(out_[1]), 300), data);
}

TEST_F(Size, AFragmentWithOptionsIsCutAgain) {
    WorkerBench bench(topology_);
    bench.install(entry<V4>());
    constexpr std::uint16_t kOffset = 100;
    const Bytes record_route{7, 7, 4, 0, 0, 0, 0, 1};
    const auto packet = packet_of<V4>(400).options(record_route).fragment(kOffset, false);
    bench.receive(arrival_, packet);
    const auto ip = packet.network_bytes();
    const auto headers = sizeof(Ipv4Header) + record_route.size();
    const auto pieces = bench.sent_bytes(out_[1]);
    EXPECT_EQ(pieces.size(), 2u);
    EXPECT_EQ(reassembled(pieces, 300, kOffset), Bytes(ip.begin() + headers, ip.end()));
    EXPECT_THAT(bench.sent_bytes(out_[0]), ElementsAre(frame_out(topology_, out_[0], packet)));
}

TEST_F(Size, Ipv6IsNeverFragmented) {
    WorkerBench bench(topology_);
    bench.install(entry<V6>());
    const auto packet = packet_of<V6>(400);
    bench.receive(arrival_, packet);
    EXPECT_THAT(bench.sent_bytes(out_[0]), ElementsAre(frame_out(topology_, out_[0], packet)));
    EXPECT_THAT(bench.sent(out_[1]), IsEmpty());
    EXPECT_EQ(bench.counters(out_[1]).too_big.get(), 1u);
    EXPECT_EQ(bench.counters(sample_route<V6>()).outgoing.at(1).too_big, 1u);
}

}  // namespace
}  // namespace mgmd::test
