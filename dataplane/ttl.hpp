// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/checksum.hpp"
#include "common/drop_reason.hpp"
#include "common/headers.hpp"
#include "dataplane/context.hpp"
#include "dataplane/drop.hpp"
#include "dataplane/packet.hpp"

/// Stage: time to live (forwarding rules 4).
namespace mgmd::dataplane {

/// One hop less. The TTL as received is at least 1.
inline void decrement_ttl(Ipv4Header& header) {
    // TTL and protocol are one 16-bit word of the checksum.
    header.checksum = checksum_of_less(header.checksum, be16{0x100});
    --header.ttl;
}
inline void decrement_ttl(Ipv6Header& header) {
    --header.hop_limit;
}

namespace detail {

/// Drops the packets of a run that may go no further. False: none is left.
template <class F>
bool drop_expired(WorkerContext& ctx, Run<F>& run) {
    std::size_t kept = 0;
    for (const auto& packet : run.packets) {
        if (packet.ttl <= 1) {
            drop(ctx, packet, DropReason::ttl_expired);
        } else {
            run.packets[kept++] = packet;
        }
    }
    const auto& table = ctx.family<F>().table;
    table.counters().ttl_expired(table.index(*run.entry), run.packets.size() - kept);
    if (kept == 0) {
        return false;
    }
    run = Run<F>::of(run.packets.first(kept), run.key, run.entry);
    return true;
}

}  // namespace detail

/// Decrements the TTL or hop limit of packets that came with more than 1, once for all their
/// copies; Packet::ttl keeps the value as received.
template <class F>
[[gnu::always_inline]] inline void decrement_ttls(const Run<F>& run) {
    run.for_each([](const Packet& packet) { decrement_ttl(*ip_header<F>(packet.mbuf)); });
}

/// The same for accepted packets. Those that came with 1 or less are dropped, without ICMP:
/// RFC 1812 5.3.1, RFC 1122 3.2.2 (never about multicast); RFC 4443 2.4 (e.3) makes no exception
/// for time exceeded. False: the run is left without packets.
template <class F>
bool take_hop(WorkerContext& ctx, Run<F>& run) {
    if (run.lowest_ttl <= 1 && !detail::drop_expired<F>(ctx, run)) {
        return false;
    }
    decrement_ttls<F>(run);
    return true;
}

/// The stage. What goes on is returned, in order, at the front of `runs`.
template <class F>
std::span<Run<F>> ttl(WorkerContext& ctx, std::span<Run<F>> runs) {
    return keep<F>(runs, [&](Run<F>& run) { return take_hop<F>(ctx, run); });
}

}  // namespace mgmd::dataplane
