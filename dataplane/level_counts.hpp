// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "common/forwarding_table.hpp"
#include "dataplane/table_state.hpp"

namespace mgmd::dataplane {

/// How many entries of each kind there are, so that workers look only for kinds that exist. Control
/// thread.
template <class F>
class LevelCounts {
public:
    /// `levels`, which it keeps up to date, outlives it.
    explicit LevelCounts(PopulatedLevels<F>& levels) : levels_(levels) {}

    /// An entry with this key has come (`change` +1) or gone (-1).
    void count(const RouteKey<F>& key, int change) {
        using Levels = PopulatedLevels<F>;
        const auto length = key.group_length;
        if (!is_unspecified(key.source)) {
            count(sources_, change, levels_.exact, Levels::kSourceGroup);
        } else if (length == F::address_bits) {
            count(lengths_[length], change, levels_.exact, Levels::kAnySource);
        } else if (length == 0) {
            count(lengths_[length], change, levels_.exact, Levels::kAnyGroup);
        } else {
            count(lengths_[length], change, levels_.lengths[length / 64],
                  std::uint64_t{1} << (length % 64));
        }
    }

private:
    template <class Word>
    static void count(std::size_t& counter, int change, std::atomic<Word>& word, Word bit) {
        counter += static_cast<std::size_t>(change);
        const auto before = word.load(std::memory_order_relaxed);
        const auto after = counter == 0 ? before & ~bit : before | bit;
        if (after != before) {  // each worker reads it for each burst
            word.store(after, std::memory_order_release);
        }
    }

    PopulatedLevels<F>& levels_;
    std::size_t sources_ = 0;                                 // entries (S,G)
    std::array<std::size_t, F::address_bits + 1> lengths_{};  // entries (*,G/len), by len
};

}  // namespace mgmd::dataplane
