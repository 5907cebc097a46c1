// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/dataplane_view.hpp"
#include "common/settings.hpp"

namespace mgmd::ctl {

/// The dataplane's counters since an operator last cleared them. Workers' counters only ever grow,
/// for those who rate them (metrics, expiry); clearing remembers what they were. Control thread.
class ClearedView final : public DataplaneView {
public:
    /// Both outlive it.
    ClearedView(const DataplaneView& view, const Settings& settings);

    /// All counters read as zero now.
    void clear();

    InterfaceCounters interface_counters(InterfaceIndex interface) const override;
    VerdictCounters verdicts() const override;
    std::vector<WorkerView> workers() const override;
    std::vector<PortView> ports() const override;
    std::vector<PoolView> pools() const override { return view_.pools(); }
    std::chrono::milliseconds idle_for() const override { return view_.idle_for(); }
    std::uint64_t cycles_per_second() const override { return view_.cycles_per_second(); }

private:
    const DataplaneView& view_;
    const Settings& settings_;
    // What there was at the last clear; empty before the first.
    std::vector<InterfaceCounters> interfaces_;  // by InterfaceIndex - 1
    VerdictCounters verdicts_;
    std::vector<WorkerView> workers_;
    std::vector<PortView> ports_;
};

}  // namespace mgmd::ctl
