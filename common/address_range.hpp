// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mgmd {

/// `address` with all but its first `length` bits set: the last one of the range that begins with
/// `masked(address, length)`. `length` <= bits of the address.
template <class Address>
constexpr Address filled(Address address, std::uint8_t length) {
    for (std::size_t i = 0; i < address.bytes.size(); ++i) {
        const int bits = static_cast<int>(length) - static_cast<int>(i * 8);
        if (bits <= 0) {
            address.bytes[i] = 0xff;
        } else if (bits < 8) {
            address.bytes[i] |= static_cast<std::uint8_t>(0xffu >> bits);
        }
    }
    return address;
}

/// The address `count` after it, as numbers; nullopt: there is none.
template <class Address>
constexpr std::optional<Address> advanced(Address address, std::uint32_t count) {
    std::uint64_t carry = count;
    for (std::size_t i = address.bytes.size(); i-- > 0 && carry != 0;) {
        carry += address.bytes[i];
        address.bytes[i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    return carry == 0 ? std::optional(address) : std::nullopt;
}

}  // namespace mgmd
