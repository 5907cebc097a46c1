// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

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

/// The same for a length that is known, a multiple of four: without a loop.
template <std::size_t N>
std::uint64_t checksum_sum(std::span<const std::uint8_t, N> bytes) {
    static_assert(N % 4 == 0);
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        std::array<std::uint32_t, N / 4> words;
        std::memcpy(words.data(), bytes.data(), N);
        return (std::uint64_t{0} + ... + words[I]);
    }
    (std::make_index_sequence<N / 4>{});
}

/// Value for a checksum field that was zero while summed.
inline be16 internet_checksum(std::span<const std::uint8_t> bytes, std::uint64_t initial = 0) {
    return be16::from_raw(
        static_cast<std::uint16_t>(~fold_checksum(initial + checksum_sum(bytes))));
}

/// Checksum after one 16-bit word of the covered data changed (RFC 1624 eqn. 3): ~(~HC + ~m + m').
constexpr be16 updated_checksum(be16 checksum, be16 old_word, be16 new_word) {
    std::uint32_t sum = static_cast<std::uint16_t>(~checksum.raw()) +
                        std::uint32_t{static_cast<std::uint16_t>(~old_word.raw())} + new_word.raw();
    sum = (sum & 0xffff) + (sum >> 16);  // three words leave a carry of two at most
    sum += sum >> 16;
    return be16::from_raw(static_cast<std::uint16_t>(~sum));
}

}  // namespace mgmd
