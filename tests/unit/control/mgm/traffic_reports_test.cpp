// SPDX-License-Identifier: Apache-2.0
// What workers report about packets that have an entry, and who hears of it (28, 31).
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

/// A client that keeps the signals it is told of.
template <class F>
class Listener final : public ProtocolClient<F> {
public:
    void on_signal(const SignalReport<F>& report) override { heard.push_back(report); }

    ClientHandle handle;
    std::vector<SignalReport<F>> heard;
};

template <class F>
class TrafficReports : public MgmFixture<F> {
protected:
    /// listener owns 1 and 2, pim 3.
    void SetUp() override {
        this->enrol_all();
        listener.handle = *this->mgm().register_protocol({300, 1}, listener);
        for (InterfaceIndex index = 1; index <= 2; ++index) {
            ASSERT_TRUE(
                this->mgm().take_interface(listener.handle, link<F>(index), LocalMode::forward));
        }
        this->take(this->pim, 3);
    }
    /// The listener's route, which asks for both kinds of report.
    void install(const SourceGroup<F>& key) {
        InstalledRoute<F> route;
        route.key = key;
        route.accept = {link<F>(1)};
        route.outgoing = {{link<F>(2), {}}};
        route.signals = signals;
        const auto result = this->mgm().install_route(listener.handle, route);
        ASSERT_TRUE(result) << result.error().message;
    }
    Event packet_event(EventKind kind) const {
        auto event = this->event(flow, 1);
        event.kind = kind;
        event.group_length = F::address_bits;
        event.value = 12;
        event.octets = 1234;
        return event;
    }
    Event silence(const SourceGroup<F>& key) const {
        Event event;
        event.kind = EventKind::threshold;
        event.family = F::family;
        event.group = RawAddress::from(key.group);
        event.source = RawAddress::from(key.source);
        event.group_length = key.group_length;
        return event;
    }
    static SourceGroup<F> range(std::uint8_t length) {
        return {.group = masked(group<F>(1), length), .group_length = length};
    }

    Listener<F> listener;
    Signals signals{.arrivals = {1}, .threshold = Signals::Threshold{10, 0, 100, false}};
    const SourceGroup<F> flow = sg<F>(1, 1);
};
TYPED_TEST_SUITE(TrafficReports, Families);

TYPED_TEST(TrafficReports, AnArrivalIsToldToTheClientWhoseRouteAskedForIt) {
    this->install(star_g<TypeParam>(1));
    this->mgm().on_signal(this->packet_event(EventKind::arrival));
    ASSERT_EQ(this->listener.heard.size(), 1u);
    const auto& report = this->listener.heard[0];
    EXPECT_EQ(report.kind, SignalKind::arrival);
    EXPECT_EQ(report.route, star_g<TypeParam>(1));
    EXPECT_EQ(report.key, this->flow);
    EXPECT_EQ(report.interface, link<TypeParam>(1));
}

TYPED_TEST(TrafficReports, AThresholdCarriesWhatWasCounted) {
    this->install(this->flow);
    this->mgm().on_signal(this->packet_event(EventKind::threshold));
    ASSERT_EQ(this->listener.heard.size(), 1u);
    const auto& report = this->listener.heard[0];
    EXPECT_EQ(report.kind, SignalKind::threshold);
    EXPECT_EQ(report.packets, 12u);
    EXPECT_EQ(report.octets, 1234u);
}

// Without a packet there is nothing to match: the event names the route.
TYPED_TEST(TrafficReports, SilenceIsThatOfTheRouteItNames) {
    const auto wide = this->range(16);
    const auto narrow = this->range(24);
    this->install(wide);
    this->install(narrow);
    this->mgm().on_signal(this->silence(wide));
    this->mgm().on_signal(this->silence(narrow));
    ASSERT_EQ(this->listener.heard.size(), 2u);
    EXPECT_EQ(this->listener.heard[0].route, wide);
    EXPECT_EQ(this->listener.heard[1].route, narrow);
    EXPECT_TRUE(this->listener.heard[0].interface.is_none());
}

TYPED_TEST(TrafficReports, NobodyHearsOfARouteThatAsksNoMore) {
    this->install(this->flow);
    this->signals.threshold.reset();
    this->install(this->flow);
    this->mgm().on_signal(this->packet_event(EventKind::threshold));
    EXPECT_TRUE(this->listener.heard.empty());
    ASSERT_TRUE(this->mgm().remove_route(this->listener.handle, this->flow));
    this->mgm().on_signal(this->packet_event(EventKind::arrival));
    EXPECT_TRUE(this->listener.heard.empty());
    EXPECT_THAT(this->told(), IsEmpty());
}

TYPED_TEST(TrafficReports, PacketsWithoutRoomToWaitShowInTheStatistics) {
    auto event = this->event(this->flow, 1);
    event.value = 2;  // before the worker could ask
    this->mgm().on_no_entry(event);
    event.kind = EventKind::hold_overflow;
    event.value = 5;  // after that
    this->mgm().on_hold_overflow(event);
    EXPECT_EQ(this->mgm().get_mfe_stats(this->flow)->queue_overflow, 7u);
    this->mgm().on_hold_overflow(this->event(sg<TypeParam>(9, 9), 1));  // gone meanwhile
    EXPECT_EQ(this->mgm().get_mfe_stats(this->flow)->uninitialised, 1u);
}

}  // namespace
}  // namespace mgmd::mgm::test
