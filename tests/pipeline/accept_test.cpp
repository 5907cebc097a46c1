// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"

// The accept set and the actions of an entry.
namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Interfaces 1 (a bystander), 2, 3, 4 (arrivals) and 5 (outgoing).
template <class F>
class Accept : public BenchTest {
protected:
    static constexpr InterfaceIndex kOut = 5;

    Accept() { topology_.add(5); }

    ForwardingEntry<F> entry(std::vector<InterfaceIndex> accept) const {
        auto made = forward_entry(sample_route<F>(), kNoInterface, {kOut});
        made.accept.interfaces = std::move(accept);
        return made;
    }
    WorkerBench& bench() {
        if (!bench_) {
            bench_ = std::make_unique<WorkerBench>(topology_);
        }
        return *bench_;
    }

    Topology topology_;

private:
    std::unique_ptr<WorkerBench> bench_;
};
TYPED_TEST_SUITE(Accept, Families, FamilyName);

TYPED_TEST(Accept, OneInterfaceAndNoOther) {
    auto& bench = this->bench();
    bench.install(this->entry({3}));
    for (InterfaceIndex arrival = 1; arrival <= 4; ++arrival) {
        bench.receive(arrival, sample_packet<TypeParam>());
        EXPECT_EQ(bench.sent(this->kOut).size(), arrival == 3 ? 1u : 0u);
    }
    EXPECT_EQ(bench.dropped(DropReason::wrong_interface), 3u);
    EXPECT_EQ(bench.counters(sample_route<TypeParam>()).wrong_interface, 3u);
    EXPECT_EQ(bench.counters(sample_route<TypeParam>()).packets, 1u);
}

TYPED_TEST(Accept, ASetOfInterfaces) {
    auto& bench = this->bench();
    bench.install(this->entry({2, 4}));
    for (InterfaceIndex arrival = 1; arrival <= 4; ++arrival) {
        bench.receive(arrival, sample_packet<TypeParam>());
        EXPECT_EQ(bench.sent(this->kOut).size(), arrival % 2 == 0 ? 1u : 0u);
    }
    EXPECT_EQ(bench.dropped(DropReason::wrong_interface), 2u);
}

TYPED_TEST(Accept, AnyInterface) {
    auto& bench = this->bench();
    auto entry = this->entry({});
    entry.accept.any = true;
    bench.install(entry);
    for (InterfaceIndex arrival = 1; arrival <= 4; ++arrival) {
        bench.receive(arrival, sample_packet<TypeParam>());
        EXPECT_EQ(bench.sent(this->kOut).size(), 1u);
    }
    EXPECT_EQ(bench.dropped(DropReason::wrong_interface), 0u);
}

TYPED_TEST(Accept, NoInterfaceAtAll) {
    auto& bench = this->bench();
    bench.install(this->entry({}));
    bench.receive(3, sample_packet<TypeParam>());
    EXPECT_THAT(bench.sent(this->kOut), IsEmpty());
    EXPECT_EQ(bench.dropped(DropReason::wrong_interface), 1u);
}

TYPED_TEST(Accept, ReportsAWrongInterfaceWithThePacketsHeader) {
    auto& bench = this->bench();
    bench.install(this->entry({3}));
    const auto packet = sample_packet<TypeParam>();
    bench.receive(4, packet);
    const auto events = bench.events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::wrong_interface);
    EXPECT_EQ(events[0].family, TypeParam::family);
    EXPECT_EQ(events[0].interface, 4);
    EXPECT_EQ(events[0].group.template as<TypeParam>(), sample_route<TypeParam>().group);
    EXPECT_EQ(events[0].source.template as<TypeParam>(), sample_route<TypeParam>().source);
    const auto ip = packet.network_bytes();
    EXPECT_THAT(
        std::vector(events[0].header.begin(), events[0].header.begin() + events[0].header_length),
        testing::ElementsAreArray(ip.data(), std::min(ip.size(), kEventHeaderBytes)));
}

TYPED_TEST(Accept, MetersReportsOfWrongInterfacesAndCountsTheRest) {
    auto& bench = this->bench();
    bench.install(this->entry({3}));
    bench.receive(4, std::vector(20, sample_packet<TypeParam>()));
    const auto events = bench.events();
    EXPECT_GE(events.size(), 1u);
    EXPECT_LT(events.size(), 20u);
    EXPECT_EQ(bench.counters(4).unreported_wrong_interface.get(), 20 - events.size());
    EXPECT_EQ(bench.counters(sample_route<TypeParam>()).wrong_interface, 20u);
}

