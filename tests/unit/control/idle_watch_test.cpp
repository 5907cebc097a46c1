// SPDX-License-Identifier: Apache-2.0
#include "control/idle_watch.hpp"

#include <gtest/gtest.h>

#include "control/loop_timer.hpp"
#include "tests/support/fake_dataplane_view.hpp"

namespace mgmd {
namespace {

using std::chrono::milliseconds;

TEST(IdleWatch, StopsALoopOnceNothingCameForSoLong) {
    Waker waker;
    EventLoop loop(waker, ControlPolicy::sleep);
    test::FakeDataplaneView view;
    IdleWatch watch(loop, view, milliseconds(5));
    bool still_ran = false;
    loop.post([&] {
        still_ran = true;
        view.idle = milliseconds(5);
    });
    loop.run();
    EXPECT_TRUE(still_ran);
}

TEST(IdleWatch, WaitsAgainWhileSomethingCame) {
    Waker waker;
    EventLoop loop(waker, ControlPolicy::sleep);
    test::FakeDataplaneView view;
    IdleWatch watch(loop, view, milliseconds(5));
    // Something came after the first wait: a stop then would be too soon.
    int rounds = 0;
    LoopTimer timer(loop);
    std::function<void()> tick = [&] {
        view.idle = milliseconds(++rounds < 10 ? 1 : 5);
        timer.after(milliseconds(5), [&] { tick(); });
    };
    tick();
    loop.run();
    EXPECT_GE(rounds, 10);
}

}  // namespace
}  // namespace mgmd
