// SPDX-License-Identifier: Apache-2.0
// Reports to control about packets that have an entry (forwarding rules 3, 6).
#include "dataplane/raise.hpp"

#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"
#include "tests/support/worker_bench.hpp"

namespace mgmd::dataplane {
namespace {

using namespace mgmd::test;

/// Packets come from 1 or 2 and leave by 3; the entry accepts from 1.
template <class F>
class RaiseTest : public BenchTest {
protected:
    RaiseTest() {
        auto& ctx = bench_.ctx();
        ctx.now = 100 * rte_get_tsc_hz();
        ctx.family<F>().wrong_interface = WrongInterfaceMeter<F>(rte_get_tsc_hz());
    }
    ForwardingEntry<F> entry() const { return forward_entry<F>(sample_route<F>(), 1, {3}); }
    void receive(InterfaceIndex arrival, unsigned count = 1) {
        bench_.receive(arrival, std::vector<PacketBuilder>(count, sample_packet<F>(200)));
    }
    void pass(double seconds) {
        bench_.ctx().now +=
            static_cast<std::uint64_t>(seconds * static_cast<double>(rte_get_tsc_hz()));
    }
    std::vector<Event> events() {
        std::vector<Event> events;
        bench_.ctx().events->drain([&](const Event& event) { events.push_back(event); });
        return events;
    }
    /// No report gets through until events() is called.
    void fill_ring() {
        while (bench_.ctx().events->push(Event{})) {
        }
    }
    std::uint64_t unreported(InterfaceIndex interface) {
        return bench_.counters(interface).unreported_wrong_interface.get();
    }

    Topology topology_;
    std::vector<InterfaceIndex> interfaces_ = topology_.add(3);
    WorkerBench bench_{topology_};
};
TYPED_TEST_SUITE(RaiseTest, Families, FamilyName);

TYPED_TEST(RaiseTest, ReportsWrongInterfacesAsTheMeterAllows) {
    this->bench_.install(this->entry());
    this->receive(2, 20);
    auto events = this->events();
    ASSERT_EQ(events.size(), 8u);
    EXPECT_EQ(events[0].kind, EventKind::wrong_interface);
    EXPECT_EQ(events[0].interface, 2);
    EXPECT_EQ(events[0].group.template as<TypeParam>(), sample_route<TypeParam>().group);
    EXPECT_EQ(events[0].unreported, 0u);
    EXPECT_EQ(this->unreported(2), 12u);
    EXPECT_EQ(this->bench_.dropped(DropReason::wrong_interface), 20u);

    this->pass(3);
    this->receive(2, 2);
    events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].unreported, 12u);
    EXPECT_EQ(this->unreported(2), 13u);
}

TYPED_TEST(RaiseTest, CountsWrongInterfacesThatTheRingRefused) {
    this->bench_.install(this->entry());
    this->fill_ring();
    this->receive(2, 1);
    EXPECT_EQ(this->unreported(2), 1u);
    this->events();
    this->receive(2, 1);
    const auto events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].unreported, 1u);
}

TYPED_TEST(RaiseTest, ReportsASignalledArrivalOnceUntilReArmed) {
    auto entry = this->entry();
    entry.signals.arrivals = {1};
    this->bench_.install(entry);
    this->receive(1, 3);
    this->receive(1, 1);
    auto events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::arrival);
    EXPECT_EQ(events[0].interface, 1);
    this->bench_.install(entry);
    this->receive(1, 2);
    EXPECT_EQ(this->events().size(), 1u);
    EXPECT_EQ(this->bench_.sent(3).size(), 6u);
}

TYPED_TEST(RaiseTest, ReportsAnArrivalAgainThatTheRingRefused) {
    auto entry = this->entry();
    entry.signals.arrivals = {1};
    this->bench_.install(entry);
    this->fill_ring();
    this->receive(1, 2);
    this->events();
    this->receive(1, 2);
    const auto events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::arrival);
    EXPECT_EQ(events[0].interface, 1);
}

TYPED_TEST(RaiseTest, ReportsNoArrivalOnOtherInterfaces) {
    auto entry = this->entry();
    entry.signals.arrivals = {2};
    this->bench_.install(entry);
    this->receive(1, 3);
    EXPECT_TRUE(this->events().empty());
    EXPECT_EQ(this->bench_.sent(3).size(), 3u);
}

TYPED_TEST(RaiseTest, ReportsThePacketThatReachesAThreshold) {
    auto entry = this->entry();
    entry.signals.threshold = Signals::Threshold{10, 0, 1000, false};
    this->bench_.install(entry);
    this->receive(1, 9);
    EXPECT_TRUE(this->events().empty());
    this->receive(1, 1);
    this->receive(1, 20);
    const auto events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::threshold);
    EXPECT_EQ(events[0].value, 10u);
    EXPECT_EQ(events[0].octets, 10 * (200 + kSampleHeaders<TypeParam>));
}

TYPED_TEST(RaiseTest, ReportsAThresholdAgainThatTheRingRefused) {
    auto entry = this->entry();
    entry.signals.threshold = Signals::Threshold{10, 0, 1000, false};
    this->bench_.install(entry);
    this->fill_ring();
    this->receive(1, 10);
    this->events();
    this->receive(1, 1);
    this->receive(1, 1);
    const auto events = this->events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::threshold);
    EXPECT_EQ(events[0].value, 11u);
}

TYPED_TEST(RaiseTest, BeginsToCountAThresholdAgainWithEachInterval) {
    auto entry = this->entry();
    entry.signals.threshold = Signals::Threshold{10, 0, 1000, false};
    this->bench_.install(entry);
    for (int interval = 0; interval < 3; ++interval) {
        this->receive(1, 9);
        this->pass(1.5);
    }
    EXPECT_TRUE(this->events().empty());
}

}  // namespace
}  // namespace mgmd::dataplane
