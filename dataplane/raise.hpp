// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstring>
#include <span>

#include <rte_cycles.h>
#include <rte_mbuf.h>

#include "common/event_ring.hpp"
#include "dataplane/context.hpp"
#include "dataplane/packet.hpp"

/// Tells control what a packet met (forwarding rules 6). A full ring refuses and counts; nothing
/// waits. Worker thread.
namespace mgmd::dataplane {

namespace detail {

/// An event about the packet. False: the ring refused it.
template <class F>
bool push_event(WorkerContext& ctx, EventKind kind, const Packet& packet, const FlowKey<F>& flow,
                std::uint64_t unreported = 0, std::uint64_t value = 0) {
    Event event;
    event.kind = kind;
    event.family = F::family;
    event.table = flow.table;
    event.interface = packet.interface;
    event.port = (*ctx.interfaces)[packet.interface].port;
    event.worker = ctx.worker;
    event.unreported = unreported;
    event.value = value;
    event.timestamp = ctx.now;
    event.source = RawAddress::from(flow.source);
    event.group = RawAddress::from(flow.group);
    event.header_length =
        static_cast<std::uint8_t>(std::min({kEventHeaderBytes, std::size_t{packet.ip_length},
                                            std::size_t{rte_pktmbuf_data_len(packet.mbuf)}}));
    std::memcpy(event.header.data(), rte_pktmbuf_mtod(packet.mbuf, const std::uint8_t*),
                event.header_length);
    const bool pushed = ctx.events->push(event);
    ctx.pushed |= pushed;
    return pushed;
}

}  // namespace detail

/// First packet of an unknown flow. False: the ring refused it, ask again with the next packet.
template <class F>
bool raise_no_entry(WorkerContext& ctx, const Packet& packet, const FlowKey<F>& flow) {
    return detail::push_event<F>(ctx, EventKind::no_entry, packet, flow);
}

/// A packet that its entry's accept check refused: reported as the meter allows, else counted as
/// unreported for the next report.
template <class F>
void raise_wrong_interface(WorkerContext& ctx, const Packet& packet, const FlowKey<F>& flow,
                           const Entry<F>& entry) {
    auto& meter = ctx.family<F>().wrong_interface;
    const auto unreported = meter.arrived(entry.key, packet.interface, ctx.now);
    if (unreported &&
        detail::push_event<F>(ctx, EventKind::wrong_interface, packet, flow, *unreported)) {
        return;
    }
    if (unreported) {
        meter.undelivered(entry.key, packet.interface, *unreported, ctx.now);
    }
    ctx.interface_counters(packet.interface).unreported_wrong_interface.add();
}

/// The reports that an entry asked for about packets it accepted. Precondition: entry.signals != 0.
template <class F>
void raise_signals(WorkerContext& ctx, std::span<const Packet> run, const FlowKey<F>& flow,
                   const Entry<F>& entry) {
    EntrySignals* signals = ctx.family<F>().table.signals(entry);
    if (signals == nullptr || run.empty()) {
        return;
    }
    std::uint64_t octets = 0;
    for (const auto& packet : run) {
        octets += packet.ip_length;
        if (signals->take_arrival(packet.interface) &&
            !detail::push_event<F>(ctx, EventKind::arrival, packet, flow)) {
            signals->arrival_undelivered(packet.interface);
        }
    }
    if (signals->has_threshold()) {
        const auto now_ms = ctx.now / (rte_get_tsc_hz() / 1000);
        const auto crossing = signals->count(run.size(), octets, now_ms);
        if (crossing.crossed && !detail::push_event<F>(ctx, EventKind::threshold, run.back(), flow,
                                                       0, crossing.packets)) {
            signals->crossing_undelivered();
        }
    }
}

}  // namespace mgmd::dataplane
