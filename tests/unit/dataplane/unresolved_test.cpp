// SPDX-License-Identifier: Apache-2.0
// Packets of unknown flows through the whole pipeline (forwarding rules 6).
#include "dataplane/unresolved.hpp"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"
#include "tests/support/worker_bench.hpp"

namespace mgmd::dataplane {
namespace {

using namespace mgmd::test;

constexpr std::uint64_t kTimeout = 10'000;

/// Three ports with an interface each: packets come from 1, sometimes 2, and leave by 3.
template <class F>
class UnresolvedTest : public BenchTest {
protected:
    UnresolvedTest() {
        limit(HoldLimits{64, 256, 25, 4, kTimeout}, Rate{1, 1'000'000});
        bench_.ctx().now = 1'000'000;
    }
    ~UnresolvedTest() override {
        drop_all_held<F>(bench_.ctx());
        EXPECT_EQ(bench_.ctx().hold_budget.flows(), 0u);
        EXPECT_EQ(bench_.ctx().hold_budget.buffers(), 0u);
    }

    void limit(const HoldLimits& limits, const Rate& no_entry) {
        auto& ctx = bench_.ctx();
        ctx.hold_budget = HoldBudget(limits);
        ctx.family<F>().held = Hold<F>(limits, ctx.hold_budget);
        ctx.no_entry.assign(4, TokenBucket{no_entry});
    }
    static std::vector<InterfaceIndex> three(Topology& topology) { return topology.add(3); }

    /// Packets of the sample flow, told apart by their sizes.
    void receive(InterfaceIndex arrival, std::vector<std::size_t> payloads) {
        std::vector<PacketBuilder> packets;
        for (const auto payload : payloads) {
            packets.push_back(sample_packet<F>(payload));
        }
        bench_.receive(arrival, packets);
    }
    std::vector<std::size_t> payloads_sent(InterfaceIndex interface) {
        constexpr auto kHeaders = sizeof(EthernetHeader) + kSampleHeaders<F>;
        std::vector<std::size_t> payloads;
        for (const auto& frame : bench_.sent_bytes(interface)) {
            payloads.push_back(frame.size() - kHeaders);
        }
        return payloads;
    }
    void install(InterfaceIndex accept) {
        bench_.install(forward_entry<F>(sample_route<F>(), accept, {3}));
    }
    /// A worker's housekeeping.
    void housekeep() {
        sweep_held<F>(bench_.ctx());
        expire_held<F>(bench_.ctx());
        flush(bench_.ctx());
    }
    std::vector<Event> events() {
        std::vector<Event> events;
        bench_.ctx().events->drain([&](const Event& event) { events.push_back(event); });
        return events;
    }
    FlowKey<F> flow() const {
        const auto key = sample_route<F>();
        return {key.table, key.source, key.group};
    }
    std::size_t held() { return bench_.ctx().template family<F>().held.size(); }

