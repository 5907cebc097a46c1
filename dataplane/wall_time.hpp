// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include <rte_cycles.h>

namespace mgmd::dataplane {

/// Tells when something happened that a worker stamped with the TSC. The TSC's rate is measured,
/// the system's time is corrected: they are compared anew each second. One thread.
class WallTime {
public:
    /// Nanoseconds since 1970-01-01 00:00 UTC.
    std::int64_t operator()(std::uint64_t timestamp) {
        const auto now = rte_rdtsc();
        const auto second = rte_get_tsc_hz();
        if (compared_at_ == 0 || now - compared_at_ > second) {
            const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
            compared_at_ = now;
            then_ = std::chrono::nanoseconds(since_1970).count();
        }
        const auto cycles =
            static_cast<double>(static_cast<std::int64_t>(timestamp - compared_at_));
        return then_ + static_cast<std::int64_t>(cycles * 1e9 / static_cast<double>(second));
    }

private:
    std::uint64_t compared_at_ = 0;
    std::int64_t then_ = 0;
};

}  // namespace mgmd::dataplane
