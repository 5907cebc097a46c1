// SPDX-License-Identifier: Apache-2.0
#include "tests/support/packet_builder.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/checksum.hpp"

namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

Bytes slice(const Bytes& bytes, std::size_t from, std::size_t count) {
    return {bytes.begin() + static_cast<std::ptrdiff_t>(from),
            bytes.begin() + static_cast<std::ptrdiff_t>(from + count)};
}

TEST(PacketBuilder, DerivesLengthsChecksumAndMac) {
    const auto bytes =
        PacketBuilder().ipv4("10.1.0.10", "239.129.1.1").udp(1000, 2000).payload(4).bytes();
    ASSERT_THAT(bytes, SizeIs(14 + 20 + 8 + 4));
    EXPECT_THAT(slice(bytes, 0, 6), ElementsAre(0x01, 0x00, 0x5e, 0x01, 0x01, 0x01));
    EXPECT_THAT(slice(bytes, 12, 2), ElementsAre(0x08, 0x00));
    EXPECT_THAT(slice(bytes, 16, 2), ElementsAre(0, 32));
    EXPECT_EQ(fold_checksum(checksum_sum(slice(bytes, 14, 20))), 0xffff);
    EXPECT_THAT(slice(bytes, 38, 2), ElementsAre(0, 12));
}

TEST(PacketBuilder, PutsTagsOutermostFirst) {
    const auto packet = PacketBuilder().service_vlan(100).vlan(5, 3).ipv6("2001:db8::1", "ff3e::1");
    EXPECT_EQ(packet.l2_length(), 22u);
    EXPECT_THAT(slice(packet.bytes(), 12, 10),
                ElementsAre(0x88, 0xa8, 0, 100, 0x81, 0x00, 0x60, 5, 0x86, 0xdd));
}

TEST(PacketBuilder, PadsHopByHopOptions) {
    const auto bytes =
        PacketBuilder().ipv6("fe80::1", "ff02::16").router_alert().protocol(58).bytes();
    EXPECT_EQ(bytes.at(14 + 6), 0);
    EXPECT_THAT(slice(bytes, 54, 8), ElementsAre(58, 0, 5, 2, 0, 0, 1, 0));
    EXPECT_THAT(padded_hop_by_hop({5, 2, 0, 0, 0}), ElementsAre(5, 2, 0, 0, 0, 0));
    EXPECT_THAT(padded_hop_by_hop({}), ElementsAre(1, 4, 0, 0, 0, 0));
    EXPECT_THAT(padded_hop_by_hop({0, 0, 0, 0, 0, 0}), SizeIs(6));
}

TEST(PacketBuilder, LetsEverythingBeWrong) {
    const auto bytes = PacketBuilder()
                           .ipv4("10.1.0.10", "239.1.1.1")
                           .version(7)
                           .header_words(3)
                           .total_length(9)
                           .checksum(0xabcd)
                           .bytes();
    EXPECT_EQ(bytes.at(14), 0x73);
    EXPECT_THAT(slice(bytes, 16, 2), ElementsAre(0, 9));
    EXPECT_THAT(slice(bytes, 24, 2), ElementsAre(0xab, 0xcd));
    EXPECT_THAT(PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").truncate(15).bytes(), SizeIs(15));
    EXPECT_THROW(PacketBuilder().ipv4("10.1.0", "239.1.1.1"), std::invalid_argument);
}

TEST(PacketBuilder, KeepsTheTrailerOutOfTheIpPacket) {
    const auto packet = PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").udp(1, 2).trailer(3, 9);
    EXPECT_THAT(packet.network_bytes(), SizeIs(28));
    EXPECT_THAT(packet.bytes(), SizeIs(14 + 28 + 3));
    EXPECT_EQ(packet.bytes().back(), 9);
}

}  // namespace
}  // namespace mgmd::test
