// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <rte_mempool.h>

#include "common/control_packet_ring.hpp"
#include "common/event_ring.hpp"
#include "common/settings.hpp"
#include "common/waker.hpp"
#include "dataplane/hold.hpp"
#include "dataplane/interface_table.hpp"
#include "dataplane/meter.hpp"
#include "dataplane/table.hpp"
#include "dataplane/transmitter.hpp"
#include "dataplane/worker_counters.hpp"

namespace mgmd::dataplane {

/// Packet buffers of one worker's NUMA node.
struct Pools {
    rte_mempool* packets = nullptr;  ///< whole frames: receive, copies, fragments, injection
    rte_mempool* headers = nullptr;  ///< private headers in front of a shared payload; may be null
};

/// What differs by family in a worker's state.
template <class F>
struct FamilyContext {
    TableReader<F> table;
    Hold<F> held;
    WrongInterfaceMeter<F> wrong_interface;
};

/// Everything a worker carries through the stages. Worker thread only, but for what it points to.
/// The hot path allocates nothing: all of it is sized before the first packet.
struct WorkerContext {
    WorkerIndex worker = 0;
    const InterfaceTable* interfaces = nullptr;    // control: rw (atomics), worker: ro
    WorkerCounters* counters = nullptr;            // worker: wo, control: ro
    EventRing* events = nullptr;                   // worker: producer
    ControlPacketRing* control_packets = nullptr;  // worker: producer
    Waker* control_waker = nullptr;
    bool pushed = false;    ///< something for control since the last wake()
    std::uint64_t now = 0;  ///< TSC, taken once per burst
    Pools pools;
    ReplicationSettings replication;
    std::vector<TxBuffer> tx;           ///< by PortIndex
    std::vector<TxQueue> kernel;        ///< by PortIndex; `send` is null without kernel port
    std::vector<TokenBucket> no_entry;  ///< by InterfaceIndex: budget of no-entry events
    TokenBucket packet_too_big;
    FamilyContext<V4> ipv4;
    FamilyContext<V6> ipv6;

    template <class F>
    FamilyContext<F>& family() {
        if constexpr (F::family == Family::ipv4) {
            return ipv4;
        } else {
            return ipv6;
        }
    }
    InterfaceCounterBlock& interface_counters(InterfaceIndex interface) {
        return counters->interfaces[interface];
    }
};

}  // namespace mgmd::dataplane
