// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rte_mbuf.h>

#include "common/drop_reason.hpp"
#include "dataplane/ingress_context.hpp"
#include "dataplane/packet.hpp"

/// The only places where a buffer is freed on a packet's way: a lint test refuses rte_pktmbuf_free
/// in any other header of a stage, so that no packet can end without a name.
namespace mgmd::dataplane {

/// Shows the dropped frame to those who look (IngressContext::observers). In observe.cpp.
[[gnu::cold]] void observe_drop(IngressContext& ctx, const rte_mbuf& frame, DropReason reason);
[[gnu::cold]] void observe_drop(IngressContext& ctx, const Packet& packet, DropReason reason);

/// The verdict of a frame that is as it was received: dropped, for this reason.
inline void drop(IngressContext& ctx, rte_mbuf* frame, DropReason reason) {
    if (ctx.observers != nullptr) [[unlikely]] {
        observe_drop(ctx, *frame, reason);
    }
    ctx.counters->dropped[static_cast<std::size_t>(reason)].add();
    rte_pktmbuf_free(frame);
}

/// The same of a packet behind classify; the link header before it is still as it was received.
inline void drop(IngressContext& ctx, const Packet& packet, DropReason reason) {
    if (ctx.observers != nullptr) [[unlikely]] {
        observe_drop(ctx, packet, reason);
    }
    ctx.counters->dropped[static_cast<std::size_t>(reason)].add();
    rte_pktmbuf_free(packet.mbuf);
}

/// Gives back a buffer whose packet has its verdict already: everything was copied out of it, or
/// the copy in it was counted as discarded.
inline void release(rte_mbuf* mbuf) {
    rte_pktmbuf_free(mbuf);
}

}  // namespace mgmd::dataplane
