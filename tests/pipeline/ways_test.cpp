// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"

// Frames and runs about which there is nothing to say go a quick way. It must make of every packet
// what the complete way makes of it: that of the other bench, where nothing is ever plain.
namespace mgmd::test {
namespace {

constexpr unsigned kFlows = 9;
constexpr unsigned kBursts = 400;

/// A router with two links where packets arrive, untagged and in VLAN 7 of one port, and three that
/// differ in what they let out.
template <class F>
class Ways : public BenchTest {
protected:
    Ways() {
        arrivals_.push_back(topology_.add());
        arrivals_.push_back(topology_.add_interface(0, 7).index);
        outgoing_ = topology_.add(3);
        topology_.settings.interfaces[outgoing_[1] - 1u].ttl_threshold = 16;
        topology_.settings.interfaces[outgoing_[2] - 1u].mtu = 600;
        topology_.ports[2].mac = topology_.ports[1].mac;  // the first two: one class
    }

    static std::string group(unsigned flow) {
        return (F::family == Family::ipv4 ? "239.1.2." : "ff3e::") + std::to_string(flow + 1);
    }
    RouteKey<F> key(unsigned flow) const {
        return route<F>(flow == 6 ? "" : SampleFlow<F>::source, group(flow));
    }

    /// Flow 8 has no entry, flow 7 one that comes later.
    void install(WorkerBench& bench) {
        for (unsigned flow = 0; flow < 7; ++flow) {
            auto entry = forward_entry(key(flow), arrivals_[flow % 2], outgoing_);
            if (flow == 2) {
                entry.outgoing.resize(1);
            } else if (flow == 3) {
                entry.action = Action::drop;
                entry.outgoing.clear();
            } else if (flow == 4) {
                entry.accept.interfaces = arrivals_;
            } else if (flow == 5) {
                entry.outgoing.insert(entry.outgoing.begin(), {arrivals_[1], {}, {}});
            }
            bench.install(entry);
        }
    }

    PacketBuilder random_packet() {
        PacketBuilder packet;
        packet.ip<F>(pick(20) == 0 ? SampleFlow<F>::group : SampleFlow<F>::source,
                     group(pick(kFlows)));
        packet.udp(1, 2).payload(pick(4) == 0 ? pick(1400) : 18 + pick(60));
        packet.ttl(static_cast<std::uint8_t>(pick(6) == 0 ? pick(20) : 64));
        if (pick(3) == 0) {
            packet.vlan(pick(8) == 0 ? 9 : 7);
        }
        if (pick(15) == 0) {
            packet.eth("01:00:5e:00:00:77");
        }
        if (pick(15) == 0) {
            packet.router_alert();
        }
        if (pick(15) == 0) {
            packet.trailer(pick(30));
        }
        if (pick(30) == 0) {
            packet.truncate(pick(80));
        }
        return packet;
    }
    /// One of the last flow or another, so that there are runs of several packets.
    std::vector<PacketBuilder> random_burst() {
        std::vector<PacketBuilder> packets;
        for (auto left = 1 + pick(32); left > 0; --left) {
            packets.push_back(packets.empty() || pick(2) == 0 ? random_packet() : packets.back());
        }
        return packets;
    }
    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }

    void expect_same(WorkerBench& quick, WorkerBench& complete) {
        expect_same_verdicts(quick.counters(), complete.counters());
        for (InterfaceIndex i = 1; i <= topology_.settings.interfaces.size(); ++i) {
            EXPECT_EQ(quick.sent_bytes(i), complete.sent_bytes(i)) << "interface " << i;
            expect_same_counts(quick.counters(i), complete.counters(i));
        }
        for (unsigned flow = 0; flow < kFlows; ++flow) {
            const auto one = quick.counters<F>(key(flow));
            const auto other = complete.counters<F>(key(flow));
            EXPECT_EQ(one.packets, other.packets) << "flow " << flow;
            EXPECT_EQ(one.octets, other.octets) << "flow " << flow;
            EXPECT_EQ(one.wrong_interface, other.wrong_interface) << "flow " << flow;
        }
        EXPECT_EQ(quick.events().size(), complete.events().size());
    }

    std::mt19937 random_{20'260'101};
    Topology topology_;
    std::vector<InterfaceIndex> arrivals_;
    std::vector<InterfaceIndex> outgoing_;

private:
    static void expect_same_verdicts(const dataplane::WorkerCounters& one,
                                     const dataplane::WorkerCounters& other) {
        EXPECT_EQ(one.received.get(), other.received.get());
        EXPECT_EQ(one.forwarded.get(), other.forwarded.get());
        EXPECT_EQ(one.punted.get(), other.punted.get());
        EXPECT_EQ(one.held_in.get(), other.held_in.get());
        EXPECT_EQ(one.held_out.get(), other.held_out.get());
        for (std::size_t reason = 0; reason < one.dropped.size(); ++reason) {
            EXPECT_EQ(one.dropped[reason].get(), other.dropped[reason].get())
                << "drop reason " << reason;
        }
    }
    static void expect_same_counts(const dataplane::InterfaceCounterBlock& one,
                                   const dataplane::InterfaceCounterBlock& other) {
        EXPECT_EQ(one.rx_packets.get(), other.rx_packets.get());
        EXPECT_EQ(one.rx_octets.get(), other.rx_octets.get());
        EXPECT_EQ(one.tx_packets.get(), other.tx_packets.get());
        EXPECT_EQ(one.tx_octets.get(), other.tx_octets.get());
        EXPECT_EQ(one.ttl_too_low.get(), other.ttl_too_low.get());
        EXPECT_EQ(one.too_big.get(), other.too_big.get());
    }
};
TYPED_TEST_SUITE(Ways, Families, FamilyName);

TYPED_TEST(Ways, QuickAndCompleteMakeTheSameOfEveryPacket) {
    using F = TypeParam;
    BenchOptions complete_ways;
    complete_ways.complete_ways = true;
    WorkerBench quick(this->topology_);
    WorkerBench complete(this->topology_, complete_ways);
    this->install(quick);
    this->install(complete);
    for (unsigned burst = 0; burst < kBursts && !this->HasFailure(); ++burst) {
        SCOPED_TRACE(burst);
        const auto packets = this->random_burst();
        for (auto* bench : {&quick, &complete}) {
            bench->receive(this->arrivals_[0], packets);
            if (burst == kBursts / 2) {
                bench->install(forward_entry(this->key(7), this->arrivals_[0], this->outgoing_));
            }
        }
        this->expect_same(quick, complete);
    }
    EXPECT_GT(quick.counters().forwarded.get(), kBursts);
    EXPECT_GT(quick.dropped(DropReason::wrong_interface), 0u);
    EXPECT_GT(quick.counters(this->outgoing_[1]).ttl_too_low.get(), 0u);
    for (auto* bench : {&quick, &complete}) {
        dataplane::drop_all_held<F>(bench->ctx());
    }
}

}  // namespace
}  // namespace mgmd::test
