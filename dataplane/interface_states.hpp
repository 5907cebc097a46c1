// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "common/ids.hpp"

namespace mgmd::dataplane {

/// Which interfaces may receive and send now: the link of their port is up, and nobody took them
/// down. Everything is up until it is said to be down.
class InterfaceStates {
public:
    bool is_up(InterfaceIndex interface) const {  // worker: ro
        return (down_[interface / 64].load(std::memory_order_relaxed) & bit(interface)) == 0;
    }
    /// No interface is down: nothing else need be asked.
    bool all_up() const { return count_.load(std::memory_order_relaxed) == 0; }  // worker: ro

    void set_up(InterfaceIndex interface, bool up) {  // control: rw
        auto& word = down_[interface / 64];
        const auto before = word.load(std::memory_order_relaxed);
        const auto after = up ? before & ~bit(interface) : before | bit(interface);
        if (before != after) {
            word.store(after, std::memory_order_relaxed);
            count_.store(count_.load(std::memory_order_relaxed) + (up ? -1u : 1u),
                         std::memory_order_relaxed);
        }
    }

private:
    static constexpr std::uint64_t bit(InterfaceIndex interface) {
        return std::uint64_t{1} << (interface % 64);
    }

    std::array<std::atomic<std::uint64_t>, kMaxInterfaces / 64> down_{};  // worker: ro, control: rw
    std::atomic<std::uint32_t> count_{0};  // worker: ro, control: rw; of bits set above
};

}  // namespace mgmd::dataplane
