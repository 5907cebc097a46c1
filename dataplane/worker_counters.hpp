// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "common/counter.hpp"
#include "common/dataplane_view.hpp"
#include "common/drop_reason.hpp"
#include "common/ids.hpp"

namespace mgmd::dataplane {

/// Per worker and logical interface. worker: wo, control: ro
struct alignas(64) InterfaceCounterBlock {
    Counter rx_packets;
    Counter rx_octets;
    Counter tx_packets;
    Counter tx_octets;
    Counter ttl_too_low;
    Counter too_big;
    Counter discarded;
    Counter unreported_wrong_interface;
};
static_assert(sizeof(InterfaceCounterBlock) == 64);

/// Everything one worker counts, apart from forwarding entries. worker: wo, control: ro
struct alignas(64) WorkerCounters {
    Counter polls;
    Counter busy_polls;
    Counter busy_cycles;
    Counter received;
    Counter forwarded;
    Counter punted;
    Counter punt_copies;
    Counter held_in;   ///< packets that went into hold
    Counter held_out;  ///< packets that left it, to forward or to a drop
    Counter held_flows_in;
    Counter held_flows_out;
    Counter injected;
    Counter inject_errors;
    Counter packet_too_big_sent;
    Counter packet_too_big_suppressed;  ///< no address, no buffer, past the rate, or not allowed
    Counter from_kernel;                ///< frames that the kernel sent out by a port
    Counter from_kernel_discarded;      ///< those that the port did not take
    std::atomic<std::uint64_t> last_received{0};  ///< TSC; 0: nothing yet
    std::array<Counter, kStages> stage_cycles;    ///< TSC, by Stage; 0 unless they are counted
    alignas(64) std::array<Counter, kDropReasons> dropped;
    std::array<InterfaceCounterBlock, kMaxInterfaces> interfaces;
};

}  // namespace mgmd::dataplane
