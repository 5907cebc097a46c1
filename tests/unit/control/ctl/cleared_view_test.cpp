// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/cleared_view.hpp"

#include <gtest/gtest.h>

#include "tests/support/control_fixture.hpp"
#include "tests/support/fake_dataplane_view.hpp"

namespace mgmd::ctl {
namespace {

class ClearedViewTest : public ::testing::Test {
protected:
    ClearedViewTest() {
        dataplane.worker_views.resize(1);
        dataplane.port_views.resize(1);
        count(100);
    }
    /// Everything reads so from now on.
    void count(std::uint64_t value) {
        dataplane.interfaces[1].tx_packets = value;
        dataplane.total.received = value;
        dataplane.total.dropped[0] = value;
        dataplane.total.held = 3;
        dataplane.worker_views[0].busy_cycles = value;
        dataplane.worker_views[0].stage_cycles = StageCycles{};
        dataplane.worker_views[0].stage_cycles->front() = value;
        dataplane.port_views[0].rx_missed = value;
    }
    void expect(std::uint64_t value) const {
        EXPECT_EQ(view.interface_counters(1).tx_packets, value);
        EXPECT_EQ(view.verdicts().received, value);
        EXPECT_EQ(view.verdicts().dropped[0], value);
        EXPECT_EQ(view.workers()[0].busy_cycles, value);
        EXPECT_EQ(view.workers()[0].stage_cycles->front(), value);
        EXPECT_EQ(view.ports()[0].rx_missed, value);
        EXPECT_EQ(view.verdicts().held, 3u) << "is no counter";
    }

    Settings settings = mgmd::test::three_interfaces();
    mgmd::test::FakeDataplaneView dataplane;
    ClearedView view{dataplane, settings};
};

TEST_F(ClearedViewTest, ShowsAllThereIsAtFirst) {
    expect(100);
}

TEST_F(ClearedViewTest, BeginsAtZeroWhenCleared) {
    view.clear();
    expect(0);
    count(130);
    expect(30);
    view.clear();
    expect(0);
}

TEST_F(ClearedViewTest, NeverGoesBelowZero) {
    view.clear();
    count(99);
    expect(0);
}

}  // namespace
}  // namespace mgmd::ctl
