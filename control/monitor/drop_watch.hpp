// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "common/clock.hpp"
#include "common/dataplane_view.hpp"
#include "control/monitor/reporter.hpp"

namespace mgmd::monitor {

/// Reports bursts of drops: for each reason how many packets it has taken since the last look.
/// While nobody wants to know it does not look. Control thread.
class DropWatch {
public:
    static constexpr std::chrono::seconds kInterval{1};

    explicit DropWatch(Reporter reporter) : reporter_(reporter) {}

    /// Looks at most once an interval; the first look only remembers.
    void look(const DataplaneView& view, TimePoint now);

private:
    Reporter reporter_;
    TimePoint next_{};
    std::optional<VerdictCounters> before_;
};

}  // namespace mgmd::monitor
