// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "common/clock.hpp"

namespace mgmd::membership {

/// Lets through so many a second, and a second's worth at once.
class RateMeter {
public:
    /// 0: any number.
    explicit RateMeter(std::uint32_t per_second) : per_second_(per_second) {}

    bool admit(TimePoint now) {
        if (per_second_ == 0) {
            return true;
        }
        using std::chrono::seconds;
        const Duration each = Duration(seconds(1)) / per_second_;
        const TimePoint due = std::max(due_, now);
        if (due + each > now + seconds(1)) {
            return false;
        }
        due_ = due + each;
        return true;
    }

private:
    std::uint32_t per_second_;
    TimePoint due_{};  ///< when what was let through would have come, evenly spaced
};

}  // namespace mgmd::membership
