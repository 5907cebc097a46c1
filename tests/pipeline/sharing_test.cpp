// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"

// Which copies are one buffer, which are chained and which are private. That nobody writes to a
// frame after it was sent, and that all buffers come back, every bench checks.
namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr MacAddress kRouterMac{{0x02, 0xaa, 0, 0, 0, 1}};
constexpr std::size_t kLarge = 1000;

/// One arrival and some outgoing ports.
struct Ports {
    Topology topology;
    InterfaceIndex arrival = topology.add();
    std::vector<InterfaceIndex> out;

    explicit Ports(std::size_t count) { out = topology.add(count); }

    dataplane::PortFacts& facts(std::size_t outgoing) {
        return topology.ports[topology.settings.interfaces.at(out[outgoing] - 1u).port];
    }
    void share_router_mac() {
        for (std::size_t i = 0; i < out.size(); ++i) {
            facts(i).mac = kRouterMac;
        }
    }
    void take_segments() {
        for (std::size_t i = 0; i < out.size(); ++i) {
            facts(i).takes_segments = true;
        }
    }
    template <class F>
    ForwardingEntry<F> entry() const {
        return forward_entry(sample_route<F>(), arrival, out);
    }
};

const BenchOptions kChains{.replication = {.copy_max_octets = 256, .chain = true}};

/// Takes what each interface was sent, which must be one frame with the right bytes.
template <class F>
std::vector<SentFrame> one_each(WorkerBench& bench, const Ports& ports,
                                const PacketBuilder& packet) {
    std::vector<SentFrame> frames;
    for (const auto interface : ports.out) {
        auto sent = bench.sent(interface);
        EXPECT_EQ(sent.size(), 1u) << "interface " << interface;
        if (sent.size() == 1) {
            EXPECT_EQ(sent[0].bytes, frame_out(ports.topology, interface, packet));
            frames.push_back(std::move(sent[0]));
        }
    }
    return frames;
}

std::size_t distinct(const std::vector<SentFrame>& frames) {
    std::set<const rte_mbuf*> buffers;
    for (const auto& frame : frames) {
        buffers.insert(frame.mbuf);
    }
    return buffers.size();
}

template <class F>
class Sharing : public BenchTest {};
TYPED_TEST_SUITE(Sharing, Families, FamilyName);

TYPED_TEST(Sharing, OneClassIsOneBuffer) {
    Ports ports(7);
    ports.share_router_mac();
    WorkerBench bench(ports.topology);
    bench.install(ports.entry<TypeParam>());
    for (const auto payload : {std::size_t{10}, kLarge}) {
        const auto packet = sample_packet<TypeParam>(payload);
        bench.receive(ports.arrival, packet);
        EXPECT_EQ(bench.buffers_in_use(), 1u);
        const auto frames = one_each<TypeParam>(bench, ports, packet);
        EXPECT_EQ(distinct(frames), 1u);
        EXPECT_EQ(frames.at(0).references, 7u);
    }
}

TYPED_TEST(Sharing, ClassesAreCopiesAndOneOfThemTheReceivedFrame) {
    Ports ports(5);
    ports.facts(1).mac = ports.facts(3).mac = kRouterMac;
    WorkerBench bench(ports.topology);
    bench.install(ports.entry<TypeParam>());
    bench.receive(ports.arrival, sample_packet<TypeParam>());
    EXPECT_EQ(bench.buffers_in_use(), 4u);
    const auto frames = one_each<TypeParam>(bench, ports, sample_packet<TypeParam>());
    EXPECT_EQ(distinct(frames), 4u);
    EXPECT_EQ(frames.at(1).mbuf, frames.at(3).mbuf);
    EXPECT_EQ(frames.at(1).references, 2u);
    EXPECT_EQ(frames.at(0).references, 1u);
}

TYPED_TEST(Sharing, APortThatMustNotShareGetsItsOwn) {
    Ports ports(4);
    ports.share_router_mac();
    ports.facts(2).shares_frames = false;
    WorkerBench bench(ports.topology);
    bench.install(ports.entry<TypeParam>());
    bench.receive(ports.arrival, sample_packet<TypeParam>());
    const auto frames = one_each<TypeParam>(bench, ports, sample_packet<TypeParam>());
    EXPECT_EQ(distinct(frames), 2u);
    EXPECT_EQ(frames.at(2).references, 1u);
    EXPECT_EQ(frames.at(0).references, 3u);
}

