// SPDX-License-Identifier: Apache-2.0
#include "common/log_limit.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace mgmd {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LogLimitTest : public ::testing::Test {
protected:
    /// What is written of so many lines.
    std::vector<std::string> write(int lines) {
        std::vector<std::string> written;
        for (int i = 0; i < lines; ++i) {
            limit_(clock_.now(),
                   [&](const std::string& more) { written.push_back("line" + more); });
        }
        return written;
    }

    test::FakeClock clock_;
    LogLimit limit_{3, seconds(10)};
};

TEST_F(LogLimitTest, LetsABurstThrough) {
    EXPECT_THAT(write(3), ElementsAre("line", "line", "line"));
    EXPECT_THAT(write(7), IsEmpty());
}

TEST_F(LogLimitTest, ThenOneLinePerIntervalThatTellsOfTheOthers) {
    write(10);
    clock_.advance(seconds(10));
    EXPECT_THAT(write(5), ElementsAre("line (7 more suppressed)"));
    clock_.advance(seconds(10));
    EXPECT_THAT(write(1), ElementsAre("line (4 more suppressed)"));
    clock_.advance(seconds(10));
    EXPECT_THAT(write(1), ElementsAre("line"));
}

TEST_F(LogLimitTest, AllowsABurstAgainAfterAPause) {
    write(10);
    clock_.advance(seconds(30));
    EXPECT_THAT(write(9), ElementsAre("line (7 more suppressed)", "line", "line"));
}

}  // namespace
}  // namespace mgmd
