// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/clock.hpp"

namespace mgmd::dataplane {

/// Says when a device's error counters have grown: at once, then as long as they grow once in a
/// while. Control thread.
class PortErrors {
public:
    static constexpr std::chrono::seconds kBetweenLooks{1};
    static constexpr std::chrono::seconds kBetweenReports{10};

    /// Whether it is time to read the counters: some devices take long to tell.
    bool due(TimePoint now) const { return now >= next_look_; }

    /// `errors`: all that the device has counted since it was started. Returns how many there are
    /// since the last report; nullopt: nothing to report, or not yet.
    std::optional<std::uint64_t> look(std::uint64_t errors, TimePoint now) {
        next_look_ = now + kBetweenLooks;
        if (errors <= reported_ || now < next_report_) {
            return std::nullopt;
        }
        next_report_ = now + kBetweenReports;
        const auto grown = errors - reported_;
        reported_ = errors;
        return grown;
    }

private:
    std::uint64_t reported_ = 0;
    TimePoint next_look_ = TimePoint::min();
    TimePoint next_report_ = TimePoint::min();
};

}  // namespace mgmd::dataplane
