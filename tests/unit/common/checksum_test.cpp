// SPDX-License-Identifier: Apache-2.0
#include "common/checksum.hpp"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "common/headers.hpp"

namespace mgmd {
namespace {

std::span<const std::uint8_t> bytes_of(const Ipv4Header& header) {
    return {reinterpret_cast<const std::uint8_t*>(&header), sizeof(header)};
}

TEST(Checksum, MatchesTheExampleOfRfc1071) {
    const std::array<std::uint8_t, 8> data{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    EXPECT_EQ(static_cast<std::uint16_t>(~internet_checksum(data).host()), 0xddf2);
}

TEST(Checksum, PadsAnOddLastOctet) {
    const std::array<std::uint8_t, 3> odd{0x12, 0x34, 0x56};
    const std::array<std::uint8_t, 4> even{0x12, 0x34, 0x56, 0x00};
    EXPECT_EQ(internet_checksum(odd), internet_checksum(even));
}

// The whole domain of the only word that a router changes: every TTL under every protocol.
TEST(Checksum, IncrementalTtlUpdateEqualsTheWholeSum) {
    Ipv4Header header{};
    header.version_ihl = 0x45;
    header.total_length = be16(46);
    header.source = {{10, 1, 0, 10}};
    header.destination = {{239, 1, 1, 1}};
    for (unsigned identification : {0u, 0x1234u, 0xffffu}) {
        header.identification = be16(static_cast<std::uint16_t>(identification));
        for (unsigned word = 0x0100; word <= 0xffff; ++word) {
            header.ttl = static_cast<std::uint8_t>(word >> 8);
            header.protocol = static_cast<IpProtocol>(word & 0xff);
            header.checksum = be16(0);
            header.checksum = internet_checksum(bytes_of(header));
            const auto updated = checksum_of_less(header.checksum, be16{0x100});
            --header.ttl;
            header.checksum = be16(0);
            ASSERT_EQ(updated, internet_checksum(bytes_of(header))) << word;
        }
    }
}

// A header's sum has 35 bits; what matters is its low half and the carries above.
TEST(Checksum, HoldsWhereFoldingGivesAllOnes) {
    EXPECT_FALSE(checksum_holds(0));
    for (std::uint64_t high = 0; high < 8; ++high) {
        for (std::uint64_t low = 0; low <= 0x30000; ++low) {
            for (const auto sum : {high << 32 | low, high << 32 | low << 14 | low}) {
                ASSERT_EQ(checksum_holds(sum), fold_checksum(sum) == 0xffff) << sum;
            }
        }
    }
}

}  // namespace
}  // namespace mgmd
