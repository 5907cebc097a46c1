// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"

// Flows that come mixed in one burst and leave by the same interfaces share what can be shared;
// nothing of one may show in another.
namespace mgmd::test {
namespace {

using testing::ElementsAreArray;

constexpr std::size_t kFlows = 4;

template <class F>
class MixedFlows : public BenchTest {
protected:
    MixedFlows() {
        arrival_ = topology_.add();
        outgoing_ = topology_.add(3);
        for (auto& port : topology_.ports) {
            port.mac = {{0x02, 0xaa, 0, 0, 0, 1}};  // one rewrite class
        }
    }

    static std::string group(std::size_t flow) {
        return (F::family == Family::ipv4 ? "239.1.2." : "ff3e::") + std::to_string(flow + 1);
    }
    static RouteKey<F> route_of(std::size_t flow) {
        return route<F>(SampleFlow<F>::source, group(flow));
    }
    /// Packets of all flows in turn, each with a payload length of its own.
    static std::vector<PacketBuilder> burst(std::size_t count) {
        std::vector<PacketBuilder> packets;
        for (std::size_t i = 0; i < count; ++i) {
            packets.push_back(PacketBuilder()
                                  .ip<F>(SampleFlow<F>::source, group(i % kFlows))
                                  .udp(1, 2)
                                  .payload(100 + i));
        }
        return packets;
    }
    std::vector<Bytes> frames(InterfaceIndex interface, const std::vector<PacketBuilder>& packets) {
        std::vector<Bytes> bytes;
        for (const auto& packet : packets) {
            bytes.push_back(frame_out(topology_, interface, packet));
        }
        return bytes;
    }
    static std::uint64_t discarded(const EntryCounters& counters, InterfaceIndex interface) {
        for (const auto& outgoing : counters.outgoing) {
            if (outgoing.interface == interface) {
                return outgoing.discarded;
            }
        }
        return 0;
    }

    Topology topology_;
    InterfaceIndex arrival_ = kNoInterface;
    std::vector<InterfaceIndex> outgoing_;
};
TYPED_TEST_SUITE(MixedFlows, Families, FamilyName);

TYPED_TEST(MixedFlows, OfOnePlanLeaveInOrderUnderTheirOwnMac) {
    using F = TypeParam;
    WorkerBench bench(this->topology_);
    for (std::size_t flow = 0; flow < kFlows; ++flow) {
        bench.install(forward_entry(this->route_of(flow), this->arrival_, this->outgoing_));
    }
    const auto packets = this->burst(2 * kFlows);
    bench.receive(this->arrival_, packets);
    for (const auto interface : this->outgoing_) {
        EXPECT_THAT(bench.sent_bytes(interface),
                    ElementsAreArray(this->frames(interface, packets)));
    }
    for (std::size_t flow = 0; flow < kFlows; ++flow) {
        EXPECT_EQ(bench.counters<F>(this->route_of(flow)).packets, 2u);
    }
}

TYPED_TEST(MixedFlows, OfSeveralPlansLeaveInOrderOfArrival) {
    WorkerBench bench(this->topology_);
    for (std::size_t flow = 0; flow < kFlows; ++flow) {
        auto entry = forward_entry(this->route_of(flow), this->arrival_, this->outgoing_);
        if (flow == 1) {  // leaves by the others only
            entry.outgoing.pop_back();
        } else if (flow == 2) {  // judged packet by packet
            entry.outgoing[0].ttl_threshold = 64;
        }
        bench.install(entry);
    }
    const auto packets = this->burst(2 * kFlows);
    bench.receive(this->arrival_, packets);
    const auto without = [&](std::size_t flow) {
        std::vector<PacketBuilder> some;
        for (std::size_t i = 0; i < packets.size(); ++i) {
            if (i % kFlows != flow) {
                some.push_back(packets[i]);
            }
        }
        return some;
    };
    const auto& out = this->outgoing_;
    EXPECT_THAT(bench.sent_bytes(out[0]), ElementsAreArray(this->frames(out[0], without(2))));
    EXPECT_THAT(bench.sent_bytes(out[1]), ElementsAreArray(this->frames(out[1], packets)));
    EXPECT_THAT(bench.sent_bytes(out[2]), ElementsAreArray(this->frames(out[2], without(1))));
}

TYPED_TEST(MixedFlows, RefusedByADriverAreCountedForTheirOwnEntries) {
    using F = TypeParam;
    WorkerBench bench(this->topology_);
    for (std::size_t flow = 0; flow < kFlows; ++flow) {
        bench.install(forward_entry(this->route_of(flow), this->arrival_, this->outgoing_));
    }
    const auto narrow = this->outgoing_[1];
    bench.port(bench.interfaces()[narrow].port).room = 2 * kFlows - 3;
    bench.receive(this->arrival_, this->burst(2 * kFlows));
    for (std::size_t flow = 0; flow < kFlows; ++flow) {
        const auto counters = bench.counters<F>(this->route_of(flow));
        EXPECT_EQ(this->discarded(counters, narrow), flow == 0 ? 0u : 1u) << "flow " << flow;
        EXPECT_EQ(this->discarded(counters, this->outgoing_[0]), 0u);
    }
    EXPECT_EQ(bench.counters(narrow).discarded.get(), 3u);
}

}  // namespace
}  // namespace mgmd::test
