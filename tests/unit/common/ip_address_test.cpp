// SPDX-License-Identifier: Apache-2.0
#include "common/ip_address.hpp"

#include <gtest/gtest.h>

#include "common/address_range.hpp"

namespace mgmd {
namespace {

Ipv4Address v4(const char* text) {
    return parse_address<V4>(text).value();
}
Ipv6Address v6(const char* text) {
    return parse_address<V6>(text).value();
}

TEST(IpAddress, ComparesNumerically) {
    EXPECT_LT(v4("9.255.255.255"), v4("10.0.0.0"));
    EXPECT_LT(v6("::ffff"), v6("::1:0"));
}

TEST(IpAddress, LastOfARange) {
    EXPECT_EQ(filled(v4("10.1.2.3"), 32), v4("10.1.2.3"));
    EXPECT_EQ(filled(v4("10.1.2.0"), 23), v4("10.1.3.255"));
    EXPECT_EQ(filled(v4("0.0.0.0"), 0), v4("255.255.255.255"));
    EXPECT_EQ(filled(v6("ff00::"), 15), v6("ff01:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
}

TEST(IpAddress, RoundTripsThroughText) {
    EXPECT_EQ(to_string(v4("239.1.2.3")), "239.1.2.3");
    EXPECT_EQ(to_string(v6("ff1e:0:0::1:2")), "ff1e::1:2");
}

TEST(IpAddress, RefusesWhatIsNotAnAddress) {
    for (const auto* text : {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4 ", "::1", "a"}) {
        EXPECT_FALSE(parse_address<V4>(text)) << text;
    }
    EXPECT_FALSE(parse_address<V4>(std::string_view("1.2.3.4\0x", 9)));
    for (const auto* text : {"", ":", "1.2.3.4", "::g", "1:2:3:4:5:6:7:8:9"}) {
        EXPECT_FALSE(parse_address<V6>(text)) << text;
    }
}

TEST(Prefix, ParsesLengthAndItsBounds) {
    EXPECT_EQ(parse_prefix<V4>("10.1.0.1/24")->length, 24);
    EXPECT_EQ(parse_prefix<V4>("10.1.0.1")->length, 32);
    EXPECT_EQ(parse_prefix<V6>("fd00::/0")->length, 0);
    for (const auto* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "/8"}) {
        EXPECT_FALSE(parse_prefix<V4>(text)) << text;
    }
}

TEST(Prefix, ContainsForEveryLength) {
    const auto address = v4("203.85.170.51");
    for (std::uint8_t length = 0; length <= 32; ++length) {
        const Prefix<V4> prefix{address, length};
        EXPECT_TRUE(prefix.contains(address));
        if (length > 0) {
            auto other = address;  // differs in the last bit that the prefix covers
            other.bytes[(length - 1) / 8] ^= static_cast<std::uint8_t>(0x80 >> ((length - 1) % 8));
            EXPECT_FALSE(prefix.contains(other)) << int{length};
        }
        if (length < 32) {
            auto other = address;  // differs in the first bit that it does not cover
            other.bytes[length / 8] ^= static_cast<std::uint8_t>(0x80 >> (length % 8));
            EXPECT_TRUE(prefix.contains(other)) << int{length};
        }
    }
}

TEST(Prefix, NetworkClearsHostBits) {
    EXPECT_EQ(to_string(parse_prefix<V4>("10.1.3.7/22")->network()), "10.1.0.0/22");
    EXPECT_EQ(to_string(parse_prefix<V6>("fd00:1::1/64")->network()), "fd00:1::/64");
}

TEST(MulticastScope, NamesWhatIsNeverForwarded) {
    EXPECT_TRUE(is_link_scope_group(v4("224.0.0.255")));
    EXPECT_FALSE(is_link_scope_group(v4("224.0.1.0")));
    EXPECT_TRUE(is_link_scope_group(v6("ff12::1")));  // whatever the flags
    EXPECT_FALSE(is_link_scope_group(v6("ff15::1")));
    EXPECT_TRUE(is_ssm_group(v4("232.0.0.1")));
    EXPECT_TRUE(is_ssm_group(v6("ff3e::1")));
    EXPECT_FALSE(is_ssm_group(v6("ff3e:20::1")));
    EXPECT_TRUE(is_multicast(v4("239.255.255.255")));
    EXPECT_FALSE(is_multicast(v4("240.0.0.0")));
}

TEST(RawAddress, KeepsBothFamilies) {
    EXPECT_EQ(RawAddress::from(v4("10.1.2.3")).as<V4>(), v4("10.1.2.3"));
    EXPECT_EQ(RawAddress::from(v6("fd00::9")).as<V6>(), v6("fd00::9"));
}

}  // namespace
}  // namespace mgmd
