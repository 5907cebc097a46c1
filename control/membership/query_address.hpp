// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>

#include "common/settings.hpp"

namespace mgmd::membership {

/// fe80::/64 and the modified EUI-64 of the MAC address (RFC 4291 App. A).
constexpr Ipv6Address link_local_address(const MacAddress& mac) {
    const auto& m = mac.bytes;
    return {{0xfe, 0x80, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(m[0] ^ 2), m[1], m[2], 0xff,
             0xfe, m[3], m[4], m[5]}};
}

/// What the queries on an interface come from. IGMP: its first address; nullopt without one
/// (RFC 9776 4: never 0.0.0.0). MLD: its link-local address, configured or of its MAC address
/// (RFC 9777 5).
template <class F>
std::optional<typename F::Address> query_address(const InterfaceSettings& interface,
                                                 const MacAddress& mac) {
    const auto& addresses = interface.family<F>().addresses;
    if constexpr (F::family == Family::ipv4) {
        return addresses.empty() ? std::nullopt : std::optional(addresses.front().address);
    } else {
        const auto own = std::find_if(addresses.begin(), addresses.end(), [](const auto& address) {
            return is_link_local(address.address);
        });
        return own == addresses.end() ? link_local_address(mac) : own->address;
    }
}

}  // namespace mgmd::membership
