// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <rte_mempool.h>

#include "common/control_packet_ring.hpp"
#include "common/ids.hpp"
#include "dataplane/interface_table.hpp"
#include "dataplane/transmitter.hpp"
#include "dataplane/worker_counters.hpp"

namespace mgmd::dataplane {

class ArrivalTable;
class PacketTracer;
struct Observers;

/// Packet buffers of one worker's NUMA node.
struct Pools {
    rte_mempool* packets = nullptr;  ///< whole frames: receive, copies, fragments, injection
    rte_mempool* headers = nullptr;  ///< private headers in front of a shared payload; may be null
};

/// The part of a worker's context that classify, punt and drop need: everything before the
/// forwarding table. Worker thread only, but for what it points to.
struct IngressContext {
    WorkerIndex worker = 0;
    // Of one InterfaceVersion; another one's from a quiescent state on.
    const InterfaceTable* interfaces = nullptr;    // control: rw (atomics), worker: ro
    const ArrivalTable* arrivals = nullptr;        // immutable
    WorkerCounters* counters = nullptr;            // worker: wo, control: ro
    ControlPacketRing* control_packets = nullptr;  // worker: producer
    bool pushed = false;                           ///< something for control since the last wake()
    std::uint64_t now = 0;                         ///< TSC, taken once per burst
    /// Who looks at packets; nullptr, as nearly always: nobody. The same for a whole burst.
    const Observers* observers = nullptr;
    PacketTracer* tracer = nullptr;  ///< of the packet in hand, if it is traced
    PortIndex port_in_hand = 0;      ///< where it came from; only while somebody looks
    Pools pools;
    std::vector<TxQueue> kernel;  ///< by PortIndex; `send` is null without kernel port

    InterfaceCounterBlock& interface_counters(InterfaceIndex interface) {
        return counters->interfaces[interface];
    }
};

}  // namespace mgmd::dataplane
