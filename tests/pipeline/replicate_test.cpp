// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"

// Who gets a copy, and what it looks like. In every topology the arrival is not the first
// interface, and a bystander that is in no entry must get nothing.
namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <class F>
class Replicate : public BenchTest {};
TYPED_TEST_SUITE(Replicate, Families, FamilyName);

/// So many outgoing interfaces: a port each up to 16, VLANs of seven ports beyond.
struct FanOut {
    Topology topology;
    InterfaceIndex bystander = kNoInterface;
    InterfaceIndex arrival = kNoInterface;
    std::vector<InterfaceIndex> outgoing;

    explicit FanOut(std::size_t count) {
        bystander = topology.add();
        arrival = topology.add();
        if (count <= 16) {
            outgoing = topology.add(count);
            return;
        }
        constexpr std::size_t kPorts = 7;
        std::vector<PortIndex> ports;
        for (std::size_t i = 0; i < kPorts; ++i) {
            ports.push_back(topology.add_port());
        }
        for (std::size_t i = 0; i < count; ++i) {
            const auto vlan = static_cast<std::uint16_t>(100 + i);
            outgoing.push_back(topology.add_interface(ports[i % kPorts], vlan).index);
        }
    }
};

TYPED_TEST(Replicate, GivesEachOutgoingInterfaceOneCopyAndNobodyElse) {
    using F = TypeParam;
    for (const std::size_t count : {0, 1, 2, 7, 16, 64, 300}) {
        SCOPED_TRACE("fan-out " + std::to_string(count));
        FanOut fan(count);
        WorkerBench bench(fan.topology);
        bench.install(forward_entry(sample_route<F>(), fan.arrival, fan.outgoing));
        bench.receive(fan.arrival, sample_packet<F>());
        for (const auto interface : fan.outgoing) {
            EXPECT_THAT(bench.sent_bytes(interface),
                        ElementsAre(frame_out(fan.topology, interface, sample_packet<F>())));
            EXPECT_EQ(bench.counters(interface).tx_packets.get(), 1u);
        }
        EXPECT_THAT(bench.sent(fan.arrival), IsEmpty());
        EXPECT_THAT(bench.sent(fan.bystander), IsEmpty());
        EXPECT_EQ(bench.counters().forwarded.get(), 1u);
        const auto counters = bench.counters(sample_route<F>());
        EXPECT_EQ(counters.packets, 1u);
        EXPECT_EQ(counters.octets, kSampleHeaders<F> + 100);
    }
}

TYPED_TEST(Replicate, KeepsTheOrderOfEachFlowInAMixedBurst) {
    using F = TypeParam;
    FanOut fan(64);
    WorkerBench bench(fan.topology, {.buffers = 8191});
    bench.install(forward_entry(sample_route<F>(), fan.arrival, fan.outgoing));
    std::vector<PacketBuilder> burst;
    std::vector<PacketBuilder> flow;
    for (std::size_t i = 0; i < dataplane::kMaxBurst; ++i) {
        if (i % 5 == 4) {  // an unknown group in between
            burst.push_back(sample_packet<F>().template ip<F>(
                SampleFlow<F>::source, F::family == Family::ipv4 ? "239.9.9.9" : "ff3e::9"));
        } else {
            flow.push_back(sample_packet<F>(100 + i));
            burst.push_back(flow.back());
        }
    }
    bench.receive(fan.arrival, burst);
    for (const auto interface : fan.outgoing) {
        std::vector<Bytes> expected;
        for (const auto& packet : flow) {
            expected.push_back(frame_out(fan.topology, interface, packet));
        }
        EXPECT_EQ(bench.sent_bytes(interface), expected);
    }
    EXPECT_EQ(bench.counters().forwarded.get(), flow.size());
}

