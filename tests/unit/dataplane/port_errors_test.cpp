// SPDX-License-Identifier: Apache-2.0
#include "dataplane/port_errors.hpp"

#include <gtest/gtest.h>

namespace mgmd::dataplane {
namespace {

using std::chrono::milliseconds;

TEST(PortErrors, AreReportedAtOnceWhenTheyBegin) {
    PortErrors errors;
    const TimePoint start{};
    EXPECT_TRUE(errors.due(start));
    EXPECT_FALSE(errors.look(0, start));
    EXPECT_EQ(errors.look(7, start + PortErrors::kBetweenLooks), 7u);
    EXPECT_FALSE(errors.look(7, start + 10 * PortErrors::kBetweenReports)) << "no new ones";
}

TEST(PortErrors, AreReportedTogetherWhileTheyGoOn) {
    PortErrors errors;
    const TimePoint start{};
    EXPECT_EQ(errors.look(1, start), 1u);
    const auto next = start + PortErrors::kBetweenReports;
    EXPECT_FALSE(errors.look(5, next - milliseconds(1)));
    EXPECT_EQ(errors.look(9, next), 8u);
    EXPECT_FALSE(errors.look(10, next + milliseconds(1)));
}

TEST(PortErrors, AreLookedForOnceInAWhile) {
    PortErrors errors;
    const TimePoint start{};
    (void)errors.look(0, start);
    EXPECT_FALSE(errors.due(start + PortErrors::kBetweenLooks - milliseconds(1)));
    EXPECT_TRUE(errors.due(start + PortErrors::kBetweenLooks));
}

}  // namespace
}  // namespace mgmd::dataplane
