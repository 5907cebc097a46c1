// SPDX-License-Identifier: Apache-2.0
#include "control/control_plane.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/captured_log.hpp"
#include "tests/unit/control/control_plane_fixture.hpp"

namespace mgmd {
namespace {

using test::address;
using test::ControlPlaneFixture;
using test::kLeft;
using test::kRight;
using test::kSource;
using test::Sample;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

template <class F>
class ControlPlaneTest : public ::testing::Test, public ControlPlaneFixture {
protected:
    static Event no_entry(const char* source, const char* group,
                          InterfaceIndex interface = kSource) {
        return test::no_entry_event<F>(source, group, interface);
    }
    /// Two routes to the remote source: the one by kSource is better than that by kRight.
    void add_remote_routes() {
        const auto network = parse_prefix<F>(Sample<F>::remote_network).value();
        const std::vector<RouteSettings<F>> routes = {
            {0, RouteView::multicast, network, kSource, {}, 1},
            {0, RouteView::multicast, network, kRight, {}, 2}};
        if constexpr (F::family == Family::ipv4) {
            settings.ipv4.routes = routes;
        } else {
            settings.ipv6.routes = routes;
        }
    }
    bool remote_arrives_at(InterfaceIndex interface) {
        const auto* found = this->template entry<F>(Sample<F>::remote_source, Sample<F>::group);
        return found != nullptr && found->accept.interfaces == std::vector{interface};
    }
    /// The answers to no-entry events that were refusals.
    std::vector<std::pair<WorkerIndex, FlowKey<F>>>& refusals() {
        return this->template table<F>().refusals;
    }
    /// What control does with a packet that it can't make an entry for.
    void expect_refused(WorkerIndex worker, const char* source, const char* group,
                        InterfaceIndex interface) {
        const auto before = refusals().size();
        raise(worker, no_entry(source, group, interface));
        ASSERT_TRUE(run_until([&] { return refusals().size() > before; }));
        EXPECT_EQ(refusals().back().first, worker);
        EXPECT_EQ(refusals().back().second, (FlowKey<F>{0, address<F>(source), address<F>(group)}));
        EXPECT_EQ(refusals().size(), before + 1);
        EXPECT_EQ((this->template entry<F>(source, group)), nullptr);
    }
};
using Families = ::testing::Types<V4, V6>;
TYPED_TEST_SUITE(ControlPlaneTest, Families);

TYPED_TEST(ControlPlaneTest, ANewSourceGetsAnEntryToItsReceivers) {
    using Flow = Sample<TypeParam>;
    this->start();
    this->raise(1, this->no_entry(Flow::source, Flow::group));
    const auto entry = [&] { return this->template entry<TypeParam>(Flow::source, Flow::group); };
    ASSERT_TRUE(this->run_until([&] { return entry() != nullptr; }));
    EXPECT_EQ(entry()->action, Action::forward);
    EXPECT_THAT(entry()->accept.interfaces, ElementsAre(kSource));
    ASSERT_THAT(entry()->outgoing, SizeIs(1));
    EXPECT_EQ(entry()->outgoing[0].interface, kLeft);
    EXPECT_THAT(this->refusals(), IsEmpty());
    EXPECT_EQ(this->control->events().no_entry, 1u);
}

TYPED_TEST(ControlPlaneTest, AnUnwantedSourceGetsANegativeEntry) {
    using Flow = Sample<TypeParam>;
    this->start();
    this->raise(0, this->no_entry(Flow::source, Flow::other_group));
    const auto entry = [&] {
        return this->template entry<TypeParam>(Flow::source, Flow::other_group);
    };
    ASSERT_TRUE(this->run_until([&] { return entry() != nullptr; }));
    EXPECT_EQ(entry()->action, Action::drop);
}

TYPED_TEST(ControlPlaneTest, ASourceWithoutRouteGetsANegativeEntryForAWhile) {
    using Flow = Sample<TypeParam>;
    this->settings.timers.no_route_timeout = std::chrono::seconds(1);
    this->start();
    this->raise(0, this->no_entry(Flow::unrouted_source, Flow::group));
    const auto entry = [&] {
        return this->template entry<TypeParam>(Flow::unrouted_source, Flow::group);
    };
    ASSERT_TRUE(this->run_until([&] { return entry() != nullptr; }));
    EXPECT_EQ(entry()->action, Action::drop);
    EXPECT_TRUE(this->run_until([&] { return entry() == nullptr; })) << "MGM's timers don't run";
}

// MGM 22: each no-entry event is answered, so that no packet is held longer than needed.
TYPED_TEST(ControlPlaneTest, RefusesFlowsThatMayHaveNoEntry) {
    using Flow = Sample<TypeParam>;
    this->start();
    this->expect_refused(0, Flow::source, Flow::link_group, kSource);
    this->expect_refused(1, Flow::group, Flow::group, kSource);
    this->expect_refused(1, Flow::source, Flow::group, 77);
}

TYPED_TEST(ControlPlaneTest, RefusesFlowsBeyondTheBoundOfEntries) {
    using Flow = Sample<TypeParam>;
    this->settings.limits.entries = 1;
    this->settings.limits.per_interface_percent = 100;
    this->start();
    this->raise(0, this->no_entry(Flow::source, Flow::group));
    this->expect_refused(1, Flow::source, Flow::other_group, kSource);
    EXPECT_NE((this->template entry<TypeParam>(Flow::source, Flow::group)), nullptr);
    EXPECT_EQ(this->control->refusals().entries, 1u);
}

TYPED_TEST(ControlPlaneTest, RefusesFlowsThatTheForwardingTableHasNoRoomFor) {
    using Flow = Sample<TypeParam>;
    this->start();
    this->template table<TypeParam>().is_stuck = true;
    this->expect_refused(1, Flow::source, Flow::group, kSource);
    this->template table<TypeParam>().is_stuck = false;
    this->raise(0, this->no_entry(Flow::source, Flow::group));
    EXPECT_TRUE(this->run_until([&] {
        return this->template entry<TypeParam>(Flow::source, Flow::group) != nullptr;
    })) << "a refused flow must get its entry when it asks again";
}

TYPED_TEST(ControlPlaneTest, ALinkThatGoesDownMovesTheEntriesBehindIt) {
    using Flow = Sample<TypeParam>;
    this->add_remote_routes();
    this->start();
    this->raise(0, this->no_entry(Flow::remote_source, Flow::group));
    ASSERT_TRUE(this->run_until([&] { return this->remote_arrives_at(kSource); }));
    this->ops.set_link(this->settings.interfaces[kSource - 1].port, false);
    EXPECT_TRUE(this->run_until([&] { return this->remote_arrives_at(kRight); }));
    this->ops.set_link(this->settings.interfaces[kSource - 1].port, true);
    EXPECT_TRUE(this->run_until([&] { return this->remote_arrives_at(kSource); }));
}

TYPED_TEST(ControlPlaneTest, ALinkThatIsDownAtTheStartTakesNoEntries) {
    using Flow = Sample<TypeParam>;
    this->add_remote_routes();
    for (const auto& port : this->settings.ports) {
        this->view.port_views.push_back({.name = port.name, .link_up = true});
    }
    this->view.port_views[this->settings.interfaces[kSource - 1].port].link_up = false;
    this->start();
    this->raise(0, this->no_entry(Flow::remote_source, Flow::group));
    EXPECT_TRUE(this->run_until([&] { return this->remote_arrives_at(kRight); }));
    this->ops.set_link(this->settings.interfaces[kSource - 1].port, true);
    EXPECT_TRUE(this->run_until([&] { return this->remote_arrives_at(kSource); }));
}

TYPED_TEST(ControlPlaneTest, AWorkerThatHoldsUpAGracePeriodIsNamedOnce) {
    test::CapturedLog log;
    this->template table<TypeParam>().grace_stalled = 1;
    this->start();
    const auto polled = [&](std::size_t times) {
        return [this, times] { return this->ops.polls >= times; };
    };
    ASSERT_TRUE(this->run_until(polled(2)));
    EXPECT_THAT(log.lines_with("worker 1 has not passed"), SizeIs(1));
    EXPECT_GE(this->template table<TypeParam>().reclaims, 2u);
}

class ControlPlaneOfBoth : public ControlPlaneTest<V4> {
protected:
    using Flow = Sample<V4>;
};

TEST_F(ControlPlaneOfBoth, LogsWhatADeviceLost) {
    test::CapturedLog log;
    view.port_views.resize(2);
    view.port_views[1].name = "west";
    view.port_views[1].rx_missed = 40;
    view.port_views[1].tx_errors = 2;
    ops.set_errors(1, 42);
    start();
    ASSERT_TRUE(run_until([&] { return control->events().port_error == 1; }));
    const auto lines = log.lines_with("port west: 42 errors and losses; in all 40 frames missed");
    ASSERT_THAT(lines, SizeIs(1));
    EXPECT_THAT(lines[0], ::testing::HasSubstr("2 transmit errors"));
}

TEST_F(ControlPlaneOfBoth, CountsWhatItSawOfEachKind) {
    start();
    auto wrong_interface = no_entry(Flow::source, Flow::group);
    wrong_interface.kind = EventKind::wrong_interface;
    raise(0, wrong_interface);
    raise(1, wrong_interface);
    punt(0, ControlProtocol::igmp);
    punt(1, ControlProtocol::mld);
    punt(1, ControlProtocol::mld);
    punt(1, ControlProtocol::arp);
    ASSERT_TRUE(run_until([&] { return control->events().wrong_interface == 2; }));
    EXPECT_EQ(control->events().igmp, 1u);
    EXPECT_EQ(control->events().mld, 2u);
    EXPECT_EQ(control->events().other_control, 1u);
    EXPECT_EQ(control->events().no_entry, 0u);
}

TEST_F(ControlPlaneOfBoth, TellsReportsThatWereAskedForFromTheRest) {
    start();
    auto event = no_entry(Flow::source, Flow::group);
    raise(0, event);
    event.kind = EventKind::hold_overflow;
    event.value = 3;
    raise(0, event);
    event.kind = EventKind::arrival;
    raise(0, event);
    raise(1, event);
    event.kind = EventKind::threshold;
    raise(1, event);
    ops.crossed = {event, event};  // by silence, as the next poll finds
    ops.set_link(0, false);
    ASSERT_TRUE(run_until([&] { return control->events().threshold == 3; }));
    EXPECT_EQ(control->events().arrival, 2u);
    EXPECT_EQ(control->events().hold_overflow, 3u);
    EXPECT_EQ(control->events().link_state, 1u);
    EXPECT_EQ(control->events().port_error, 0u);
}

TEST_F(ControlPlaneOfBoth, IgnoresFlowsOfATableThatIsNotConfigured) {
    start();
    auto event = no_entry(Flow::source, Flow::group);
    event.table = 9;
    raise(0, event);
    raise(0, no_entry(Flow::source, Flow::group));
    ASSERT_TRUE(run_until([&] { return control->events().no_entry == 1; }));
    EXPECT_THAT(ipv4.entries, SizeIs(1));
}

TEST_F(ControlPlaneOfBoth, EachTableMakesItsOwnEntries) {
    settings.interfaces[kRight - 1].table = 7;
    start();
    auto event = test::no_entry_event<V4>("10.3.0.10", Flow::group, kRight);
    event.table = 7;
    raise(0, event);
    ASSERT_TRUE(run_until([&] { return !ipv4.entries.empty(); }));
    const auto& entry = ipv4.entries.begin()->second;
    EXPECT_EQ(entry.key.table, 7);
    EXPECT_EQ(entry.action, Action::drop) << "the receivers are of another table";
}

TEST_F(ControlPlaneOfBoth, AFloodInOneTableLeavesRoomInAnother) {
    settings.limits.entries = 16;
    settings.limits.per_interface_percent = 100;
    settings.interfaces[kRight - 1].table = 7;
    ipv4.capacity = 16;
    start();
    for (int host = 1; host <= 40; ++host) {
        const auto source = "10.1.0." + std::to_string(host);
        raise(0, test::no_entry_event<V4>(source.c_str(), Flow::group, kSource));
    }
    for (const char* source : {"10.3.0.1", "10.3.0.2", "10.3.0.3", "10.3.0.4"}) {
        auto event = test::no_entry_event<V4>(source, Flow::group, kRight);
        event.table = 7;
        raise(0, event);
    }
    const auto entries_of = [this](TableId table) {
        return std::count_if(ipv4.entries.begin(), ipv4.entries.end(),
                             [=](const auto& item) { return item.first.table == table; });
    };
    EXPECT_TRUE(run_until([&] { return entries_of(7) == 4; }));
    EXPECT_EQ(entries_of(0), 12) << "all but what is reserved";
}

// The waker is all that tells a sleeping loop of an event: a lost signal stops this test.
TEST_F(ControlPlaneOfBoth, SleepsUntilAWorkerWakesItAndMissesNothing) {
    constexpr int kFlows = 500;
    settings.limits.per_interface_percent = 100;
    start();
    std::atomic<std::size_t> answered{0};
    std::thread worker([&] {
        for (int i = 0; i < kFlows; ++i) {
            const auto source =
                "10.1." + std::to_string(1 + i / 250) + '.' + std::to_string(1 + i % 250);
            raise(0, no_entry(source.c_str(), Flow::group));
            while (answered.load() <= static_cast<std::size_t>(i)) {
                std::this_thread::yield();
            }
        }
    });
    EXPECT_TRUE(run_until([&] {
        answered = ipv4.entries.size();
        return answered == kFlows;
    }));
    answered = kFlows;  // should it have failed, so that the thread ends
    worker.join();
}

TEST_F(ControlPlaneOfBoth, TheEndHandlesWhatStillWaits) {
    start();
    raise(1, no_entry(Flow::source, Flow::group));
    punt(0, ControlProtocol::igmp);
    control->drain();
    EXPECT_NE(entry<V4>(Flow::source, Flow::group), nullptr);
    EXPECT_EQ(control->events().igmp, 1u);
    const auto flows = control->flows(10).flows;
    ASSERT_THAT(flows, SizeIs(1));
    EXPECT_EQ(flows[0].incoming, "source");
    EXPECT_EQ(flows[0].state, "active");
}

TEST_F(ControlPlaneOfBoth, WhatFullRingsRefusedIsCounted) {
    start();
    while (punt(0, ControlProtocol::arp)) {
    }
    EXPECT_FALSE(punt(0, ControlProtocol::arp));
    control->drain();
    EXPECT_EQ(control->events().refused, 2u);
    EXPECT_GT(control->events().other_control, 2u);
}

}  // namespace
}  // namespace mgmd
