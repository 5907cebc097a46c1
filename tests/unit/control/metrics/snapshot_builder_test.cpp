// SPDX-License-Identifier: Apache-2.0
#include "control/metrics/snapshot_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/ctl/cleared_view.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/unit/control/control_plane_fixture.hpp"

namespace mgmd::metrics {
namespace {

using namespace std::chrono_literals;
using mgmd::test::FakeClock;
using mgmd::test::no_entry_event;
using ::testing::ElementsAre;
using ::testing::Lt;

class SnapshotBuilderTest : public ::testing::Test, protected mgmd::test::ControlPlaneFixture {
protected:
    void SetUp() override { start(); }

    SnapshotBuilder make_builder(const FakeClock& at) {
        return {settings, at, *control,
                [this](auto snapshot) { published.push_back(std::move(snapshot)); }};
    }
    /// As many steps as it takes.
    const Snapshot& take(SnapshotBuilder& builder) {
        builder.want();
        for (steps = 0; builder.is_busy(); ++steps) {
            builder.step();
        }
        return *published.back();
    }
    /// A flow of so many packets.
    void add_flow(int number, std::uint64_t packets) {
        const auto source = "10.1.0." + std::to_string(number);
        control->tables<V4>().at(0)->manager().on_no_entry(
            no_entry_event<V4>(source.c_str(), "239.1.1.1", mgmd::test::kSource));
        RouteKey<V4> key;
        key.source = mgmd::test::address<V4>(source.c_str());
        key.group = mgmd::test::address<V4>("239.1.1.1");
        ipv4.counts[key].packets = packets;
    }

    FakeClock now;
    std::vector<std::shared_ptr<const Snapshot>> published;
    std::size_t steps = 0;
};

std::vector<std::string> sources(const Snapshot& snapshot) {
    std::vector<std::string> result;
    for (const auto& flow : snapshot.flows.flows) {
        result.push_back(flow.source);
    }
    return result;
}

TEST_F(SnapshotBuilderTest, ShowsAsManyOfTheBusiestFlowsAsItMay) {
    settings.metrics.flows = 2;
    for (const int number : {10, 11, 12, 13}) {
        add_flow(number, number == 12 ? 1 : 100 + number);
    }
    auto builder = make_builder(now);
    const auto& snapshot = take(builder);
    EXPECT_THAT(sources(snapshot), ElementsAre("10.1.0.11", "10.1.0.13"));
    EXPECT_EQ(snapshot.flows.others, 2u);
    EXPECT_EQ(snapshot.flows.flows[1].packets, 113u);
}

TEST_F(SnapshotBuilderTest, CountsFlowsAlsoWhereItShowsNone) {
    settings.metrics.flows = 0;
    add_flow(10, 5);
    auto builder = make_builder(now);
    EXPECT_THAT(sources(take(builder)), ElementsAre());
    EXPECT_EQ(published.back()->flows.others, 1u);
}

TEST_F(SnapshotBuilderTest, WorksInSmallSteps) {
    constexpr int kFlows = 2'000;
    for (int number = 0; number < kFlows; ++number) {
        const auto source =
            "10.1." + std::to_string(number / 250) + '.' + std::to_string(number % 250 + 1);
        control->tables<V4>().at(0)->manager().on_no_entry(
            no_entry_event<V4>(source.c_str(), "239.1.1.1", mgmd::test::kSource));
    }
    settings.metrics.flows = 10;
    auto builder = make_builder(now);
    const auto& snapshot = take(builder);
    EXPECT_GT(snapshot.flows.others, 200u);
    const auto seen = snapshot.flows.others + snapshot.flows.flows.size();
    EXPECT_THAT(seen / 400, Lt(steps)) << "no step looks at more than a few hundred";
}

TEST_F(SnapshotBuilderTest, TakesOneASecondAtMost) {
    auto builder = make_builder(now);
    take(builder);
    now.advance(999ms);
    take(builder);
    ASSERT_EQ(published.size(), 2u) << "who waits gets an answer";
    EXPECT_EQ(published[0], published[1]);
    now.advance(1ms);
    take(builder);
    EXPECT_NE(published[1], published[2]);
}

TEST_F(SnapshotBuilderTest, RestsLongerAfterALongOne) {
    auto builder = make_builder(now);
    builder.want();
    now.advance(2s);
    while (builder.is_busy()) {
        builder.step();
    }
    now.advance(17s);
    take(builder);
    EXPECT_EQ(published[0], published[1]);
    now.advance(1s);
    take(builder);
    EXPECT_NE(published[1], published[2]);
}

TEST_F(SnapshotBuilderTest, AnswersOnceForAllWhoWaitMeanwhile) {
    auto builder = make_builder(now);
    builder.want();
    builder.step();
    builder.want();
    while (builder.is_busy()) {
        builder.step();
    }
    EXPECT_EQ(published.size(), 1u);
}

TEST_F(SnapshotBuilderTest, CountsOnWhereAnOperatorClears) {
    view.interfaces[1].tx_packets = 100;
    view.total.received = 100;
    ctl::ClearedView cleared(view, settings);
    auto builder = make_builder(now);
    take(builder);
    cleared.clear();
    view.interfaces[1].tx_packets = 130;
    view.total.received = 130;
    EXPECT_EQ(cleared.verdicts().received, 30u);
    now.advance(1s);
    EXPECT_EQ(take(builder).verdicts.received, 130u);
    EXPECT_EQ(published.back()->interfaces.at(0).counters.tx_packets, 130u);
}

TEST_F(SnapshotBuilderTest, NamesEveryInterfaceWithItsPort) {
    view.port_views.resize(3);
    view.port_views[1].name = "left-port";
    view.port_views[1].link_up = true;
    auto builder = make_builder(now);
    const auto& interfaces = take(builder).interfaces;
    ASSERT_EQ(interfaces.size(), 3u);
    EXPECT_EQ(interfaces[1].name, "left");
    EXPECT_EQ(interfaces[1].port, "left-port");
    EXPECT_TRUE(interfaces[1].up);
    EXPECT_FALSE(interfaces[2].up);
}

}  // namespace
}  // namespace mgmd::metrics
