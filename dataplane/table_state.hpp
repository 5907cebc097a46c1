// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "dataplane/block_arena.hpp"
#include "dataplane/entry.hpp"
#include "dataplane/hash.hpp"
#include "dataplane/huge_array.hpp"
#include "dataplane/lookup_table.hpp"

namespace mgmd::dataplane {

/// Which kinds of entries exist at all: a kind that doesn't costs a lookup nothing.
template <class F>
struct PopulatedLevels {
    static constexpr std::uint32_t kSourceGroup = 1;
    static constexpr std::uint32_t kAnySource = 2;
    static constexpr std::uint32_t kAnyGroup = 4;

    std::atomic<std::uint32_t> exact{0};  // worker: ro, control: wo; the bits above
    /// Bit n: there are entries (*,G/n), 0 < n < address bits.
    std::array<std::atomic<std::uint64_t>, F::address_bits == 32 ? 1 : 2> lengths{};
};

/// What control publishes and workers read.
template <class F>
struct TableState {
    TableState(std::size_t capacity, std::size_t versions, std::size_t block_octets)
        : lookup(capacity), entries(versions + 1), blocks(block_octets) {
        // No packet has this key: a guess that found nothing compares with it.
        entries[kNoEntry].key.words.fill(~std::uint64_t{0});
    }

    SeededHash hash;
    LookupTable lookup;
    HugeArray<Entry<F>> entries;
    BlockArena blocks;
    PopulatedLevels<F> levels;
    alignas(64) std::atomic<std::uint64_t> published_sequence{0};  // worker: ro, control: wo
};

}  // namespace mgmd::dataplane
