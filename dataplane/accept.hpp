// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "common/drop_reason.hpp"
#include "dataplane/context.hpp"
#include "dataplane/drop.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/punt.hpp"
#include "dataplane/raise.hpp"

/// Stage: what the entry says about packets that arrived on this interface (forwarding rules 3, 4).
namespace mgmd::dataplane {

namespace detail {

/// A negative entry: nobody wants these packets, wherever they come from.
template <class F>
void absorb(WorkerContext& ctx, std::span<const Packet> run, const Entry<F>& entry) {
    const auto& table = ctx.family<F>().table;
    table.counters().negative(table.index(entry), run.size());
    for (const auto& packet : run) {
        drop(ctx, packet.mbuf, DropReason::negative_entry);
    }
}

template <class F>
void refuse_arrival(WorkerContext& ctx, std::span<const Packet> run, const FlowKey<F>& flow,
                    const Entry<F>& entry) {
    const auto& table = ctx.family<F>().table;
    table.counters().wrong_interface(table.index(entry), run.size());
    for (const auto& packet : run) {
        raise_wrong_interface<F>(ctx, packet, flow, entry);
        drop(ctx, packet.mbuf, DropReason::wrong_interface);
    }
}

}  // namespace detail

/// Packets of one flow from one interface against their entry. Those that are to be forwarded are
/// returned; the others have their verdict, and leave behind their counts and reports.
template <class F>
std::span<Packet> accept(WorkerContext& ctx, std::span<Packet> run, const FlowKey<F>& flow,
                         const Entry<F>& entry) {
    if (entry.action == Action::drop) {
        detail::absorb<F>(ctx, run, entry);
        return {};
    }
    const auto& table = ctx.family<F>().table;
    if (!table.accepts(entry, run.front().interface)) [[unlikely]] {
        detail::refuse_arrival<F>(ctx, run, flow, entry);
        return {};
    }
    std::uint64_t octets = 0;
    for (const auto& packet : run) {
        octets += packet.ip_length;
    }
    table.counters().accepted(table.index(entry), run.size(), octets);
    if (entry.signals != 0) [[unlikely]] {
        raise_signals<F>(ctx, run, flow, entry);
    }
    if (entry.action == Action::forward) [[likely]] {
        return run;
    }
    if (entry.action == Action::forward_and_copy) {
        for (const auto& packet : run) {
            punt_copy(ctx, packet);
        }
        return run;
    }
    for (const auto& packet : run) {
        hand_over(ctx, packet);
    }
    return {};
}

}  // namespace mgmd::dataplane