TYPED_TEST(Sharing, LargePacketsAreChainedBehindPrivateHeaders) {
    Ports ports(4);
    ports.take_segments();
    ports.facts(0).mac = ports.facts(1).mac = kRouterMac;
    WorkerBench bench(ports.topology, kChains);
    bench.install(ports.entry<TypeParam>());
    bench.receive(ports.arrival, sample_packet<TypeParam>(kLarge));
    EXPECT_EQ(bench.buffers_in_use(), 1u + 3u);  // a payload, three headers
    const auto frames = one_each<TypeParam>(bench, ports, sample_packet<TypeParam>(kLarge));
    EXPECT_EQ(distinct(frames), 3u);
    EXPECT_EQ(frames.at(0).mbuf, frames.at(1).mbuf);
    for (const auto& frame : frames) {
        EXPECT_EQ(frame.segments, 2u);
    }
}

TYPED_TEST(Sharing, SmallPacketsAreNotChained) {
    Ports ports(3);
    ports.take_segments();
    WorkerBench bench(ports.topology, kChains);
    bench.install(ports.entry<TypeParam>());
    const auto limit = 256 - sizeof(EthernetHeader) - kSampleHeaders<TypeParam>;
    bench.receive(ports.arrival, sample_packet<TypeParam>(limit));
    for (const auto& frame : one_each<TypeParam>(bench, ports, sample_packet<TypeParam>(limit))) {
        EXPECT_EQ(frame.segments, 1u);
    }
    bench.receive(ports.arrival, sample_packet<TypeParam>(limit + 1));
    for (const auto& frame :
         one_each<TypeParam>(bench, ports, sample_packet<TypeParam>(limit + 1))) {
        EXPECT_EQ(frame.segments, 2u);
    }
}

TYPED_TEST(Sharing, OneClassIsNeverChained) {
    Ports ports(3);
    ports.take_segments();
    ports.share_router_mac();
    WorkerBench bench(ports.topology, kChains);
    bench.install(ports.entry<TypeParam>());
    bench.receive(ports.arrival, sample_packet<TypeParam>(kLarge));
    EXPECT_EQ(bench.buffers_in_use(), 1u);
    EXPECT_EQ(distinct(one_each<TypeParam>(bench, ports, sample_packet<TypeParam>(kLarge))), 1u);
}

TYPED_TEST(Sharing, OnlyPortsThatTakeSegmentsGetChains) {
    Ports ports(5);
    ports.take_segments();
    ports.facts(1).takes_segments = false;
    ports.facts(3).shares_frames = false;
    WorkerBench bench(ports.topology, kChains);
    bench.install(ports.entry<TypeParam>());
    bench.receive(ports.arrival, sample_packet<TypeParam>(kLarge));
    const auto frames = one_each<TypeParam>(bench, ports, sample_packet<TypeParam>(kLarge));
    EXPECT_EQ(frames.at(0).segments, 2u);
    EXPECT_EQ(frames.at(1).segments, 1u);
    EXPECT_EQ(frames.at(2).segments, 2u);
    EXPECT_EQ(frames.at(3).segments, 1u);
    EXPECT_EQ(frames.at(3).references, 1u);
    EXPECT_EQ(frames.at(4).segments, 2u);
}

TYPED_TEST(Sharing, WithoutChainsLargePacketsAreCopied) {
    Ports ports(3);
    ports.take_segments();
    WorkerBench bench(ports.topology);
    bench.install(ports.entry<TypeParam>());
    bench.receive(ports.arrival, sample_packet<TypeParam>(kLarge));
    for (const auto& frame : one_each<TypeParam>(bench, ports, sample_packet<TypeParam>(kLarge))) {
        EXPECT_EQ(frame.segments, 1u);
        EXPECT_EQ(frame.references, 1u);
    }
}

TYPED_TEST(Sharing, AReceivedChainLeavesWholeWhereItMayAndInOnePieceElsewhere) {
    Ports ports(3);
    ports.take_segments();
    ports.facts(1).takes_segments = false;
    WorkerBench bench(ports.topology);
    bench.install(ports.entry<TypeParam>());
    const auto packet = sample_packet<TypeParam>(kLarge);
    bench.receive(ports.arrival, PacketBuilder(packet).segments({600, 200}));
    const auto frames = one_each<TypeParam>(bench, ports, packet);
    EXPECT_EQ(frames.at(1).segments, 1u);
    EXPECT_EQ(frames.at(2).segments, 3u);
}

