// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"

// As many interfaces and copies as a router may have. Every bench checks that nothing is lost.
namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

/// An arrival, and VLANs spread over some ports.
struct Vlans {
    Topology topology;
    InterfaceIndex arrival = topology.add();
    std::vector<InterfaceIndex> interfaces;

    Vlans(std::size_t ports, std::size_t count) {
        std::vector<PortIndex> added;
        for (std::size_t i = 0; i < ports; ++i) {
            added.push_back(topology.add_port());
            topology.ports.back().takes_segments = true;
        }
        for (std::size_t i = 0; i < count; ++i) {
            const auto vlan = static_cast<std::uint16_t>(1 + i);
            interfaces.push_back(topology.add_interface(added[i % ports], vlan).index);
        }
    }
};

template <class F>
class Scale : public BenchTest {};
TYPED_TEST_SUITE(Scale, Families, FamilyName);

TYPED_TEST(Scale, AnEntryHasAsManyOutgoingInterfacesAsItMay) {
    using F = TypeParam;
    const Vlans vlans(31, kMaxOutgoing);
    for (const bool chain : {false, true}) {
        SCOPED_TRACE(chain ? "chained" : "copied");
        WorkerBench bench(vlans.topology,
                          {.buffers = 4095,
                           .headers = 4095,
                           .replication = {.copy_max_octets = 256, .chain = chain}});
        bench.install(forward_entry(sample_route<F>(), vlans.arrival, vlans.interfaces));
        const std::vector<PacketBuilder> packets{sample_packet<F>(400), sample_packet<F>(401),
                                                 sample_packet<F>(402)};
        bench.receive(vlans.arrival, packets);
        for (const auto interface : vlans.interfaces) {
            ASSERT_THAT(bench.sent_bytes(interface),
                        ElementsAre(frame_out(vlans.topology, interface, packets[0]),
                                    frame_out(vlans.topology, interface, packets[1]),
                                    frame_out(vlans.topology, interface, packets[2])));
        }
    }
}

TYPED_TEST(Scale, EachOf64VlansGetsItsFlowsInOrderAndNoOthers) {
    using F = TypeParam;
    constexpr std::size_t kInterfaces = 64;
    constexpr std::size_t kFlows = 32;
    const Vlans vlans(4, kInterfaces);
    WorkerBench bench(vlans.topology, {.buffers = 8191});
    const auto group = [](std::size_t flow) {
        return (F::family == Family::ipv4 ? "239.9.9." : "ff3e::9:") + std::to_string(flow);
    };
    const auto leaves_by = [](std::size_t flow, std::size_t interface) {
        return (interface * 7 + flow * flow) % 5 < 2;
    };
    std::map<InterfaceIndex, std::vector<Bytes>> expected;
    std::vector<PacketBuilder> packets;
    for (std::size_t flow = 0; flow < kFlows; ++flow) {
        std::vector<InterfaceIndex> outgoing;
        for (std::size_t i = 0; i < kInterfaces; ++i) {
            if (leaves_by(flow, i)) {
                outgoing.push_back(vlans.interfaces[i]);
            }
        }
        bench.install(
            forward_entry(route<F>(SampleFlow<F>::source, group(flow)), vlans.arrival, outgoing));
        PacketBuilder packet;
        packet.ip<F>(SampleFlow<F>::source, group(flow)).udp(1, 2).payload(64 + flow);
        packets.push_back(packet);
        for (const auto interface : outgoing) {
            expected[interface].push_back(frame_out(vlans.topology, interface, packet));
        }
    }
    bench.receive(vlans.arrival, packets);
    for (const auto interface : vlans.interfaces) {
        EXPECT_THAT(bench.sent_bytes(interface), ElementsAreArray(expected[interface]));
    }
}

TYPED_TEST(Scale, OnePacketAloneDoesNotWaitForOthers) {
    using F = TypeParam;
    const Vlans vlans(1, 1);
    WorkerBench bench(vlans.topology);
    bench.install(forward_entry(sample_route<F>(), vlans.arrival, vlans.interfaces));
    bench.receive(vlans.arrival, sample_packet<F>());
    for (const auto& buffer : bench.ctx().tx) {
        EXPECT_EQ(buffer.size, 0u) << "sent at the end of its burst, however few they are";
    }
    EXPECT_EQ(bench.sent(vlans.interfaces[0]).size(), 1u);
}

}  // namespace
}  // namespace mgmd::test
