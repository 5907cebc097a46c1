// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "common/endian.hpp"

/// The Internet checksum (RFC 1071), whole and incremental. Any thread, no allocation.
namespace mgmd {

/// Folds a sum of 16-bit words to 16 bits with end-around carry (RFC 1071 1). In as many steps as
/// any sum can need: how many this one does would be a branch that nobody can predict.
constexpr std::uint16_t fold_checksum(std::uint64_t sum) {
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

/// Whether a sum over data and its checksum says that nothing changed: fold_checksum(sum) ==
/// 0xffff, by a multiplication. Folding leaves a sum its remainder by 0xffff, and makes 0 of 0
/// only.
constexpr bool checksum_holds(std::uint64_t sum) {
    return sum % 0xffff == 0 && sum != 0;
}

/// Sum of the raw 16-bit words of `bytes`, an odd last octet padded with zero. Sums of pieces of
/// even length add up; byte order does not matter (RFC 1071 2 B).
[[gnu::always_inline]] inline std::uint64_t checksum_sum(std::span<const std::uint8_t> bytes) {
    std::uint64_t sum = 0;
    std::size_t at = 0;
    for (; at + 4 <= bytes.size(); at += 4) {
        std::uint32_t word;
        std::memcpy(&word, bytes.data() + at, sizeof(word));
        sum += word;
    }
    if (at + 2 <= bytes.size()) {
        std::uint16_t word;
        std::memcpy(&word, bytes.data() + at, sizeof(word));
        sum += word;
        at += 2;
    }
    if (at < bytes.size()) {
        std::uint16_t last = 0;
        std::memcpy(&last, bytes.data() + at, 1);
        sum += last;
    }
    return sum;
}

/// Value for a checksum field that was zero while summed.
inline be16 internet_checksum(std::span<const std::uint8_t> bytes, std::uint64_t initial = 0) {
    return be16::from_raw(
        static_cast<std::uint16_t>(~fold_checksum(initial + checksum_sum(bytes))));
}

/// Checksum after one 16-bit word of the covered data became smaller by `difference`
/// (RFC 1624 eqn. 3, in which ~m + m' is then ~difference). Neither 0 nor 0xffff. Byte order does
/// not matter (RFC 1071 2 B), so none is changed.
constexpr be16 checksum_of_less(be16 checksum, be16 difference) {
    const std::uint32_t sum = std::uint32_t{checksum.raw()} + difference.raw();
    return be16::from_raw(static_cast<std::uint16_t>(sum + (sum >= 0xffff ? 1 : 0)));
}

}  // namespace mgmd
