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

template <class F>
Event event_of(const WorkerContext& ctx, EventKind kind, InterfaceIndex interface,
               const FlowKey<F>& flow) {
    Event event;
    event.kind = kind;
    event.family = F::family;
    event.table = flow.table;
    event.interface = interface;
    event.port = (*ctx.interfaces)[interface].port;
    event.worker = ctx.worker;
    event.timestamp = ctx.now;
    event.source = RawAddress::from(flow.source);
    event.group = RawAddress::from(flow.group);
    event.group_length = F::address_bits;
    return event;
}

/// With the packet's header.
template <class F>
Event event_about(const WorkerContext& ctx, EventKind kind, const Packet& packet,
                  const FlowKey<F>& flow) {
    auto event = event_of<F>(ctx, kind, packet.interface, flow);
    event.header_length =
        static_cast<std::uint8_t>(std::min({kEventHeaderBytes, std::size_t{packet.ip_length},
                                            std::size_t{rte_pktmbuf_data_len(packet.mbuf)}}));
    std::memcpy(event.header.data(), rte_pktmbuf_mtod(packet.mbuf, const std::uint8_t*),
                event.header_length);
    return event;
}

/// False: the ring refused it.
inline bool push(WorkerContext& ctx, const Event& event) {
    const bool pushed = ctx.events->push(event);
    ctx.pushed |= pushed;
    return pushed;
}

}  // namespace detail

/// On the clock that all thresholds are measured by (EntrySignals::count).
inline std::uint64_t milliseconds_of(std::uint64_t cycles) {
    return cycles / (rte_get_tsc_hz() / 1000);
}

/// First packet of an unknown flow. False: the ring refused it, ask again with the next packet.
/// `overflow`: packets of the flow that the hold has refused so far.
template <class F>
bool raise_no_entry(WorkerContext& ctx, const Packet& packet, const FlowKey<F>& flow,
                    std::uint64_t overflow) {
    auto event = detail::event_about<F>(ctx, EventKind::no_entry, packet, flow);
    event.value = overflow;
    return detail::push(ctx, event);
}

/// A flow, first seen on `interface`, has its entry; so many more of its packets did not live to
/// see it.
template <class F>
void raise_hold_overflow(WorkerContext& ctx, InterfaceIndex interface, const FlowKey<F>& flow,
                         std::uint64_t overflow) {
    auto event = detail::event_of<F>(ctx, EventKind::hold_overflow, interface, flow);
    event.value = overflow;
    detail::push(ctx, event);
}

/// A packet that its entry's accept check refused: reported as the meter allows, else counted as
/// unreported for the next report.
template <class F>
void raise_wrong_interface(WorkerContext& ctx, const Packet& packet, const FlowKey<F>& flow,
                           const Entry<F>& entry) {
    auto& meter = ctx.family<F>().wrong_interface;
    if (const auto unreported = meter.arrived(entry.key, packet.interface, ctx.now)) {
        auto event = detail::event_about<F>(ctx, EventKind::wrong_interface, packet, flow);
        event.unreported = *unreported;
        if (detail::push(ctx, event)) {
            return;
        }
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
            !detail::push(ctx, detail::event_about<F>(ctx, EventKind::arrival, packet, flow))) {
            signals->arrival_undelivered(packet.interface);
        }
    }
    if (!signals->has_threshold()) {
        return;
    }
    const auto crossing = signals->count(run.size(), octets, milliseconds_of(ctx.now));
    if (crossing.crossed) {
        auto event = detail::event_about<F>(ctx, EventKind::threshold, run.back(), flow);
        event.value = crossing.packets;
        event.octets = crossing.octets;
        if (!detail::push(ctx, event)) {
            signals->crossing_undelivered();
        }
    }
}

}  // namespace mgmd::dataplane