    Topology topology_;
    std::vector<InterfaceIndex> interfaces_ = three(topology_);
    WorkerBench bench_{topology_, {.buffers = 4095}};
};
TYPED_TEST_SUITE(UnresolvedTest, Families, FamilyName);

TYPED_TEST(UnresolvedTest, AsksOnceAndHoldsTheFirstPackets) {
    this->receive(1, {100, 101});
    this->receive(1, {102});
    const auto events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::no_entry);
    EXPECT_EQ(events[0].family, TypeParam::family);
    EXPECT_EQ(events[0].interface, 1);
    EXPECT_EQ(events[0].port, 0);
    EXPECT_EQ(events[0].source.template as<TypeParam>(), this->flow().source);
    EXPECT_EQ(events[0].group.template as<TypeParam>(), this->flow().group);
    const auto packet = sample_packet<TypeParam>(100).network_bytes();
    ASSERT_EQ(events[0].header_length, kEventHeaderBytes);
    EXPECT_TRUE(std::equal(events[0].header.begin(), events[0].header.end(), packet.begin()));
    EXPECT_EQ(this->bench_.counters().held_in.get(), 3u);
    EXPECT_EQ(this->bench_.buffers_in_use(), 3u);
    EXPECT_TRUE(this->bench_.ctx().pushed);
}

TYPED_TEST(UnresolvedTest, SendsThemInOrderWhenTheEntryComes) {
    this->receive(1, {100, 101, 102});
    this->housekeep();
    EXPECT_TRUE(this->payloads_sent(3).empty());
    this->install(1);
    this->housekeep();
    EXPECT_EQ(this->payloads_sent(3), (std::vector<std::size_t>{100, 101, 102}));
    EXPECT_EQ(this->held(), 0u);
    EXPECT_EQ(this->bench_.counters().forwarded.get(), 3u);
}

TYPED_TEST(UnresolvedTest, SendsThemBeforeAnyLaterPacketOfTheFlow) {
    this->receive(1, {100, 101});
    this->install(1);
    this->receive(1, {102, 103});  // before any housekeeping
    EXPECT_EQ(this->payloads_sent(3), (std::vector<std::size_t>{100, 101, 102, 103}));
    EXPECT_EQ(this->held(), 0u);
}

TYPED_TEST(UnresolvedTest, SendsMoreThanABurstInOrder) {
    this->limit(HoldLimits{64, 512, 100, 255, kTimeout}, Rate{1, 1'000'000});
    std::vector<std::size_t> all;
    for (std::size_t burst = 0; burst < 8; ++burst) {
        std::vector<std::size_t> payloads;
        for (std::size_t i = 0; i < 30; ++i) {
            payloads.push_back(100 + all.size() + i);
        }
        this->receive(1, payloads);
        all.insert(all.end(), payloads.begin(), payloads.end());
    }
    this->install(1);
    this->housekeep();
    EXPECT_EQ(this->payloads_sent(3), all);
    EXPECT_EQ(this->bench_.counters().forwarded.get(), all.size());
}

TYPED_TEST(UnresolvedTest, DropsWhatAFlowHasNoRoomFor) {
    this->receive(1, {100, 101, 102, 103, 104, 105});
    EXPECT_EQ(this->bench_.dropped(DropReason::hold_full), 2u);
    this->install(1);
    this->housekeep();
    EXPECT_EQ(this->payloads_sent(3), (std::vector<std::size_t>{100, 101, 102, 103}));
}

TYPED_TEST(UnresolvedTest, GivesUpAfterTheTimeoutAndAsksAgain) {
    this->receive(1, {100, 101});
    this->bench_.ctx().now += kTimeout - 1;
    this->housekeep();
    EXPECT_EQ(this->held(), 1u);
    this->bench_.ctx().now += 1;
    this->housekeep();
    EXPECT_EQ(this->bench_.dropped(DropReason::hold_timeout), 2u);
    EXPECT_EQ(this->bench_.buffers_in_use(), 0u);
    this->receive(1, {102});
    EXPECT_EQ(this->events().size(), 2u);
}

TYPED_TEST(UnresolvedTest, FreesWhatControlRefuses) {
    this->receive(1, {100, 101});
    this->bench_.template table<TypeParam>().refuse(0, this->flow());
    this->housekeep();
    EXPECT_EQ(this->bench_.dropped(DropReason::hold_refused), 2u);
    EXPECT_EQ(this->held(), 0u);
    this->receive(1, {102});
    EXPECT_EQ(this->events().size(), 2u);
}

TYPED_TEST(UnresolvedTest, IgnoresTheRefusalOfAFlowItDoesNotHold) {
    this->bench_.template table<TypeParam>().refuse(0, this->flow());
    this->housekeep();
    EXPECT_EQ(this->bench_.dropped(DropReason::hold_refused), 0u);
}

TYPED_TEST(UnresolvedTest, FreesEverythingAtTheEnd) {
    this->receive(1, {100, 101});
    drop_all_held<TypeParam>(this->bench_.ctx());
    EXPECT_EQ(this->bench_.dropped(DropReason::hold_stopped), 2u);
    EXPECT_EQ(this->bench_.buffers_in_use(), 0u);
}

TYPED_TEST(UnresolvedTest, HeldPacketsMayStillBeOnTheWrongInterface) {
    this->receive(1, {100});
    this->install(2);
    this->housekeep();
    EXPECT_EQ(this->bench_.dropped(DropReason::wrong_interface), 1u);
    EXPECT_TRUE(this->payloads_sent(3).empty());
}

TYPED_TEST(UnresolvedTest, HeldPacketsMayStillMeetANegativeEntry) {
    this->receive(1, {100, 101});
    ForwardingEntry<TypeParam> negative;
    negative.key = sample_route<TypeParam>();
    negative.action = Action::drop;
    this->bench_.install(negative);
    this->housekeep();
    EXPECT_EQ(this->bench_.dropped(DropReason::negative_entry), 2u);
    EXPECT_EQ(this->held(), 0u);
}

/// An entry for whatever arrives on an interface, to interface 3.
template <class F>
ForwardingEntry<F> any_group_from(InterfaceIndex arrival) {
    ForwardingEntry<F> entry;
    entry.key.group_length = 0;
    entry.key.arrival = arrival;
    entry.accept.any = true;
    entry.outgoing = {{3, {}, {}}};
    return entry;
}

TYPED_TEST(UnresolvedTest, AnEntryForOneInterfaceReleasesOnlyWhatArrivedThere) {
    this->receive(1, {100});
    this->receive(2, {101});
    this->receive(1, {102});
    this->bench_.install(any_group_from<TypeParam>(1));
    this->housekeep();
    EXPECT_EQ(this->payloads_sent(3), (std::vector<std::size_t>{100, 102}));
    EXPECT_EQ(this->held(), 1u);
}

TYPED_TEST(UnresolvedTest, AnEntryForALaterPacketsInterfaceReleasesThatPacketAlone) {
    this->receive(1, {100});
    this->receive(2, {101});
    this->bench_.install(any_group_from<TypeParam>(2));
    this->housekeep();
    EXPECT_EQ(this->payloads_sent(3), (std::vector<std::size_t>{101}));
    EXPECT_EQ(this->held(), 1u);
}

TYPED_TEST(UnresolvedTest, AsksForWhatAnEntryLeftBehind) {
    this->receive(1, {100});
    this->receive(2, {101});
    EXPECT_EQ(this->events().size(), 1u);
    this->bench_.install(any_group_from<TypeParam>(1));
    this->housekeep();
    this->receive(2, {102});
    this->housekeep();
    const auto events = this->events();
    ASSERT_EQ(events.size(), 1u) << "once";
    EXPECT_EQ(events[0].kind, EventKind::no_entry);
    EXPECT_EQ(events[0].interface, 2);
    this->bench_.install(any_group_from<TypeParam>(2));
    this->housekeep();
    EXPECT_EQ(this->payloads_sent(3), (std::vector<std::size_t>{100, 101, 102}));
    EXPECT_EQ(this->held(), 0u);
}

TYPED_TEST(UnresolvedTest, AsksForWhatAnEntryLeftBehindWhenTheRingHasRoomAgain) {
    this->receive(1, {100});
    this->receive(2, {101});
    auto& ring = *this->bench_.ctx().events;
    while (ring.push(Event{})) {
    }
    this->bench_.install(any_group_from<TypeParam>(1));
    this->housekeep();
    ring.drain([](const Event&) {});
    this->receive(2, {102});
    const auto events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].interface, 2);
}

