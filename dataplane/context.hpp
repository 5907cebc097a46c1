// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "common/event_ring.hpp"
#include "common/settings.hpp"
#include "common/waker.hpp"
#include "dataplane/hold.hpp"
#include "dataplane/ingress_context.hpp"
#include "dataplane/meter.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/table.hpp"
#include "dataplane/transmitter.hpp"

namespace mgmd::dataplane {

/// What differs by family in a worker's state.
template <class F>
struct FamilyContext {
    TableReader<F> table;
    Hold<F> held;
    WrongInterfaceMeter<F> wrong_interface;
    // The packets in hand; kept here because clearing them would cost every burst.
    Burst<F> burst;
    typename TableReader<F>::Lookups lookups;              ///< of `burst`, one for each run
    std::array<std::uint8_t, kMaxBurst + 1> run_begins{};  ///< and the end of the last one
    std::array<Run<F>, kMaxBurst> runs;                    ///< of `burst`
};

/// Everything a worker carries through the stages. Worker thread only, but for what it points to.
/// The hot path allocates nothing: all of it is sized before the first packet.
struct WorkerContext : IngressContext {
    WorkerContext(const TableReader<V4>& table4, const TableReader<V6>& table6)
        : ipv4{table4, {}, {}, {}, {}}, ipv6{table6, {}, {}, {}, {}} {}

    EventRing* events = nullptr;  // worker: producer
    Waker* control_waker = nullptr;
    ReplicationSettings replication;
    std::vector<TxBuffer> tx;           ///< by PortIndex
    std::vector<TokenBucket> no_entry;  ///< by InterfaceIndex: budget of no-entry events
    TokenBucket packet_too_big;
    std::uint64_t stage_began = 0;  ///< TSC; only while stages are counted
    HoldBudget hold_budget;         ///< of both families' holds
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
};

}  // namespace mgmd::dataplane
