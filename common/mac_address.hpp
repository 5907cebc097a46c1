// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/ip_address.hpp"

namespace mgmd {

/// An EUI-48 address in transmission order.
struct MacAddress {
    std::array<std::uint8_t, 6> bytes{};

    friend constexpr auto operator<=>(const MacAddress&, const MacAddress&) = default;
    /// Word by word: comparing the array would be a call of memcmp for each frame.
    friend constexpr bool operator==(const MacAddress& a, const MacAddress& b) {
        using Words = std::array<std::uint16_t, 3>;
        const auto left = std::bit_cast<Words>(a.bytes);
        const auto right = std::bit_cast<Words>(b.bytes);
        return ((left[0] ^ right[0]) | (left[1] ^ right[1]) | (left[2] ^ right[2])) == 0;
    }
};
static_assert(sizeof(MacAddress) == 6 && alignof(MacAddress) == 1);

/// Individual/group bit (IEEE 802 8.2): true for broadcast too.
constexpr bool is_group_mac(const MacAddress& mac) {
    return (mac.bytes[0] & 1) != 0;
}

inline constexpr MacAddress kBroadcastMac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

/// 01:00:5e and the low 23 bits of the group (RFC 1112 6.4).
constexpr MacAddress multicast_mac(const Ipv4Address& group) {
    return {{0x01, 0x00, 0x5e, static_cast<std::uint8_t>(group.bytes[1] & 0x7f), group.bytes[2],
             group.bytes[3]}};
}

/// 33:33 and the low 32 bits of the group (RFC 2464 7).
constexpr MacAddress multicast_mac(const Ipv6Address& group) {
    return {{0x33, 0x33, group.bytes[12], group.bytes[13], group.bytes[14], group.bytes[15]}};
}

/// Six two-digit hexadecimal groups separated by ':'; nullopt when malformed.
std::optional<MacAddress> parse_mac(std::string_view text);
std::string to_string(const MacAddress& mac);

}  // namespace mgmd
