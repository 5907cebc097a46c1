// SPDX-License-Identifier: Apache-2.0
#include "dataplane/entry_signals.hpp"

namespace mgmd::dataplane {

EntrySignals::EntrySignals(const Signals& signals)
    : threshold_(signals.threshold.value_or(Signals::Threshold{})),
      watched_(bits(signals.arrivals)) {
    rearm();
}

EntrySignals::Bits EntrySignals::bits(const std::vector<InterfaceIndex>& interfaces) {
    Bits bits{};
    for (const auto interface : interfaces) {
        bits[interface / 64] |= std::uint64_t{1} << (interface % 64);
    }
    return bits;
}

bool EntrySignals::asks_for(const Signals& signals) const {
    return threshold_ == signals.threshold.value_or(Signals::Threshold{}) &&
           watched_ == bits(signals.arrivals);
}

void EntrySignals::rearm() {
    for (std::size_t i = 0; i < armed_.size(); ++i) {
        armed_[i].store(watched_[i], std::memory_order_relaxed);
    }
    reported_.store(false, std::memory_order_relaxed);
}

bool EntrySignals::reached(std::uint64_t packets, std::uint64_t octets) const {
    const auto beyond = [this](std::uint64_t count, std::uint64_t limit) {
        return limit != 0 && (threshold_.at_most ? count <= limit : count >= limit);
    };
    return beyond(packets, threshold_.packets) || beyond(octets, threshold_.octets);
}

EntrySignals::Crossing EntrySignals::end_interval(std::uint64_t now_ms) {
    auto end = interval_end_ms_.load(std::memory_order_relaxed);
    if (now_ms < end) {
        return {};
    }
    const bool first = end == 0;
    if (!interval_end_ms_.compare_exchange_strong(end, now_ms + threshold_.interval_ms,
                                                  std::memory_order_relaxed) ||
        first) {
        return {};  // another worker ends it, or there was none
    }
    Crossing ended{false, packets_.exchange(0, std::memory_order_relaxed),
                   octets_.exchange(0, std::memory_order_relaxed)};
    reported_.store(false, std::memory_order_relaxed);
    ended.crossed = threshold_.at_most && reached(ended.packets, ended.octets);
    return ended;
}

EntrySignals::Crossing EntrySignals::count(std::uint64_t packets, std::uint64_t octets,
                                           std::uint64_t now_ms) {
    const Crossing ended = end_interval(now_ms);
    const Crossing now{true, packets_.fetch_add(packets, std::memory_order_relaxed) + packets,
                       octets_.fetch_add(octets, std::memory_order_relaxed) + octets};
    if (threshold_.at_most || !reached(now.packets, now.octets) ||
        reported_.exchange(true, std::memory_order_relaxed)) {
        return ended;
    }
    return now;
}

}  // namespace mgmd::dataplane