TYPED_TEST(Sharing, EverySegmentOfASharedChainIsReferenced) {
    Ports ports(4);
    ports.take_segments();
    ports.share_router_mac();
    WorkerBench bench(ports.topology);
    bench.install(ports.entry<TypeParam>());
    const auto packet = sample_packet<TypeParam>(kLarge);
    bench.receive(ports.arrival, PacketBuilder(packet).segments({600, 200}));
    EXPECT_EQ(bench.buffers_in_use(), 3u);
    EXPECT_EQ(distinct(one_each<TypeParam>(bench, ports, packet)), 1u);
}

TYPED_TEST(Sharing, AReceivedChainIsSharedAsPayload) {
    Ports ports(3);
    ports.take_segments();
    WorkerBench bench(ports.topology, kChains);
    bench.install(ports.entry<TypeParam>());
    const auto packet = sample_packet<TypeParam>(kLarge);
    bench.receive(ports.arrival, PacketBuilder(packet).segments({600, 200}));
    EXPECT_EQ(bench.buffers_in_use(), 3u + 3u);
    for (const auto& frame : one_each<TypeParam>(bench, ports, packet)) {
        EXPECT_EQ(frame.segments, 4u);
    }
}

TYPED_TEST(Sharing, JumboFramesReachPortsThatTakeSegmentsAndAreCountedForOthers) {
    Ports ports(3);
    ports.take_segments();
    ports.facts(2).takes_segments = false;
    for (auto& port : ports.topology.ports) {
        port.mtu = 9000;
    }
    for (const bool chain : {false, true}) {
        WorkerBench bench(ports.topology,
                          {.replication = {.copy_max_octets = 256, .chain = chain}});
        bench.install(ports.entry<TypeParam>());
        const auto packet = sample_packet<TypeParam>(5000);
        bench.receive(ports.arrival, packet);
        for (const auto interface : {ports.out[0], ports.out[1]}) {
            EXPECT_THAT(bench.sent_bytes(interface),
                        ElementsAre(frame_out(ports.topology, interface, packet)));
        }
        EXPECT_THAT(bench.sent(ports.out[2]), IsEmpty());
        EXPECT_EQ(bench.counters(ports.out[2]).discarded.get(), 1u);
    }
}

TYPED_TEST(Sharing, AJumboFrameThatNobodyCanSendIsDiscardedForEach) {
    Ports ports(2);
    for (auto& port : ports.topology.ports) {
        port.mtu = 9000;
    }
    WorkerBench bench(ports.topology);
    bench.install(ports.entry<TypeParam>());
    bench.receive(ports.arrival, sample_packet<TypeParam>(5000));
    for (const auto interface : ports.out) {
        EXPECT_EQ(bench.counters(interface).discarded.get(), 1u);
    }
    EXPECT_EQ(bench.counters().forwarded.get(), 1u);
}

TYPED_TEST(Sharing, CopiesThatFindNoBufferAreCountedAndTheOthersLeave) {
    Ports ports(6);
    constexpr unsigned kBuffers = 7;  // two received, five left for ten copies
    WorkerBench bench(ports.topology, {.buffers = kBuffers});
    bench.install(ports.entry<TypeParam>());
    bench.receive(ports.arrival, std::vector(2, sample_packet<TypeParam>()));
    std::size_t sent = 0;
    std::uint64_t discarded = 0;
    for (const auto interface : ports.out) {
        sent += bench.sent(interface).size();
        discarded += bench.counters(interface).discarded.get();
    }
    EXPECT_EQ(sent, kBuffers);
    EXPECT_EQ(discarded, 2u * 6u - kBuffers);
}

TYPED_TEST(Sharing, ChainsThatFindNoHeaderAreCountedAndTheOthersLeave) {
    Ports ports(5);
    ports.take_segments();
    auto options = kChains;
    options.headers = 3;
    WorkerBench bench(ports.topology, options);
    bench.install(ports.entry<TypeParam>());
    bench.receive(ports.arrival, sample_packet<TypeParam>(kLarge));
    for (std::size_t i = 0; i < ports.out.size(); ++i) {
        EXPECT_EQ(bench.sent(ports.out[i]).size(), i < 3 ? 1u : 0u);
        EXPECT_EQ(bench.counters(ports.out[i]).discarded.get(), i < 3 ? 0u : 1u);
    }
    // Without any header nobody gets it, and the payload comes back too.
    std::vector<rte_mbuf*> all(3);
    ASSERT_EQ(rte_pktmbuf_alloc_bulk(bench.ctx().pools.headers, all.data(), 3), 0);
    bench.receive(ports.arrival, sample_packet<TypeParam>(kLarge));
    EXPECT_EQ(bench.counters(ports.out[0]).discarded.get(), 1u);
    rte_pktmbuf_free_bulk(all.data(), 3);
}

}  // namespace
}  // namespace mgmd::test
