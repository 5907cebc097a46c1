// SPDX-License-Identifier: Apache-2.0
#include "common/waker.hpp"

#include <atomic>
#include <poll.h>
#include <thread>

#include <gtest/gtest.h>

#include "common/metered_ring.hpp"

namespace mgmd {
namespace {

bool readable(const Waker& waker, int timeout_ms) {
    pollfd descriptor{waker.descriptor(), POLLIN, 0};
    return poll(&descriptor, 1, timeout_ms) == 1;
}

TEST(Waker, SignalsOnlyASleeper) {
    Waker waker;
    waker.wake();
    EXPECT_FALSE(readable(waker, 0));
    waker.prepare_sleep();
    waker.wake();
    waker.wake();
    EXPECT_TRUE(readable(waker, 0));
    waker.awake();
    EXPECT_FALSE(readable(waker, 0));
}

// Without the second look at the ring, or with the flag tested instead of exchanged, an item stays
// behind while the consumer sleeps and the deadline passes.
TEST(Waker, NeverLosesAWakeUp) {
    constexpr int kItems = 50'000;
    Waker waker;
    MeteredRing<int, 256> ring;
    std::thread producer([&] {
        for (int i = 0; i < kItems;) {
            i += ring.push(i) ? 1 : 0;
            waker.wake();
        }
    });
    int seen = 0;
    bool in_time = true;
    while (seen < kItems && in_time) {
        ring.drain([&](int) { ++seen; });
        waker.prepare_sleep();
        if (ring.empty() && seen < kItems) {
            in_time = readable(waker, 10'000);
        }
        waker.awake();
    }
    EXPECT_TRUE(in_time);
    producer.join();
}

}  // namespace
}  // namespace mgmd
