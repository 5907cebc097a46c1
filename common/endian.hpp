// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mgmd {

/// An unsigned integer as it stands on the wire. It never converts by itself: `host()` gives the
/// number, `raw()` the bytes as the processor would load them, for comparisons and checksums.
template <std::unsigned_integral T>
class [[gnu::packed]] BigEndian {
public:
    constexpr BigEndian() = default;
    explicit constexpr BigEndian(T host) : raw_(swap(host)) {}
    static constexpr BigEndian from_raw(T raw) {
        BigEndian value;
        value.raw_ = raw;
        return value;
    }

    constexpr T host() const { return swap(raw_); }
    constexpr T raw() const { return raw_; }

    friend constexpr bool operator==(const BigEndian& a, const BigEndian& b) {
        return a.raw() == b.raw();
    }

private:
    static constexpr T swap(T value) {
        if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) {
            return value;
        } else if constexpr (sizeof(T) == 2) {
            return __builtin_bswap16(value);
        } else if constexpr (sizeof(T) == 4) {
            return __builtin_bswap32(value);
        } else {
            return __builtin_bswap64(value);
        }
    }
    T raw_ = 0;
};

using be16 = BigEndian<std::uint16_t>;
using be32 = BigEndian<std::uint32_t>;
static_assert(sizeof(be16) == 2 && alignof(be16) == 1 && std::is_trivially_copyable_v<be16>);
static_assert(sizeof(be32) == 4 && alignof(be32) == 1 && std::is_trivially_copyable_v<be32>);

}  // namespace mgmd
