// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>

#include <rte_mbuf.h>

#include "common/inject_ring.hpp"
#include "dataplane/context.hpp"
#include "dataplane/drop.hpp"
#include "dataplane/frame.hpp"
#include "dataplane/rewrite.hpp"
#include "dataplane/transmit.hpp"

namespace mgmd::dataplane {

/// Sends a packet of control's out of an interface, with the interface's MAC and tags. It waits in
/// the TX buffer for the next flush. What can't be sent is counted. Worker thread.
inline void inject(WorkerContext& ctx, const InjectPacket& packet) {
    const auto& interface = (*ctx.interfaces)[packet.interface];
    const bool sendable = interface.configured && ctx.interfaces->is_up(packet.interface) &&
                          packet.length <= interface.mtu && packet.length <= packet.bytes.size();
    rte_mbuf* mbuf = sendable ? rte_pktmbuf_alloc(ctx.pools.packets) : nullptr;
    if (mbuf == nullptr) {
        ctx.counters->inject_errors.add();
        return;
    }
    std::memcpy(rte_pktmbuf_mtod(mbuf, std::uint8_t*), packet.bytes.data(), packet.length);
    set_packet_length(*mbuf, packet.length);
    FrameHeader(interface, packet.destination, packet.ether_type).write(*mbuf);
    ctx.counters->injected.add();
    transmit(ctx, interface.port, {TxOwner::kNoOwner, packet.interface, Family::ipv4}, {&mbuf, 1},
             mbuf->pkt_len);
}

}  // namespace mgmd::dataplane
