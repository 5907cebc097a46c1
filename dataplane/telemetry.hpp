// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dataplane/dataplane.hpp"

namespace mgmd::dataplane {

/// Answers DPDK's telemetry for a dataplane while it lives, so that `dpdk-telemetry.py` shows it:
///
///     /mgm/drops  /mgm/tables  /mgm/verdicts      one dictionary
///     /mgm/workers  /mgm/ports  /mgm/interfaces   which there are
///     /mgm/workers,0  /mgm/ports,NAME  ...        the figures of one
///
/// What a port's device counts is DPDK's own to tell: /ethdev/stats with the port's `id`. One at a
/// time in a process answers. Control thread; the answers are made on DPDK's, from atomics and what
/// never changes.
class Telemetry {
public:
    /// `state` outlives it. What it has of settings, ports, tables and workers does not change
    /// meanwhile: who changes that ends this one before and makes another.
    explicit Telemetry(const Dataplane::State& state);
    /// Waits for the answer that is being made.
    ~Telemetry();
    Telemetry(const Telemetry&) = delete;
    Telemetry& operator=(const Telemetry&) = delete;
};

}  // namespace mgmd::dataplane
