// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace mgmd::dataplane {

/// Keyed 64-bit hash by folded multiplication. The seed is drawn per process, so that nobody who
/// chooses sources and groups can make them collide. CRC instructions would not do that: they are
/// linear, and keys that collide under one seed collide under all.
class SeededHash {
public:
    SeededHash() {
        std::random_device random;
        for (auto& word : seed_) {
            word = std::uint64_t{random()} << 32 | random();
        }
        seed_[5] |= 1;  // multiplied by: no bit may get lost
    }

    template <std::size_t N>
    [[gnu::always_inline]] std::uint64_t operator()(
        const std::array<std::uint64_t, N>& words) const {
        static_assert(N >= 2 && N <= 5);
        std::uint64_t hash = fold(words[0] ^ seed_[0], words[1] ^ seed_[1]);
        if constexpr (N >= 4) {
            hash ^= fold(words[2] ^ seed_[2], words[3] ^ seed_[3]);
        }
        if constexpr (N % 2 == 1) {
            hash ^= words[N - 1];
        }
        return fold(hash ^ seed_[4], seed_[5]);
    }

private:
    static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    std::array<std::uint64_t, 6> seed_;
};

}  // namespace mgmd::dataplane
