// SPDX-License-Identifier: Apache-2.0
#include "control/event_loop.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "common/metered_ring.hpp"
#include "control/loop_timer.hpp"

namespace mgmd {
namespace {

// A producer thread that signals like a worker; the loop must see every item, asleep or not.
void runs_until_all_seen(ControlPolicy policy) {
    constexpr int kItems = 20'000;
    Waker waker;
    EventLoop loop(waker, policy);
    MeteredRing<int, 128> ring;
    int expected = 0;
    bool ordered = true;
    loop.add_source({.drain =
                         [&] {
                             ring.drain([&](int item) { ordered &= item == expected++; });
                             if (expected == kItems) {
                                 loop.stop();
                             }
                         },
                     .empty = [&] { return ring.empty(); }});
    LoopTimer deadline(loop);
    deadline.after(std::chrono::seconds(60), [&] { loop.stop(); });
    std::thread producer([&] {
        for (int i = 0; i < kItems;) {
            i += ring.push(i) ? 1 : 0;
            waker.wake();
        }
    });
    loop.run();
    EXPECT_EQ(expected, kItems);
    EXPECT_TRUE(ordered);
    ring.drain([](int) {});
    producer.join();
}

TEST(EventLoop, SeesEveryItemWhenItSleeps) {
    runs_until_all_seen(ControlPolicy::sleep);
}
TEST(EventLoop, SeesEveryItemWhenItPolls) {
    runs_until_all_seen(ControlPolicy::poll);
}

// Busy times, during which nobody wakes it, between pauses, after which somebody has to.
TEST(EventLoop, SeesWhatComesInAndAfterBusyTimes) {
    constexpr int kTimes = 50;
    constexpr int kItems = 40;
    Waker waker;
    EventLoop loop(waker, ControlPolicy::sleep);
    MeteredRing<int, 128> ring;
    std::atomic<int> seen{0};
    loop.add_source({.drain =
                         [&] {
                             ring.drain([&](int) { ++seen; });
                             if (seen == kTimes * kItems) {
                                 loop.stop();
                             }
                         },
                     .empty = [&] { return ring.empty(); }});
    std::atomic<bool> in_time{true};
    LoopTimer deadline(loop);
    deadline.after(std::chrono::seconds(60), [&] {
        in_time = false;
        loop.stop();
    });
    std::thread producer([&] {
        for (int time = 0; time < kTimes && in_time; ++time) {
            for (int item = 0; item < kItems; ++item) {
                ring.push(item);
                waker.wake();
                std::this_thread::yield();
            }
            while (seen < (time + 1) * kItems && in_time) {
                std::this_thread::yield();
            }
        }
    });
    loop.run();
    producer.join();
    EXPECT_TRUE(in_time);
    EXPECT_EQ(seen, kTimes * kItems);
}

TEST(EventLoop, RunsPostedTasksInOrderAfterTheRings) {
    Waker waker;
    EventLoop loop(waker, ControlPolicy::sleep);
    std::vector<int> order;
    bool drained = false;
    loop.add_source({.drain =
                         [&] {
                             if (!drained) {
                                 drained = true;
                                 order.push_back(0);
                             }
                         },
                     .empty = [] { return true; }});
    loop.post([&] { order.push_back(1); });
    loop.post([&] {
        order.push_back(2);
        loop.post([&] {
            order.push_back(3);
            loop.stop();
        });
    });
    loop.run();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

TEST(EventLoop, DoesNotRunOnceItHasBeenStopped) {
    Waker waker;
    EventLoop loop(waker, ControlPolicy::sleep);
    LoopTimer deadline(loop);
    bool waited = false;
    deadline.after(std::chrono::seconds(10), [&] {
        waited = true;
        loop.stop();
    });
    loop.stop();
    loop.run();
    EXPECT_FALSE(waited);
}

TEST(EventLoop, DrainsTheRingsBetweenTasksWithoutEnd) {
    Waker waker;
    EventLoop loop(waker, ControlPolicy::sleep);
    int drained = 0;
    loop.add_source({.drain =
                         [&] {
                             if (++drained == 3) {
                                 loop.stop();
                             }
                         },
                     .empty = [] { return true; }});
    int tasks = 0;
    std::function<void()> task = [&] {
        if (++tasks == 1'000'000) {
            loop.stop();
        } else {
            loop.post(task);
        }
    };
    loop.post(task);
    loop.run();
    EXPECT_EQ(drained, 3);
    EXPECT_LT(tasks, 1'000'000);
}

}  // namespace
}  // namespace mgmd
