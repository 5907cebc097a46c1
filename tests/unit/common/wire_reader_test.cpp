// SPDX-License-Identifier: Apache-2.0
#include "common/wire_reader.hpp"

#include <array>

#include <gtest/gtest.h>

#include "common/headers.hpp"

namespace mgmd {
namespace {

TEST(WireReader, ReadsNothingPastTheEndAndStaysWhereItWas) {
    const std::array<std::uint8_t, 5> bytes{1, 2, 3, 4, 5};
    WireReader reader(bytes);
    EXPECT_EQ(reader.read<be16>()->host(), 0x0102);
    EXPECT_FALSE(reader.read<be32>());
    EXPECT_EQ(reader.position(), 2u);
    EXPECT_FALSE(reader.take(4));
    EXPECT_FALSE(reader.skip(4));
    EXPECT_EQ(reader.take(3)->size(), 3u);
    EXPECT_EQ(reader.remaining(), 0u);
    EXPECT_FALSE(reader.read<std::uint8_t>());
    EXPECT_TRUE(reader.skip(0));
}

TEST(WireReader, ReadsHeadersAtOddOffsets) {
    std::array<std::uint8_t, 21> bytes{};
    bytes[1] = 0x45;
    bytes[9] = 64;
    WireReader reader(bytes);
    ASSERT_TRUE(reader.skip(1));
    const auto header = reader.read<Ipv4Header>();
    ASSERT_TRUE(header);
    EXPECT_EQ(header->header_length(), 20u);
    EXPECT_EQ(header->ttl, 64);
}

}  // namespace
}  // namespace mgmd
