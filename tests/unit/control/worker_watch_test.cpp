// SPDX-License-Identifier: Apache-2.0
#include "control/worker_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/captured_log.hpp"

namespace mgmd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WorkerWatchTest : public ::testing::Test {
protected:
    WorkerWatchTest() : workers_(2) {
        workers_[0].lcore = 5;
        workers_[1].lcore = 6;
        look();
    }
    void look() { watch_.look(workers_, now_); }
    /// Both poll meanwhile, or the first alone.
    void pass(seconds time, bool second_too) {
        for (seconds passed{0}; passed < time; ++passed) {
            now_ += seconds(1);
            ++workers_[0].polls;
            workers_[1].polls += second_too ? 1 : 0;
            look();
        }
    }

    test::CapturedLog log_;
    std::vector<WorkerView> workers_;
    TimePoint now_{seconds(100)};
    WorkerWatch watch_;
};

TEST_F(WorkerWatchTest, SaysNothingOfWorkersThatPoll) {
    pass(seconds(10), true);
    EXPECT_THAT(log_.lines_with("worker"), IsEmpty());
}

TEST_F(WorkerWatchTest, WarnsOnceOfTheOneThatDoesNot) {
    pass(seconds(1), false);
    EXPECT_THAT(log_.lines_with("warning"), IsEmpty()) << "it may sleep";
    EXPECT_EQ(watch_.silent(), std::nullopt);
    pass(seconds(8), false);
    EXPECT_EQ(watch_.silent(), 1u);
    EXPECT_THAT(log_.lines_with("warning"),
                ElementsAre(HasSubstr("worker 1 (lcore 6) has not polled its queues for 2 s")));
}

TEST_F(WorkerWatchTest, TellsWhenItPollsAgain) {
    pass(seconds(3), false);
    pass(seconds(3), true);
    EXPECT_THAT(log_.lines_with("again"), ElementsAre(HasSubstr("worker 1 (lcore 6)")));
    EXPECT_EQ(watch_.silent(), std::nullopt);
    pass(seconds(3), false);
    EXPECT_EQ(log_.lines_with("warning").size(), 2u);
}

TEST_F(WorkerWatchTest, IsDueOnceASecond) {
    EXPECT_TRUE(watch_.due(now_));
    EXPECT_FALSE(watch_.due(now_ + milliseconds(999)));
    EXPECT_TRUE(watch_.due(now_ + seconds(1)));
    EXPECT_FALSE(watch_.due(now_ + seconds(1)));
}

}  // namespace
}  // namespace mgmd
