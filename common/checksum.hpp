// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "common/endian.hpp"

/// The Internet checksum (RFC 1071), whole and incremental. Any thread, no allocation.
namespace mgmd {

/// Folds a sum of 16-bit words to 16 bits with end-around carry (RFC 1071 1).
constexpr std::uint16_t fold_checksum(std::uint64_t sum) {
    while ((sum >> 16) != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(sum);
}

/// Sum of the raw 16-bit words of `bytes`, an odd last octet padded with zero. Sums of pieces of
/// even length add up; byte order does not matter (RFC 1071 2 B).
inline std::uint64_t checksum_sum(std::span<const std::uint8_t> bytes) {
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

/// Checksum after one 16-bit word of the covered data changed (RFC 1624 eqn. 3): ~(~HC + ~m + m').
constexpr be16 updated_checksum(be16 checksum, be16 old_word, be16 new_word) {
    const std::uint64_t sum = static_cast<std::uint16_t>(~checksum.raw()) +
                              std::uint64_t{static_cast<std::uint16_t>(~old_word.raw())} +
                              new_word.raw();
    return be16::from_raw(static_cast<std::uint16_t>(~fold_checksum(sum)));
}

}  // namespace mgmd
