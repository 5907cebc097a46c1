// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/error.hpp"
#include "common/explanation.hpp"
#include "common/settings.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/ingress_context.hpp"
#include "dataplane/interface_table.hpp"
#include "dataplane/table_reader.hpp"

namespace mgmd::dataplane {

/// What a dry run shares with the workers, and only reads; buffers it borrows.
struct DryRunParts {
    const InterfaceTable& interfaces;
    const ArrivalTable& arrivals;
    TableReader<V4> ipv4;  ///< of Table::dry_reader(), like the other
    TableReader<V6> ipv6;
    Pools pools;
    ReplicationSettings replication;
    std::vector<bool> kernel_ports;  ///< by PortIndex: whether it has one
};

/// Runs the stages on one frame, one after the other, in a context of its own: counters, rings,
/// holds, rates and TX buffers that nobody else sees, and devices that only take notes. What stands
/// between the stages then is the explanation. Afterwards every buffer is back in its pool, the
/// caches of the calling thread included. Control thread, which alone may read the tables without
/// being an RCU reader. Throws std::bad_alloc.
Expected<Explanation> run_dry(const DryRunParts& parts, const ArrivingFrame& frame);

}  // namespace mgmd::dataplane