TYPED_TEST(Replicate, SendsMoreThanATransmitBufferHolds) {
    using F = TypeParam;
    Topology topology;
    const auto arrival = topology.add();
    const auto port = topology.add_port();
    std::vector<InterfaceIndex> outgoing;
    for (std::uint16_t vlan = 1; vlan <= 9; ++vlan) {
        outgoing.push_back(topology.add_interface(port, vlan).index);
    }
    WorkerBench bench(topology);
    bench.install(forward_entry(sample_route<F>(), arrival, outgoing));
    bench.receive(arrival, std::vector(dataplane::kMaxBurst, sample_packet<F>()));
    for (const auto interface : outgoing) {
        EXPECT_EQ(bench.sent(interface).size(), dataplane::kMaxBurst);
    }
}

TYPED_TEST(Replicate, PadsShortPacketsWithZeros) {
    using F = TypeParam;
    Topology topology;
    const auto arrival = topology.add();
    const auto out = topology.add(2);
    WorkerBench bench(topology);
    bench.install(forward_entry(sample_route<F>(), arrival, out));
    bench.receive(arrival, sample_packet<F>(0).trailer(30, 0xee));
    for (const auto interface : out) {
        const auto sent = bench.sent_bytes(interface);
        EXPECT_THAT(sent, ElementsAre(frame_out(topology, interface, sample_packet<F>(0))));
        EXPECT_GE(sent.at(0).size(), 60u);
    }
}

TYPED_TEST(Replicate, WritesBothTagsAndTakesNoneOver) {
    using F = TypeParam;
    Topology topology;
    const auto in_port = topology.add_port();
    const auto out_port = topology.add_port();
    const auto arrival = topology.add_interface(in_port, 7, 70).index;
    const auto untagged = topology.add_interface(out_port).index;
    const auto tagged = topology.add_interface(out_port, 8).index;
    const auto twice = topology.add_interface(out_port, 9, 90).index;
    const auto back = topology.add_interface(in_port, 10).index;  // another link of that port
    WorkerBench bench(topology);
    bench.install(forward_entry(sample_route<F>(), arrival, {untagged, tagged, twice, back}));
    bench.receive(arrival, sample_packet<F>());
    for (const auto interface : {untagged, tagged, twice, back}) {
        EXPECT_THAT(bench.sent_bytes(interface),
                    ElementsAre(frame_out(topology, interface, sample_packet<F>())));
    }
}

TYPED_TEST(Replicate, SendsToAUnicastNextHop) {
    using F = TypeParam;
    Topology topology;
    const auto arrival = topology.add();
    const auto out = topology.add(3);
    const MacAddress next_hop{{0x02, 0xbb, 0, 0, 0, 1}};
    auto entry = forward_entry(sample_route<F>(), arrival, out);
    entry.outgoing[1].next_hop = next_hop;
    WorkerBench bench(topology);
    bench.install(entry);
    bench.receive(arrival, sample_packet<F>());
    EXPECT_THAT(bench.sent_bytes(out[0]),
                ElementsAre(frame_out(topology, out[0], sample_packet<F>())));
    EXPECT_THAT(bench.sent_bytes(out[1]),
                ElementsAre(frame_out(topology, out[1], sample_packet<F>(), 63, next_hop)));
    EXPECT_THAT(bench.sent_bytes(out[2]),
                ElementsAre(frame_out(topology, out[2], sample_packet<F>())));
}

TYPED_TEST(Replicate, LeavesTheArrivalOutOfABidirectionalEntry) {
    using F = TypeParam;
    Topology topology;
    topology.add();
    const auto links = topology.add(3);
    auto entry = forward_entry(sample_route<F>(), links[0], links);
    entry.accept.interfaces = links;
    WorkerBench bench(topology);
    bench.install(entry);
    for (const auto arrival : links) {
        bench.receive(arrival, sample_packet<F>());
        for (const auto interface : links) {
            EXPECT_EQ(bench.sent(interface).size(), interface == arrival ? 0u : 1u);
        }
    }
    const auto counters = bench.counters(sample_route<F>());
    EXPECT_EQ(counters.packets, 3u);
    for (const auto& outgoing : counters.outgoing) {
        EXPECT_EQ(outgoing.sent, 2u);
        EXPECT_EQ(outgoing.discarded, 0u);
    }
}

