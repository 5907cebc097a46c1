// SPDX-License-Identifier: Apache-2.0
#include "control/monitor/hub.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/monitor/drop_watch.hpp"
#include "tests/support/fake_dataplane_view.hpp"
#include "tests/support/notice_log.hpp"

namespace mgmd::monitor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::NoticeLog;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Kinds only(NoticeKind kind) {
    Kinds kinds;
    kinds.add(kind);
    return kinds;
}

TEST(Hub, TellsEachListenerTheKindsItWants) {
    Hub hub;
    const auto reporter = Reporter(hub).in_table(7).on_interface(3);
    NoticeLog everything(hub);
    NoticeLog entries(hub, only(NoticeKind::entry));
    reporter(NoticeKind::entry, "created", [](Notice& notice) { notice.details = "x"; });
    reporter(NoticeKind::link, "up", [](Notice&) {});
    EXPECT_THAT(everything.lines, ElementsAre("entry created at 3: x", "link up at 3"));
    EXPECT_THAT(entries.lines, ElementsAre("entry created at 3: x"));
    EXPECT_EQ(entries.notices[0].table, 7);
    EXPECT_GT(entries.notices[0].at.time_since_epoch(), seconds(0));
}

TEST(Hub, AsksForNoDetailsThatNobodyWants) {
    Hub hub;
    const Reporter reporter(hub);
    const auto unwanted = [](Notice&) { FAIL() << "nobody listens"; };
    reporter(NoticeKind::entry, "created", unwanted);
    {
        NoticeLog links(hub, only(NoticeKind::link));
        reporter(NoticeKind::entry, "created", unwanted);
        EXPECT_TRUE(reporter.wants(NoticeKind::link));
    }
    EXPECT_FALSE(reporter.wants(NoticeKind::link));
    Reporter()(NoticeKind::link, "up", unwanted);
}

class DropWatchTest : public ::testing::Test {
protected:
    void drop(DropReason reason, std::uint64_t packets) {
        view.total.dropped[static_cast<std::size_t>(reason)] += packets;
    }
    void look_after(milliseconds time) {
        now += time;
        watch.look(view, now);
    }

    Hub hub;
    test::FakeDataplaneView view;
    TimePoint now{seconds(100)};
    DropWatch watch{Reporter(hub)};
};

TEST_F(DropWatchTest, TellsWhatEachReasonHasTakenInASecond) {
    NoticeLog log(hub);
    drop(DropReason::ttl_expired, 5);
    look_after(seconds(1));
    EXPECT_THAT(log.take(), IsEmpty()) << "of old";
    drop(DropReason::ttl_expired, 40);
    drop(DropReason::negative_entry, 2);
    look_after(milliseconds(500));
    EXPECT_THAT(log.take(), IsEmpty());
    look_after(milliseconds(500));
    EXPECT_THAT(log.take(),
                ElementsAre("drops negative_entry x2: nobody wants this flow (negative entry)",
                            "drops ttl_expired x40: TTL or hop limit 1 or less as received"));
    look_after(seconds(1));
    EXPECT_THAT(log.take(), IsEmpty());
}

TEST_F(DropWatchTest, BeginsAnewForANewListener) {
    look_after(seconds(1));
    drop(DropReason::ttl_expired, 40);
    look_after(seconds(1));
    NoticeLog log(hub);
    look_after(milliseconds(100));
    EXPECT_THAT(log.take(), IsEmpty()) << "from before it came";
}

}  // namespace
}  // namespace mgmd::monitor
