// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rte_mbuf.h>

#include "common/drop_reason.hpp"
#include "dataplane/ingress_context.hpp"

/// The only places where a buffer is freed on a packet's way: a lint test refuses rte_pktmbuf_free
/// in any other header of a stage, so that no packet can end without a name.
namespace mgmd::dataplane {

/// The packet's verdict: dropped, for this reason.
inline void drop(IngressContext& ctx, rte_mbuf* mbuf, DropReason reason) {
    ctx.counters->dropped[static_cast<std::size_t>(reason)].add();
    rte_pktmbuf_free(mbuf);
}

/// Gives back a buffer whose packet has its verdict already: everything was copied out of it, or
/// the copy in it was counted as discarded.
inline void release(rte_mbuf* mbuf) {
    rte_pktmbuf_free(mbuf);
}

}  // namespace mgmd::dataplane
