// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace mgmd {

/// A point on the monotonic clock of the control plane.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// Where the control plane gets the time from: injected, so that tests own it. Control thread.
class Clock {
public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
};

class SteadyClock final : public Clock {
public:
    TimePoint now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace mgmd
