// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "common/clock.hpp"

namespace mgmd {

/// Keeps a log line that packets or peers can cause from flooding the log: a burst, then one per
/// interval, which says how many were left out before it. One for each such line. One thread.
class LogLimit {
public:
    static constexpr std::uint32_t kBurst = 5;
    static constexpr std::chrono::seconds kInterval{10};

    /// `burst` is at least 1.
    explicit LogLimit(std::uint32_t burst = kBurst, Duration interval = kInterval)
        : interval_(interval), tolerance_(interval * (burst - 1)) {}

    /// Calls `write(more)` if the line may be written now. `more` belongs at its end: empty, or
    /// " (7 more suppressed)".
    template <class Write>
    void operator()(TimePoint now, Write&& write) {
        if (full_at_ > now + tolerance_) {
            ++suppressed_;
            return;
        }
        full_at_ = std::max(full_at_, now) + interval_;
        const auto count = std::exchange(suppressed_, 0);
        write(count == 0 ? std::string() : " (" + std::to_string(count) + " more suppressed)");
    }

private:
    Duration interval_;
    Duration tolerance_;
    TimePoint full_at_{};  ///< when the whole burst will be allowed again
    std::uint64_t suppressed_ = 0;
};

}  // namespace mgmd
