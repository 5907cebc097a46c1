// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/clock.hpp"
#include "common/dataplane_view.hpp"
#include "common/log_limit.hpp"
#include "control/monitor/reporter.hpp"

namespace mgmd {

/// Warns of workers that have stopped polling: a driver may block in the middle of a burst, and
/// what arrives for that worker is lost meanwhile. Control thread.
class WorkerWatch {
public:
    static constexpr std::chrono::seconds kInterval{1};
    /// Longer than any sleep: workers.idle_max_sleep is 100 ms at most.
    static constexpr std::chrono::seconds kSilence{2};

    /// True once an interval: then it is worth it to gather what `look` needs.
    bool due(TimePoint now);
    void look(std::span<const WorkerView> workers, TimePoint now,
              const monitor::Reporter& reporter = {});
    /// The first that had stopped polling when it was last looked at.
    std::optional<std::size_t> silent() const;

private:
    struct Seen {
        std::uint64_t polls = 0;
        TimePoint at{};  ///< when they last grew
        bool silent = false;
    };

    TimePoint next_{};
    std::vector<Seen> seen_;
    LogLimit limit_;
};

}  // namespace mgmd
