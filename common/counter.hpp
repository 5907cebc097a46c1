// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace mgmd {

/// A monotonic count with one writer and any number of readers. Adding is a plain load and store:
/// no locked instruction. Give each writer its own, on cache lines of its own.
class Counter {
public:
    [[gnu::always_inline]] void add(std::uint64_t n = 1) {  // owner: wo
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }  // others: ro
    void reset() { value_.store(0, std::memory_order_relaxed); }

private:
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace mgmd
