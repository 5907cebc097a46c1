// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
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
void absorb(WorkerContext& ctx, const Run<F>& run) {
    const auto& table = ctx.family<F>().table;
    table.counters().negative(table.index(*run.entry), run.packets.size());
    for (const auto& packet : run.packets) {
        drop(ctx, packet, DropReason::negative_entry);
    }
}

template <class F>
void refuse_arrival(WorkerContext& ctx, const Run<F>& run) {
    const auto& table = ctx.family<F>().table;
    table.counters().wrong_interface(table.index(*run.entry), run.packets.size());
    const auto flow = run.flow();
    for (const auto& packet : run.packets) {
        raise_wrong_interface<F>(ctx, packet, flow, *run.entry);
        drop(ctx, packet, DropReason::wrong_interface);
    }
}

/// What control and the kernel get of accepted packets. True: they are forwarded as well.
template <class F>
bool punt_accepted(WorkerContext& ctx, const Run<F>& run) {
    if (run.entry->action == Action::forward_and_copy) {
        for (const auto& packet : run.packets) {
            punt_copy(ctx, packet);
        }
        return true;
    }
    for (const auto& packet : run.packets) {
        hand_over(ctx, packet);
    }
    return false;
}

}  // namespace detail

template <class F>
[[gnu::always_inline]] inline void count_accepted(WorkerContext& ctx, const Run<F>& run,
                                                  EntryIndex entry) {
    ctx.family<F>().table.counters().accepted(entry, run.packets.size(), run.octets);
}

/// Whether a run's entry accepts it, and has nothing else to say: known at a glance.
template <class F>
[[gnu::always_inline]] inline bool is_plainly_accepted(const Run<F>& run) {
    const Entry<F>& entry = *run.entry;
    return entry.action == Action::forward && entry.accept_kind == AcceptKind::one &&
           entry.accept == run.interface() && entry.signals == 0;
}

/// A run against its entry. True: it is to be forwarded. Otherwise its packets have their verdict;
/// either way they leave behind their counts and reports.
template <class F>
bool accept_run(WorkerContext& ctx, const Run<F>& run) {
    const Entry<F>& entry = *run.entry;
    if (entry.action == Action::drop) {
        detail::absorb<F>(ctx, run);
        return false;
    }
    if (!ctx.family<F>().table.accepts(entry, run.interface())) {
        detail::refuse_arrival<F>(ctx, run);
        return false;
    }
    count_accepted<F>(ctx, run, ctx.family<F>().table.index(entry));
    if (entry.signals != 0) {
        raise_signals<F>(ctx, run.packets, run.flow(), entry);
    }
    return entry.action == Action::forward || detail::punt_accepted<F>(ctx, run);
}

/// The stage. Runs that are to be forwarded are returned, in order, at the front of `runs`.
template <class F>
std::span<Run<F>> accept(WorkerContext& ctx, std::span<Run<F>> runs) {
    return keep<F>(runs, [&](const Run<F>& run) { return accept_run<F>(ctx, run); });
}

}  // namespace mgmd::dataplane
