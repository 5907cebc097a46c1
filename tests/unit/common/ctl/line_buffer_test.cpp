// SPDX-License-Identifier: Apache-2.0
#include "common/ctl/line_buffer.hpp"

#include <gtest/gtest.h>

namespace mgmd::ctl {
namespace {

TEST(LineBuffer, CutsLinesWhereverTheirPiecesEnd) {
    LineBuffer buffer(16);
    buffer.append("on");
    EXPECT_FALSE(buffer.has_line());
    EXPECT_EQ(buffer.next(), std::nullopt);
    buffer.append("e\ntwo\n\nth");
    EXPECT_EQ(buffer.next(), "one");
    EXPECT_EQ(buffer.next(), "two");
    EXPECT_EQ(buffer.next(), "");
    EXPECT_EQ(buffer.next(), std::nullopt);
    EXPECT_EQ(buffer.rest(), "th");
    buffer.append("ree\n");
    EXPECT_EQ(buffer.next(), "three");
}

TEST(LineBuffer, TakesALineOfTheLimitAndNoLongerOne) {
    LineBuffer buffer(4);
    buffer.append("abcd");
    EXPECT_FALSE(buffer.has_overflown());
    EXPECT_EQ(buffer.room(), 1u);
    buffer.append("\n");
    EXPECT_FALSE(buffer.has_overflown());
    EXPECT_EQ(buffer.room(), 0u);
    EXPECT_EQ(buffer.next(), "abcd");
    EXPECT_EQ(buffer.room(), 5u);
    buffer.append("abcde");
    EXPECT_TRUE(buffer.has_overflown());
    EXPECT_EQ(buffer.room(), 0u);
}

}  // namespace
}  // namespace mgmd::ctl
