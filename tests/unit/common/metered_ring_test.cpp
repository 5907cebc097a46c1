// SPDX-License-Identifier: Apache-2.0
#include "common/metered_ring.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace mgmd {
namespace {

TEST(MeteredRing, CountsWhatItRefuses) {
    MeteredRing<int, 4> ring;
    for (int i = 0; i < 7; ++i) {
        EXPECT_EQ(ring.push(i), i < 4);
    }
    EXPECT_EQ(ring.accepted(), 4u);
    EXPECT_EQ(ring.refused(), 3u);
    EXPECT_EQ(ring.fill(), 4u);
    std::vector<int> got;
    EXPECT_EQ(ring.drain([&](int item) { got.push_back(item); }, 3), 3u);
    EXPECT_EQ(got, (std::vector<int>{0, 1, 2}));
    EXPECT_TRUE(ring.push(7));
    EXPECT_EQ(ring.drain([&](int item) { got.push_back(item); }), 2u);
    EXPECT_EQ(got, (std::vector<int>{0, 1, 2, 3, 7}));
    EXPECT_TRUE(ring.empty());
}

TEST(MeteredRing, KeepsOrderBetweenTwoThreads) {
    constexpr int kItems = 200'000;
    MeteredRing<int, 64> ring;
    std::thread producer([&] {
        for (int i = 0; i < kItems;) {
            i += ring.push(i) ? 1 : 0;
        }
    });
    int expected = 0;
    bool ordered = true;
    while (expected < kItems) {
        ring.drain([&](int item) { ordered = ordered && item == expected++; });
    }
    producer.join();
    EXPECT_TRUE(ordered);
    EXPECT_EQ(ring.accepted(), static_cast<std::uint64_t>(kItems));
}

}  // namespace
}  // namespace mgmd
