// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/clock.hpp"

namespace mgmd::test {

/// Time that moves when a test says so.
class FakeClock final : public Clock {
public:
    TimePoint now() const override { return now_; }
    void advance(Duration by) { now_ += by; }
    void set(TimePoint to) { now_ = to; }

private:
    // Not the epoch, so that a time that was never set shows.
    TimePoint now_{std::chrono::hours(1)};
};

}  // namespace mgmd::test