TYPED_TEST(Accept, ANegativeEntryDropsBeforeTheAcceptCheck) {
    auto& bench = this->bench();
    auto entry = this->entry({3});
    entry.action = Action::drop;
    entry.outgoing.clear();
    bench.install(entry);
    bench.receive(3, sample_packet<TypeParam>());
    bench.receive(4, std::vector(2, sample_packet<TypeParam>()));
    EXPECT_EQ(bench.dropped(DropReason::negative_entry), 3u);
    EXPECT_EQ(bench.dropped(DropReason::wrong_interface), 0u);
    EXPECT_THAT(bench.events(), IsEmpty());
    EXPECT_EQ(bench.counters(sample_route<TypeParam>()).negative_hits, 3u);
    EXPECT_EQ(bench.counters(sample_route<TypeParam>()).packets, 0u);
}

TYPED_TEST(Accept, ForwardAndCopyDoesBoth) {
    auto& bench = this->bench();
    auto entry = this->entry({3});
    entry.action = Action::forward_and_copy;
    bench.install(entry);
    const auto packet = sample_packet<TypeParam>();
    bench.receive(3, packet);
    EXPECT_THAT(bench.sent_bytes(this->kOut),
                ElementsAre(frame_out(this->topology_, this->kOut, packet)));
    const auto handed = bench.control_packets();
    ASSERT_EQ(handed.size(), 1u);
    EXPECT_EQ(handed[0].protocol, ControlProtocol::data);
    EXPECT_THAT(handed[0].content(), testing::ElementsAreArray(packet.network_bytes()));
    EXPECT_EQ(bench.counters().punt_copies.get(), 1u);
    EXPECT_EQ(bench.counters().forwarded.get(), 1u);
    EXPECT_EQ(bench.counters().punted.get(), 0u);
}

TYPED_TEST(Accept, HandOverSendsNothing) {
    auto& bench = this->bench();
    auto entry = this->entry({3});
    entry.action = Action::hand_over;
    bench.install(entry);
    const auto packet = sample_packet<TypeParam>();
    bench.receive(3, {packet, packet});
    bench.receive(4, packet);
    EXPECT_THAT(bench.sent(this->kOut), IsEmpty());
    EXPECT_EQ(bench.control_packets().size(), 2u);
    EXPECT_EQ(bench.counters().punted.get(), 2u);
    EXPECT_EQ(bench.dropped(DropReason::wrong_interface), 1u);
    EXPECT_EQ(bench.counters(sample_route<TypeParam>()).packets, 2u);
}

TYPED_TEST(Accept, HandOverIsADropWhereControlTakesNothing) {
    auto& bench = this->bench();
    auto entry = this->entry({3});
    entry.action = Action::hand_over;
    bench.install(entry);
    const auto packet = sample_packet<TypeParam>();
    std::uint64_t sent = 0;
    while (bench.dropped(DropReason::handed_over) == 0 && sent < ControlPacketRing::capacity()) {
        bench.receive(3, packet);
        ++sent;
    }
    EXPECT_EQ(bench.dropped(DropReason::handed_over), 1u);
    EXPECT_EQ(bench.counters().punted.get(), sent - 1);
}

TYPED_TEST(Accept, ReportsASignalledArrivalOnce) {
    auto& bench = this->bench();
    auto entry = this->entry({3, 4});
    entry.signals.arrivals = {4};
    bench.install(entry);
    bench.receive(3, sample_packet<TypeParam>());
    EXPECT_THAT(bench.events(), IsEmpty());
    bench.receive(4, std::vector(3, sample_packet<TypeParam>()));
    const auto events = bench.events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::arrival);
    EXPECT_EQ(events[0].interface, 4);
    EXPECT_EQ(bench.sent(this->kOut).size(), 4u);
}

TYPED_TEST(Accept, CountsSurviveAReplacement) {
    auto& bench = this->bench();
    bench.install(this->entry({3}));
    bench.receive(3, sample_packet<TypeParam>());
    bench.receive(4, sample_packet<TypeParam>());
    bench.install(this->entry({3, 4}));
    bench.receive(4, sample_packet<TypeParam>());
    const auto counters = bench.counters(sample_route<TypeParam>());
    EXPECT_EQ(counters.packets, 2u);
    EXPECT_EQ(counters.wrong_interface, 1u);
    EXPECT_EQ(counters.outgoing.at(0).sent, 2u);
}

}  // namespace
}  // namespace mgmd::test
