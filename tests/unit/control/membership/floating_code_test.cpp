// SPDX-License-Identifier: Apache-2.0
#include "control/membership/wire/floating_code.hpp"

#include <gtest/gtest.h>

namespace mgmd::membership {
namespace {

TEST(FloatingCode, SmallValuesStandForThemselves) {
    for (unsigned value = 0; value < 128; ++value) {
        EXPECT_EQ(ShortCode::value(static_cast<std::uint8_t>(value)), value);
        EXPECT_EQ(ShortCode::code(value), value);
    }
    EXPECT_EQ(LongCode::code(32'767), 32'767);
    EXPECT_EQ(LongCode::value(32'767), 32'767u);
}

TEST(FloatingCode, GreaterOnesHaveAnExponent) {
    // RFC 9776 4.1.1: (mant | 0x10) << (exp + 3)
    EXPECT_EQ(ShortCode::value(0x80), 128u);
    EXPECT_EQ(ShortCode::value(0x8f), 31u << 3);
    EXPECT_EQ(ShortCode::value(0x90), 16u << 4);
    EXPECT_EQ(ShortCode::value(0xff), 31'744u);
    // RFC 9777 5.1.3: (mant | 0x1000) << (exp + 3)
    EXPECT_EQ(LongCode::value(0x8000), 32'768u);
    EXPECT_EQ(LongCode::value(0xffff), 8'387'584u);
}

TEST(FloatingCode, EveryCodeIsThatOfItsValue) {
    for (unsigned code = 0; code <= 0xff; ++code) {
        EXPECT_EQ(ShortCode::code(ShortCode::value(static_cast<std::uint8_t>(code))), code);
    }
    for (unsigned code = 0; code <= 0xffff; ++code) {
        ASSERT_EQ(LongCode::code(LongCode::value(static_cast<std::uint16_t>(code))), code);
    }
}

TEST(FloatingCode, AValueInBetweenBecomesTheNextSmaller) {
    EXPECT_EQ(ShortCode::code(135), 0x80);
    EXPECT_EQ(ShortCode::code(136), 0x81);
    EXPECT_EQ(ShortCode::code(1'000'000), 0xff);
    for (unsigned value = 128; value < 32'000; ++value) {
        const auto code = ShortCode::code(value);
        ASSERT_LE(ShortCode::value(code), value);
        if (code != 0xff) {
            ASSERT_GT(ShortCode::value(static_cast<std::uint8_t>(code + 1)), value);
        }
    }
}

}  // namespace
}  // namespace mgmd::membership
