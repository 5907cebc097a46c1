// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "common/forwarding_table.hpp"
#include "common/ids.hpp"

namespace mgmd::dataplane {

/// The reports an entry asked for (forwarding rules 3), shared by all workers: a report is made
/// once, whichever worker sees its cause. Only entries that ask pay for these shared lines.
class EntrySignals {
public:
    // Any worker.

    /// True once for each watched interface until re-armed: report this arrival.
    bool take_arrival(InterfaceIndex interface) {
        auto& word = armed_[interface / 64];
        const auto bit = std::uint64_t{1} << (interface % 64);
        return (word.load(std::memory_order_relaxed) & bit) != 0 &&
               (word.fetch_and(~bit, std::memory_order_relaxed) & bit) != 0;
    }

    /// What crossed the threshold.
    struct Crossing {
        bool crossed = false;
        std::uint64_t packets = 0;  ///< of the interval
        std::uint64_t octets = 0;
    };
    /// Counts packets of the entry (zero of them, from a timer, ends intervals in silence), at
    /// `now_ms` of any clock that all workers share and that never goes back. A threshold of at
    /// least so much is crossed by the packet that reaches it, once per interval; one of at most so
    /// much at the first call after the interval's end.
    Crossing count(std::uint64_t packets, std::uint64_t octets, std::uint64_t now_ms);
    // What could not be told to control is told again: arrivals with the next packet from there, a
    // threshold of at least so much with the entry's next packet, one of at most so much at the end
    // of the next interval that stays below it.
    void arrival_undelivered(InterfaceIndex interface) {
        armed_[interface / 64].fetch_or(std::uint64_t{1} << (interface % 64),
                                        std::memory_order_relaxed);
    }
    void crossing_undelivered() { reported_.store(false, std::memory_order_relaxed); }
    bool has_threshold() const { return threshold_.interval_ms != 0; }
    /// Silence crosses its threshold too: a timer has to call `count`.
    bool ends_with_timer() const { return has_threshold() && threshold_.at_most; }

    // The control thread.

    /// What `signals` asks for, all of it armed.
    explicit EntrySignals(const Signals& signals);
    bool asks_for(const Signals& signals) const;
    /// Makes every watched arrival, and a threshold crossed in this interval, reportable again.
    void rearm();

private:
    using Bits = std::array<std::uint64_t, kMaxInterfaces / 64>;

    static Bits bits(const std::vector<InterfaceIndex>& interfaces);
    bool reached(std::uint64_t packets, std::uint64_t octets) const;
    Crossing end_interval(std::uint64_t now_ms);

    Signals::Threshold threshold_;  // worker: ro, control: wo before publication
    Bits watched_;                  // control: ro
    std::array<std::atomic<std::uint64_t>, kMaxInterfaces / 64> armed_;  // worker: rw, control: wo
    std::atomic<std::uint64_t> interval_end_ms_{0};                      // worker: rw; 0: none yet
    std::atomic<std::uint64_t> packets_{0};                              // worker: rw
    std::atomic<std::uint64_t> octets_{0};                               // worker: rw
    std::atomic<bool> reported_{false};  // worker: rw, control: wo; in this interval
};

}  // namespace mgmd::dataplane
