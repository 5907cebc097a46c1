// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <emmintrin.h>
#include <optional>

#include "dataplane/huge_array.hpp"

namespace mgmd::dataplane {

/// A hash table of 32-bit indices: one writer, any number of readers that never wait. It keeps a
/// 16-bit tag of each key; the caller compares whole keys. Nothing in it ever moves: a key stays in
/// its slot until it is erased, and a replacement swaps the slot's index atomically, so a reader
/// finds the old one or the new one and never neither.
///
/// A bucket is one cache line. A key that finds its home bucket full goes to the next one with room
/// and leaves a trace in the `overflow` of each bucket it passed, which tells readers to look on.
class LookupTable {
private:
    static constexpr std::uint32_t kSlots = 8;
    static constexpr std::size_t kSlotsPerKey = 2;  // half full at most: one key in 50 overflows
    static constexpr std::uint16_t kFree = 0;

public:
    using Index = std::uint32_t;
    static constexpr Index kNone = 0;

    struct alignas(64) Bucket {
        // worker: ro, control: wo
        std::array<std::atomic<std::uint64_t>, 2> tags;  // four 16-bit tags each
        std::array<std::atomic<Index>, kSlots> indices;
        std::atomic<std::uint32_t> overflow;  // keys that passed this bucket because it was full

        /// Two bits for each slot with this tag.
        [[gnu::always_inline]] std::uint32_t matches(std::uint16_t tag) const {
            const auto low = static_cast<std::int64_t>(tags[0].load(std::memory_order_acquire));
            const auto high = static_cast<std::int64_t>(tags[1].load(std::memory_order_acquire));
            const __m128i wanted = _mm_set1_epi16(static_cast<std::int16_t>(tag));
            return static_cast<std::uint32_t>(
                _mm_movemask_epi8(_mm_cmpeq_epi16(_mm_set_epi64x(high, low), wanted)));
        }
        void set_tag(std::uint32_t position, std::uint16_t tag) {
            auto& word = tags[position / 4];
            const std::uint32_t shift = position % 4 * 16;
            const auto others = word.load(std::memory_order_relaxed) & ~(0xffffull << shift);
            word.store(others | std::uint64_t{tag} << shift, std::memory_order_release);
        }
    };
    static_assert(sizeof(Bucket) == 64);

    /// Where a key is. Writer only; valid until that key is erased.
    struct Slot {
        std::uint32_t bucket;
        std::uint32_t position;
    };

    /// `capacity`: most keys at one time. Throws std::bad_alloc.
    explicit LookupTable(std::size_t capacity) : buckets_(capacity * kSlotsPerKey / kSlots + 1) {}

    // Readers, and the writer.

    /// Where the key is looked for first, on its way into the cache.
    [[gnu::always_inline]] const Bucket& prefetch(std::uint64_t hash) const {
        const Bucket& bucket = buckets_[home(hash)];
        __builtin_prefetch(&bucket);
        return bucket;
    }

    /// What is most likely the key's index, without comparing keys: touches the home bucket only,
    /// which is the one that `prefetch(hash)` gave.
    [[gnu::always_inline]] static Index guess(const Bucket& bucket, std::uint64_t hash) {
        const std::uint32_t hits = bucket.matches(tag(hash));
        return hits == 0 ? kNone : bucket.indices[first(hits)].load(std::memory_order_acquire);
    }
    Index guess(std::uint64_t hash) const { return guess(buckets_[home(hash)], hash); }

    /// The index for which `is_key(index)` holds; kNone: not in the table.
    template <class IsKey>
    Index find(std::uint64_t hash, IsKey&& is_key) const {
        Index found = kNone;
        probe(hash, [&](std::uint32_t, std::uint32_t, Index index) {
            found = is_key(index) ? index : kNone;
            return found != kNone;
        });
        return found;
    }

    // The writer.

    template <class IsKey>
    std::optional<Slot> find_slot(std::uint64_t hash, IsKey&& is_key) const {
        std::optional<Slot> found;
        probe(hash, [&](std::uint32_t bucket, std::uint32_t position, Index index) {
            if (is_key(index)) {
                found = Slot{bucket, position};
            }
            return found.has_value();
        });
        return found;
    }

    Index at(Slot slot) const {
        return buckets_[slot.bucket].indices[slot.position].load(std::memory_order_relaxed);
    }

    /// Adds a key that is not in the table. Precondition: fewer than `capacity` keys are.
    void insert(std::uint64_t hash, Index index) {
        std::uint32_t at = home(hash);
        std::uint32_t free = 0;
        while ((free = buckets_[at].matches(kFree)) == 0) {
            auto& overflow = buckets_[at].overflow;
            overflow.store(overflow.load(std::memory_order_relaxed) + 1, std::memory_order_release);
            at = next(at);
        }
        auto& bucket = buckets_[at];
        bucket.indices[first(free)].store(index, std::memory_order_release);
        bucket.set_tag(first(free), tag(hash));
    }

    /// From now on readers find `index` where they found another.
    void replace(Slot slot, Index index) {
        buckets_[slot.bucket].indices[slot.position].store(index, std::memory_order_release);
    }

    /// `hash`: of the key in `slot`.
    void erase(std::uint64_t hash, Slot slot) {
        auto& bucket = buckets_[slot.bucket];
        bucket.set_tag(slot.position, kFree);
        bucket.indices[slot.position].store(kNone, std::memory_order_release);
        for (auto at = home(hash); at != slot.bucket; at = next(at)) {
            auto& overflow = buckets_[at].overflow;
            overflow.store(overflow.load(std::memory_order_relaxed) - 1, std::memory_order_release);
        }
    }

    std::size_t octets() const { return buckets_.octets(); }

private:
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

    static std::uint32_t first(std::uint32_t matches) {
        return static_cast<std::uint32_t>(std::countr_zero(matches)) / 2;
    }
    static std::uint16_t tag(std::uint64_t hash) {
        const auto low = static_cast<std::uint16_t>(hash);
        return static_cast<std::uint16_t>(low + (low == kFree ? 1 : 0));
    }
    std::uint32_t home(std::uint64_t hash) const {
        return static_cast<std::uint32_t>((hash >> 32) * buckets_.size() >> 32);
    }
    std::uint32_t next(std::uint32_t bucket) const {
        return bucket + 1 == buckets_.size() ? 0 : bucket + 1;
    }

    /// Calls `visit(bucket, position, index)` for each slot that may hold the key, until it returns
    /// true.
    template <class Visit>
    void probe(std::uint64_t hash, Visit&& visit) const {
        std::uint32_t at = home(hash);
        for (std::size_t seen = 0; seen < buckets_.size(); ++seen, at = next(at)) {
            const auto& bucket = buckets_[at];
            for (auto hits = bucket.matches(tag(hash)); hits != 0; hits &= hits - 1) {
                const std::uint32_t position = first(hits);
                hits &= hits - 1;  // a slot has two bits
                const Index index = bucket.indices[position].load(std::memory_order_acquire);
                if (index != kNone && visit(at, position, index)) {
                    return;
                }
            }
            if (bucket.overflow.load(std::memory_order_acquire) == 0) {
                return;
            }
        }
    }

    HugeArray<Bucket> buckets_;
};

}  // namespace mgmd::dataplane
