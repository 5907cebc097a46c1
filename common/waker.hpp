// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace mgmd {

/// Wakes a sleeping thread through an eventfd without ever losing a wake-up.
///
/// The sleeper drains its rings, calls `prepare_sleep()`, checks every ring again, sleeps on
/// `descriptor()`, then calls `awake()`. A producer calls `wake()` once per burst in which it
/// pushed something: a sequentially consistent exchange, and a system call only if the sleeper
/// sleeps.
class Waker {
public:
    Waker();  ///< on failure `descriptor()` is -1
    ~Waker();
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    int descriptor() const { return descriptor_; }

    void wake() {  // producers
        if (asleep_.exchange(0, std::memory_order_seq_cst) == 1) {
            signal();
        }
    }
    void prepare_sleep() { asleep_.exchange(1, std::memory_order_seq_cst); }  // sleeper
    /// Ends the sleep and empties the descriptor.
    void awake();  // sleeper

private:
    void signal();

    int descriptor_ = -1;
    alignas(64) std::atomic<std::uint32_t> asleep_{0};  // producers: rw, sleeper: rw
};

}  // namespace mgmd
