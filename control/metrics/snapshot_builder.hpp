// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "common/clock.hpp"
#include "common/settings.hpp"
#include "control/control_plane.hpp"
#include "control/metrics/flow_walk.hpp"
#include "control/metrics/snapshot.hpp"

namespace mgmd::metrics {

/// Takes snapshots when they are wanted, a bounded piece of work at a time. Control thread.
class SnapshotBuilder {
public:
    using Publish = std::function<void(std::shared_ptr<const Snapshot>)>;

    /// A snapshot that is younger is published again instead of a new one.
    static constexpr std::chrono::seconds kLeastAge{1};
    /// So is one that is younger than this many times what it took to build it: where there are
    /// many flows, scrapers cost control at most such a part of its time.
    static constexpr int kRest = 9;

    /// All references outlive it.
    SnapshotBuilder(const Settings& settings, const Clock& clock, ControlPlane& control,
                    Publish publish);

    /// Somebody waits for a snapshot.
    void want();
    /// Whether there is something to do.
    bool is_busy() const { return building_ != nullptr; }
    /// Does a piece of it.
    void step();

private:
    void begin();
    void add_workers();
    template <class F>
    void add_table(Family family, const TableUsage& usage);
    /// False: there are no more.
    bool add_interfaces();
    void finish();

    const Settings& settings_;
    const Clock& clock_;
    ControlPlane& control_;
    const Publish publish_;
    const std::chrono::system_clock::time_point started_;
    std::shared_ptr<const Snapshot> newest_;
    TimePoint good_until_{};  ///< of the newest
    std::shared_ptr<Snapshot> building_;
    TimePoint begun_{};
    std::optional<FlowWalk> walk_;
};

}  // namespace mgmd::metrics
