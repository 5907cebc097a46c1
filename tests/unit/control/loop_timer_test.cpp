// SPDX-License-Identifier: Apache-2.0
#include "control/loop_timer.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace mgmd {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class LoopTimerTest : public ::testing::Test {
protected:
    Waker waker;
    EventLoop loop{waker, ControlPolicy::sleep};
};

TEST_F(LoopTimerTest, RunsItsTaskOnceItIsTimeAndNoSooner) {
    LoopTimer timer(loop);
    int runs = 0;
    const auto time = steady_clock::now() + milliseconds(20);
    bool was_time = false;
    timer.at(time, [&] {
        ++runs;
        was_time = steady_clock::now() >= time;
    });
    LoopTimer end(loop);
    end.at(time + milliseconds(20), [&] { loop.stop(); });
    loop.run();
    EXPECT_EQ(runs, 1);
    EXPECT_TRUE(was_time);
}

TEST_F(LoopTimerTest, ForgetsTheFormerTaskForANewOneAndAnyOnceCancelledOrGone) {
    std::vector<int> ran;
    LoopTimer again(loop);
    again.after(milliseconds(1), [&] { ran.push_back(1); });
    again.after(milliseconds(2), [&] { ran.push_back(2); });
    LoopTimer cancelled(loop);
    cancelled.after(milliseconds(1), [&] { ran.push_back(3); });
    cancelled.cancel();
    std::optional<LoopTimer> gone(std::in_place, loop);
    gone->after(milliseconds(1), [&] { ran.push_back(4); });
    gone.reset();
    LoopTimer end(loop);
    end.after(milliseconds(20), [&] { loop.stop(); });
    loop.run();
    EXPECT_EQ(ran, std::vector<int>{2});
}

TEST_F(LoopTimerTest, CanBeSetAgainByItsTask) {
    LoopTimer timer(loop);
    int left = 5;
    std::function<void()> task = [&] {
        if (--left == 0) {
            loop.stop();
        } else {
            timer.after(milliseconds(1), task);
        }
    };
    timer.after(milliseconds(1), task);
    loop.run();
    EXPECT_EQ(left, 0);
}

}  // namespace
}  // namespace mgmd
