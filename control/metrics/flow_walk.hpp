// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "control/busiest_flows.hpp"
#include "control/control_plane.hpp"

namespace mgmd::metrics {

/// Finds the busiest flows of all tables, a page of one table at a time: a million take a thousand
/// steps, between which control does its work. What comes and goes meanwhile is seen or not.
/// Control thread.
class FlowWalk {
public:
    /// Keeps at most `most` flows. `control` outlives it.
    FlowWalk(ControlPlane& control, std::size_t most) : control_(control), flows_(most) {}

    /// Looks at some more. False: there are no more.
    bool step();
    /// Ends the object's use.
    FlowExtract take() { return flows_.take(); }

private:
    /// Where it is: behind `last` in the table, or behind all of it without one.
    template <class F>
    struct Position {
        std::optional<TableId> table;  ///< absent: before the first
        std::optional<mgm::SourceGroup<F>> last;
        bool in_table = false;
    };
    template <class F>
    bool step(Position<F>& position);

    ControlPlane& control_;
    BusiestFlows flows_;
    Position<V4> ipv4_;
    Position<V6> ipv6_;
};

}  // namespace mgmd::metrics
