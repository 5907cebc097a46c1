// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "common/ip_address.hpp"

namespace mgmd::mgm {

/// Two addresses as one number, the first one ahead of the second: what ordered indexes compare, a
/// word or two at a time where octets would take calls of memcmp.
template <class F>
class AddressPair {
public:
    using Address = typename F::Address;

    constexpr AddressPair() = default;
    constexpr AddressPair(const Address& first, const Address& second) {
        if constexpr (F::family == Family::ipv4) {
            words_[0] = std::uint64_t{number(std::bit_cast<std::uint32_t>(first.bytes))} << 32 |
                        number(std::bit_cast<std::uint32_t>(second.bytes));
        } else {
            const auto high = std::bit_cast<std::array<std::uint64_t, 2>>(first.bytes);
            const auto low = std::bit_cast<std::array<std::uint64_t, 2>>(second.bytes);
            words_ = {number(high[0]), number(high[1]), number(low[0]), number(low[1])};
        }
    }

    friend constexpr auto operator<=>(const AddressPair&, const AddressPair&) = default;

private:
    static_assert(std::endian::native == std::endian::little);
    static constexpr std::uint32_t number(std::uint32_t octets) {
        return __builtin_bswap32(octets);
    }
    static constexpr std::uint64_t number(std::uint64_t octets) {
        return __builtin_bswap64(octets);
    }

    std::array<std::uint64_t, std::size_t{F::address_bits} * 2 / 64> words_{};
};

}  // namespace mgmd::mgm
