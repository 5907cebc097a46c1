// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/controls.hpp"

#include <gtest/gtest.h>

namespace mgmd::mgmctl::top {
namespace {

using std::chrono::seconds;

class ControlsTest : public ::testing::Test {
protected:
    void type(std::string_view keys) {
        for (const char key : keys) {
            controls.press(key);
        }
    }
    Controls controls{seconds(1)};
};

TEST_F(ControlsTest, EachPanelKeepsItsOrder) {
    type("ss");
    EXPECT_EQ(controls.sort(), 2u);
    type("i");
    EXPECT_EQ(controls.panel(), Panel::interfaces);
    EXPECT_EQ(controls.sort(), 0u);
    type("sssss");
    EXPECT_EQ(controls.sort(), 0u) << "and round again";
    type("f");
    EXPECT_EQ(controls.sort(), 2u);
}

TEST_F(ControlsTest, AFilterIsTakenWithEnter) {
    type("/239.1q");
    EXPECT_TRUE(controls.is_editing());
    EXPECT_EQ(controls.filter(), "");
    EXPECT_EQ(controls.draft(), "239.1q");
    type("\x7f\n");
    EXPECT_FALSE(controls.is_editing());
    EXPECT_FALSE(controls.wants_to_quit());
    EXPECT_EQ(controls.filter(), "239.1");
    type("/\b\b\b\b\b\b\b\r");
    EXPECT_EQ(controls.filter(), "");
}

TEST_F(ControlsTest, EscapeLeavesTheFilterAsItWas) {
    type("/a\n/b\x1b");
    EXPECT_FALSE(controls.is_editing());
    EXPECT_EQ(controls.filter(), "a");
}

TEST_F(ControlsTest, AFilterHasAnEnd) {
    type("/" + std::string(1000, 'x') + "\n");
    EXPECT_LE(controls.filter().size(), 64u);
}

TEST_F(ControlsTest, ArrowsAndFunctionKeysAreNoLetters) {
    type("\x1b[A\x1b[1;5q\x1bOq\x1b[15~\x1b[[q");
    EXPECT_FALSE(controls.wants_to_quit());
    EXPECT_EQ(controls.panel(), Panel::flows);
    type("q");
    EXPECT_TRUE(controls.wants_to_quit());
}

TEST_F(ControlsTest, TheIntervalGoesInSteps) {
    type("-");
    EXPECT_EQ(controls.interval(), seconds(1));
    type("++");
    EXPECT_EQ(controls.interval(), seconds(5));
    type("++++++++++");
    EXPECT_EQ(controls.interval(), seconds(300));
    type("-");
    EXPECT_EQ(controls.interval(), seconds(60));
    controls = Controls(seconds(7));
    type("-");
    EXPECT_EQ(controls.interval(), seconds(5));
}

TEST_F(ControlsTest, PauseAndHelpGoOnAndOff) {
    type("ph");
    EXPECT_TRUE(controls.is_paused());
    EXPECT_TRUE(controls.shows_help());
    type("ph");
    EXPECT_FALSE(controls.is_paused());
    EXPECT_FALSE(controls.shows_help());
}

}  // namespace
}  // namespace mgmd::mgmctl::top