TYPED_TEST(UnresolvedTest, AsksAgainWithTheNextPacketWhenTheRingRefused) {
    auto& ring = *this->bench_.ctx().events;
    while (ring.push(Event{})) {
    }
    this->receive(1, {100});
    ring.drain([](const Event&) {});
    this->receive(1, {101});
    this->receive(1, {102});
    const auto events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::no_entry);
    EXPECT_EQ(this->bench_.counters().held_in.get(), 3u);
}

/// A packet of another flow each.
template <class F>
PacketBuilder packet_of_flow(std::uint32_t number) {
    const auto tail = std::to_string(number / 250 % 250) + "." + std::to_string(number % 250 + 1);
    PacketBuilder packet;
    if constexpr (F::family == Family::ipv4) {
        packet.ipv4("10.9." + tail, "239.1.1.1");
    } else {
        char source[32];
        std::snprintf(source, sizeof(source), "2001:db8:9::%x", number + 1);
        packet.ipv6(source, "ff3e::4000:1");
    }
    return packet.udp(1, 2).payload(100);
}

TYPED_TEST(UnresolvedTest, LimitsTheQuestionsPerInterface) {
    this->limit({64, 256, 100, 4, kTimeout}, Rate{1'000'000, 2});
    for (std::uint32_t i = 0; i < 5; ++i) {
        this->bench_.receive(1, packet_of_flow<TypeParam>(i));
    }
    EXPECT_EQ(this->events().size(), 2u);
    EXPECT_EQ(this->bench_.dropped(DropReason::no_entry_limit), 3u);
    this->bench_.receive(2, packet_of_flow<TypeParam>(7));
    EXPECT_EQ(this->events().size(), 1u);
}

