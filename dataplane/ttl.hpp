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
    const auto before =
        static_cast<std::uint16_t>(header.ttl << 8 | static_cast<std::uint8_t>(header.protocol));
    const auto after = static_cast<std::uint16_t>(before - 0x100);
    header.checksum = updated_checksum(header.checksum, be16{before}, be16{after});
    --header.ttl;
}
inline void decrement_ttl(Ipv6Header& header) {
    --header.hop_limit;
}

namespace detail {

/// The packets of a run that may go one hop further, which they have then gone.
template <class F>
[[gnu::always_inline]] inline std::span<Packet> take_hop(WorkerContext& ctx, const Run<F>& run) {
    std::size_t kept = 0;
    for (const auto& packet : run.packets) {
        if (packet.ttl <= 1) [[unlikely]] {
            drop(ctx, packet, DropReason::ttl_expired);
            continue;
        }
        decrement_ttl(*ip_header<F>(packet.mbuf));
        if (&run.packets[kept] != &packet) [[unlikely]] {
            run.packets[kept] = packet;
        }
        ++kept;
    }
    if (kept != run.packets.size()) [[unlikely]] {
        const auto& table = ctx.family<F>().table;
        table.counters().ttl_expired(table.index(*run.entry), run.packets.size() - kept);
    }
    return run.packets.first(kept);
}

}  // namespace detail

/// Decrements the TTL or hop limit of accepted packets, once for all their copies; Packet::ttl
/// keeps the value as received. Packets that came with 1 or less are dropped, without ICMP:
/// RFC 1812 5.3.1, RFC 1122 3.2.2 (never about multicast); RFC 4443 2.4 (e.3) makes no exception
/// for time exceeded. Returns what goes on, in order, at the front of `runs`.
template <class F>
std::span<Run<F>> ttl(WorkerContext& ctx, std::span<Run<F>> runs) {
    std::size_t kept = 0;
    for (const auto& run : runs) {
        const auto packets = detail::take_hop<F>(ctx, run);
        if (!packets.empty()) [[likely]] {
            runs[kept++] = {packets, run.flow, run.entry};
        }
    }
    return runs.first(kept);
}

}  // namespace mgmd::dataplane
