// SPDX-License-Identifier: Apache-2.0
#include "dataplane/qsbr.hpp"

#include <gtest/gtest.h>

namespace mgmd::dataplane {
namespace {

TEST(Qsbr, WaitsForEveryWorkerThatIsOnline) {
    Qsbr qsbr(3);
    qsbr.online(0);
    qsbr.online(2);
    const auto token = qsbr.start();
    EXPECT_FALSE(qsbr.passed(token));
    EXPECT_EQ(qsbr.laggard(token), WorkerIndex{0});
    qsbr.quiescent(0);
    EXPECT_FALSE(qsbr.passed(token));
    EXPECT_EQ(qsbr.laggard(token), WorkerIndex{2});
    qsbr.offline(2);
    EXPECT_TRUE(qsbr.passed(token));
    EXPECT_FALSE(qsbr.laggard(token));
}

TEST(Qsbr, AWorkerThatComesOnlineLaterHoldsNothingUp) {
    Qsbr qsbr(1);
    const auto token = qsbr.start();
    qsbr.online(0);
    EXPECT_TRUE(qsbr.passed(token));
    const auto next = qsbr.start();
    EXPECT_FALSE(qsbr.passed(next));
    EXPECT_GT(next, token);
}

}  // namespace
}  // namespace mgmd::dataplane