TYPED_TEST(UnresolvedTest, AsksAlsoWhenNoBufferMayBeHeld) {
    this->limit({64, 0, 100, 4, kTimeout}, Rate{1, 1000});
    this->receive(1, {100, 101});
    EXPECT_EQ(this->events().size(), 1u);
    EXPECT_EQ(this->bench_.dropped(DropReason::hold_full), 2u);
    this->install(1);
    this->housekeep();
    EXPECT_EQ(this->held(), 0u);
}

TYPED_TEST(UnresolvedTest, ManyFlowsAreReleasedAFewAtATime) {
    constexpr std::uint32_t kFlows = 60;
    this->limit({64, 256, 100, 4, kTimeout}, Rate{1, 1000});
    for (std::uint32_t i = 0; i < kFlows; ++i) {
        this->bench_.receive(1, packet_of_flow<TypeParam>(i));
    }
    auto entry = forward_entry<TypeParam>({}, 1, {3});
    entry.key.group = this->events().at(0).group.template as<TypeParam>();
    this->bench_.install(entry);
    this->housekeep();
    EXPECT_EQ(this->held(), kFlows - kHousekeepingFlows);
    this->housekeep();
    EXPECT_EQ(this->held(), 0u);
    EXPECT_EQ(this->bench_.sent(3).size(), kFlows);
}

/// Unknown flows in any number take bounded room; everyone else is served as before.
TYPED_TEST(UnresolvedTest, AFloodHurtsNobodyElse) {
    this->bench_.install(forward_entry<TypeParam>(sample_route<TypeParam>(), 1, {3}));
    std::mt19937 random(1);
    std::size_t established = 0;
    for (int burst = 0; burst < 500; ++burst) {
        std::vector<PacketBuilder> packets;
        for (int i = 0; i < 30; ++i) {
            packets.push_back(
                packet_of_flow<TypeParam>(static_cast<std::uint32_t>(random() % 60'000)));
        }
        packets.insert(packets.begin() + 17, sample_packet<TypeParam>(77));
        this->bench_.receive(1, packets);
        this->housekeep();
        established += this->payloads_sent(3).size();
        ASSERT_LE(this->bench_.buffers_in_use(), 256u / 4);
        ASSERT_LE(this->held(), 64u / 4);
    }
    EXPECT_EQ(established, 500u);
    EXPECT_LE(this->events().size(), 64u / 4);
    // A new flow on another interface finds room.
    this->bench_.receive(2, packet_of_flow<TypeParam>(60'001));
    EXPECT_EQ(this->events().size(), 1u);
    EXPECT_EQ(this->held(), 64u / 4 + 1);
}

TYPED_TEST(UnresolvedTest, ControlLearnsHowManyPacketsTheHoldRefused) {
    this->receive(1, {1, 2, 3, 4, 5, 6, 7});
    auto events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].value, 0u) << "none had been refused then";
    this->install(1);
    this->housekeep();
    events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::hold_overflow);
    EXPECT_EQ(events[0].value, 3u);
    EXPECT_EQ(events[0].interface, 1);
    EXPECT_EQ(events[0].source.template as<TypeParam>(), this->flow().source);
    EXPECT_EQ(events[0].group.template as<TypeParam>(), this->flow().group);
    EXPECT_EQ(this->bench_.dropped(DropReason::hold_full), 3u);
    // Nothing to tell of a flow whose packets all had room.
    this->housekeep();
    EXPECT_TRUE(this->events().empty());
}

TYPED_TEST(UnresolvedTest, ALateNoEntryEventTellsOfThePacketsRefusedBeforeIt) {
    auto& ring = *this->bench_.ctx().events;
    while (ring.push(Event{})) {
    }
    this->receive(1, {1, 2, 3, 4, 5, 6});
    ring.drain([](const Event&) {});
    this->receive(1, {7});
    auto events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::no_entry);
    EXPECT_EQ(events[0].value, 2u);
    this->install(1);
    this->housekeep();
    events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].value, 1u) << "each is told once";
}

}  // namespace
}  // namespace mgmd::dataplane
