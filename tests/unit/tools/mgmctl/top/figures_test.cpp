// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/figures.hpp"

#include <gtest/gtest.h>

namespace mgmd::mgmctl::top {
namespace {

TEST(Scaled, ShowsThreeDigitsAndAUnit) {
    EXPECT_EQ(scaled(0), "0");
    EXPECT_EQ(scaled(0.5), "0.5");
    EXPECT_EQ(scaled(87), "87");
    EXPECT_EQ(scaled(87.25), "87.2");
    EXPECT_EQ(scaled(999), "999");
    EXPECT_EQ(scaled(999.7), "1.00k") << "not 1000";
    EXPECT_EQ(scaled(12'500), "12.5k");
    EXPECT_EQ(scaled(1'250'000), "1.25M");
    EXPECT_EQ(scaled(9'999), "10.0k");
    EXPECT_EQ(scaled(999'600), "1.00M");
    EXPECT_EQ(scaled(3e9), "3.00G");
    EXPECT_EQ(scaled(2e15), "2000T");
}

TEST(Sparkline, IsAsHighAsItsHighestValue) {
    EXPECT_EQ(sparkline({0, 1, 4, 8}, 4, Glyphs::blocks), " ▁▄█");
    EXPECT_EQ(sparkline({0, 1, 4, 8}, 4, Glyphs::ascii), " .=#");
    EXPECT_EQ(sparkline({0.001, 8}, 2, Glyphs::blocks), "▁█") << "something is not nothing";
}

TEST(Sparkline, ShowsTheLastValuesAtTheRight) {
    EXPECT_EQ(sparkline({8, 4, 4}, 2, Glyphs::ascii), "##");
    EXPECT_EQ(sparkline({8}, 4, Glyphs::ascii), "   #");
    EXPECT_EQ(sparkline({}, 3, Glyphs::ascii), "   ");
    EXPECT_EQ(sparkline({0, 0}, 3, Glyphs::blocks), "   ");
    EXPECT_EQ(sparkline({1, 2}, 0, Glyphs::blocks), "");
}

TEST(Fitted, CutsAndFillsByColumnsNotOctets) {
    EXPECT_EQ(fitted("left", 6), "left  ");
    EXPECT_EQ(fitted("2001:db8::1", 6), "2001:~");
    EXPECT_EQ(fitted("zürich", 7), "zürich ");
    EXPECT_EQ(fitted("zürich", 4), "zür~");
    EXPECT_EQ(fitted("left", 0), "");
    EXPECT_EQ(right_aligned("12", 4), "  12");
    EXPECT_EQ(right_aligned("12345", 4), "123~");
}

}  // namespace
}  // namespace mgmd::mgmctl::top