TYPED_TEST(Replicate, ForwardsNowhereWhenOnlyTheArrivalIsOutgoing) {
    using F = TypeParam;
    Topology topology;
    const auto arrival = topology.add();
    WorkerBench bench(topology);
    bench.install(forward_entry(sample_route<F>(), arrival, {arrival}));
    bench.receive(arrival, sample_packet<F>());
    EXPECT_THAT(bench.sent(arrival), IsEmpty());
    EXPECT_EQ(bench.counters().forwarded.get(), 1u);
}

TYPED_TEST(Replicate, DiscardsForAnInterfaceThatIsDown) {
    using F = TypeParam;
    Topology topology;
    const auto arrival = topology.add();
    const auto out = topology.add(3);
    WorkerBench bench(topology);
    bench.install(forward_entry(sample_route<F>(), arrival, out));
    bench.interfaces().set_up(out[1], false);
    bench.receive(arrival, {sample_packet<F>(), sample_packet<F>()});
    EXPECT_EQ(bench.sent(out[0]).size(), 2u);
    EXPECT_THAT(bench.sent(out[1]), IsEmpty());
    EXPECT_EQ(bench.sent(out[2]).size(), 2u);
    EXPECT_EQ(bench.counters(out[1]).discarded.get(), 2u);
    EXPECT_EQ(bench.counters(sample_route<F>()).outgoing.at(1).discarded, 2u);

    bench.interfaces().set_up(out[1], true);
    bench.receive(arrival, sample_packet<F>());
    EXPECT_EQ(bench.sent(out[1]).size(), 1u);
}

TYPED_TEST(Replicate, LeavesOutInterfacesBehindABoundaryOfTheGroup) {
    using F = TypeParam;
    Topology topology;
    const auto arrival = topology.add();
    const auto open = topology.add();
    const auto bounded = topology.add();
    auto& boundaries = topology.settings.interfaces.back().boundaries;
    boundaries.ipv4 = {parse_prefix<V4>("239.129.0.0/16").value()};
    boundaries.ipv6 = {parse_prefix<V6>("ff3e::8001:0/112").value()};
    const bool is_ipv4 = F::family == Family::ipv4;
    auto range = route<F>("", is_ipv4 ? "239.0.0.0" : "ff3e::");
    range.group_length = is_ipv4 ? 8 : 32;
    WorkerBench bench(topology);
    bench.install(forward_entry(range, arrival, {open, bounded}));

    bench.receive(arrival, sample_packet<F>());
    EXPECT_EQ(bench.sent(open).size(), 1u);
    EXPECT_THAT(bench.sent(bounded), IsEmpty());

    auto elsewhere = sample_packet<F>();
    elsewhere.template ip<F>(SampleFlow<F>::source, is_ipv4 ? "239.1.1.1" : "ff3e::1");
    bench.receive(arrival, elsewhere);
    EXPECT_EQ(bench.sent(open).size(), 1u);
    EXPECT_EQ(bench.sent(bounded).size(), 1u);
    EXPECT_EQ(bench.counters(range).outgoing.at(1).sent, 1u);
}

TYPED_TEST(Replicate, AFullQueueDelaysNoOtherPort) {
    using F = TypeParam;
    Topology topology;
    const auto arrival = topology.add();
    const auto out = topology.add(3);
    WorkerBench bench(topology);
    bench.install(forward_entry(sample_route<F>(), arrival, out));
    bench.port(topology.settings.interfaces.at(out[0] - 1u).port).room = 3;
    bench.receive(arrival, std::vector(10, sample_packet<F>()));
    EXPECT_EQ(bench.sent(out[0]).size(), 3u);
    EXPECT_EQ(bench.sent(out[1]).size(), 10u);
    EXPECT_EQ(bench.sent(out[2]).size(), 10u);
    EXPECT_EQ(bench.counters(out[0]).discarded.get(), 7u);
    EXPECT_EQ(bench.counters(out[0]).tx_packets.get(), 3u);
    EXPECT_EQ(bench.counters(sample_route<F>()).outgoing.at(0).discarded, 7u);
}

}  // namespace
}  // namespace mgmd::test
