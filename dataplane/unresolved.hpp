// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "dataplane/context.hpp"
#include "dataplane/drop.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/raise.hpp"
#include "dataplane/stage_clock.hpp"

/// What happens to packets of flows without an entry (forwarding rules 6): they wait in the hold
/// until their entry, a refusal or the timeout. Worker thread.
namespace mgmd::dataplane {

/// Flows looked at in one go by housekeeping: what bounds its share of a worker's time in a flood.
inline constexpr unsigned kHousekeepingFlows = 32;

/// Most packets of one flow that are held: what the setting allows.
inline constexpr std::size_t kMaxHeldPackets = 255;

/// From the accept check on: what happens to packets that have their entry (pipeline.hpp).
template <class F, Recording kRecording>
void forward_resolved(WorkerContext& ctx, std::span<Run<F>> runs);

namespace detail {

template <class F>
using HeldFlow = typename Hold<F>::Flow;

/// Begins to hold a flow. nullptr: the packet was dropped instead.
template <class F>
HeldFlow<F>* open_flow(WorkerContext& ctx, const Packet& packet, const FlowKey<F>& flow) {
    if (!ctx.no_entry[packet.interface].take(ctx.now)) {
        drop(ctx, packet, DropReason::no_entry_limit);
        return nullptr;
    }
    auto* opened = ctx.family<F>().held.open(flow, packet.interface, ctx.now);
    if (opened == nullptr) {
        drop(ctx, packet, DropReason::hold_full);
        return nullptr;
    }
    ctx.counters->held_flows_in.add();
    return opened;
}

template <class F>
void close_flow(WorkerContext& ctx, HeldFlow<F>& flow) {
    ctx.family<F>().held.close(flow);
    ctx.counters->held_flows_out.add();
}

template <class F>
void drop_flow(WorkerContext& ctx, HeldFlow<F>& flow, DropReason reason) {
    std::array<Packet, kMaxHeldPackets> packets;
    const auto count = ctx.family<F>().held.take(flow, packets, [](const Packet&) { return true; });
    ctx.counters->held_out.add(count);
    for (std::size_t i = 0; i < count; ++i) {
        drop(ctx, packets[i], reason);
    }
    close_flow<F>(ctx, flow);
}

/// The entries of one flow by arrival interface, each looked up once: an entry that is published
/// meanwhile must not let later packets of an interface pass earlier ones.
template <class F>
class FlowEntries {
public:
    FlowEntries(const TableReader<F>& table, const FlowKey<F>& key) : table_(table), key_(key) {}

    const Entry<F>* find(InterfaceIndex arrival) {
        for (std::size_t i = 0; i < size_; ++i) {
            if (found_[i].arrival == arrival) {
                return found_[i].entry;
            }
        }
        const auto* entry = table_.lookup(key_, arrival);
        found_[size_++] = {arrival, entry};
        return entry;
    }

private:
    struct Found {
        InterfaceIndex arrival;
        const Entry<F>* entry;
    };

    const TableReader<F>& table_;
    const FlowKey<F> key_;
    std::size_t size_ = 0;
    std::array<Found, kMaxHeldPackets> found_;
};

/// Asks control for the flow's entry because of this packet; if the ring is full, it is asked with
/// the next one.
template <class F>
void ask(WorkerContext& ctx, HeldFlow<F>& flow, const Packet& packet) {
    flow.asked = raise_no_entry<F>(ctx, packet, flow.key, flow.overflow);
    if (flow.asked) {
        flow.overflow = 0;
    }
}

/// The entry that control was asked for left packets behind, which arrived elsewhere: it is asked
/// for the oldest of them too, or with the next packet.
template <class F>
void ask_for_rest(WorkerContext& ctx, HeldFlow<F>& flow) {
    ask<F>(ctx, flow, ctx.family<F>().held.packets(flow).front());
}

/// Sends on, in order, what the flow holds, as far as there is an entry for it: an entry that
/// stands for an interface, (*,*), is one for packets that arrived there only.
template <class F>
void release_flow(WorkerContext& ctx, HeldFlow<F>& flow) {
    auto& family = ctx.family<F>();
    const FlowKey<F> key = flow.key;
    const auto packed = PackedKey<F>::from(key);
    FlowEntries<F> entries(family.table, key);
    std::array<Packet, kMaxHeldPackets> packets;
    const bool asked_only = flow.size == 0;
    const std::size_t count = family.held.take(flow, packets, [&](const Packet& packet) {
        return entries.find(packet.interface) != nullptr;
    });
    if (asked_only ? entries.find(flow.interface) != nullptr : flow.size == 0) {
        if (flow.overflow != 0) {
            raise_hold_overflow<F>(ctx, flow.interface, key, flow.overflow);
        }
        close_flow<F>(ctx, flow);
    } else if (count != 0) {
        ask_for_rest<F>(ctx, flow);
    }
    ctx.counters->held_out.add(count);
    for (std::size_t first = 0; first < count;) {
        auto end = first + 1;
        while (end < count && end - first < kMaxBurst &&
               packets[end].interface == packets[first].interface) {
            ++end;
        }
        auto run = Run<F>::of(std::span{packets}.subspan(first, end - first), &packed,
                              entries.find(packets[first].interface));
        forward_resolved<F, Recording::nothing>(ctx, {&run, 1});  // its time is this stage's
        first = end;
    }
}

}  // namespace detail

/// Packets of a flow that has no entry, from one interface: control is asked once, the first
/// packets wait, others are dropped under a name.
template <class F>
void hold_unresolved(WorkerContext& ctx, const Run<F>& run) {
    auto& hold = ctx.family<F>().held;
    const auto flow = run.flow();
    auto* held = hold.find(flow);
    for (const auto& packet : run.packets) {
        if (held == nullptr) {
            held = detail::open_flow<F>(ctx, packet, flow);
            if (held == nullptr) {
                continue;
            }
        }
        if (!held->asked) {
            detail::ask<F>(ctx, *held, packet);
        }
        if (hold.keep(*held, packet)) {
            ctx.counters->held_in.add();
        } else {
            ++held->overflow;
            drop(ctx, packet, DropReason::hold_full);
        }
    }
}

/// Before packets that have their entry are forwarded: those of the flow that still wait leave.
/// Costs a comparison unless the entry is newer than the last sweep.
template <class F>
void release_held(WorkerContext& ctx, const Run<F>& run) {
    auto& hold = ctx.family<F>().held;
    if (hold.empty() || run.entry->sequence <= hold.swept_sequence()) {
        return;
    }
    if (auto* held = hold.find(run.flow())) {
        detail::release_flow<F>(ctx, *held);
    }
}

/// Stage: whether runs have their entry. What waited for it is on its way then; the others are
/// held.
template <class F>
class Resolver {
public:
    explicit Resolver(WorkerContext& ctx) : ctx_(ctx), settled_(settled()) {}

    /// Whether a run has its entry, and nobody waits for that: known at a glance.
    [[gnu::always_inline]] bool is_plainly_resolved(const Run<F>& run) const {
        return run.entry != nullptr && run.entry->sequence <= settled_;
    }

    /// True: the run goes on.
    bool resolve(const Run<F>& run) {
        if (is_plainly_resolved(run)) {
            return true;
        }
        if (run.entry == nullptr) {
            hold_unresolved<F>(ctx_, run);
        } else {
            release_held<F>(ctx_, run);
        }
        settled_ = settled();
        return run.entry != nullptr;
    }

private:
    /// No packet waits for an entry that was there so early.
    std::uint64_t settled() const {
        const auto& hold = ctx_.family<F>().held;
        return hold.empty() ? std::numeric_limits<std::uint64_t>::max()  // no entry's
                            : hold.swept_sequence();
    }

    WorkerContext& ctx_;
    std::uint64_t settled_;
};

/// The stage for all of `runs`: those that go on are returned, in order, at their front.
template <class F>
std::span<Run<F>> resolve(WorkerContext& ctx, std::span<Run<F>> runs) {
    Resolver<F> resolver(ctx);
    return keep<F>(runs, [&](const Run<F>& run) { return resolver.resolve(run); });
}

/// Housekeeping: flows whose entry has come since the last sweep leave. What it sends waits in the
/// TX buffers for the next flush. Looked up together, since most that a sweep looks at still wait.
template <class F>
void sweep_held(WorkerContext& ctx) {
    auto& family = ctx.family<F>();
    if (!family.held.sweeping() && !family.held.begin_sweep(family.table.published_sequence())) {
        return;
    }
    std::array<detail::HeldFlow<F>*, kHousekeepingFlows> flows;
    std::size_t count = 0;
    while (count < flows.size() && (flows[count] = family.held.next_to_sweep()) != nullptr) {
        ++count;
    }
    std::array<const Entry<F>*, kHousekeepingFlows> entries;
    family.table.lookup(
        count, [&](std::size_t i) -> const FlowKey<F>& { return flows[i]->key; },
        [&](std::size_t i) { return flows[i]->interface; }, entries);
    for (std::size_t i = 0; i < count; ++i) {
        if (entries[i] != nullptr || flows[i]->elsewhere) {
            detail::release_flow<F>(ctx, *flows[i]);
        }
    }
}

/// Housekeeping: flows that control refused, and those that nobody answered in time, are freed.
template <class F>
void expire_held(WorkerContext& ctx) {
    auto& family = ctx.family<F>();
    family.table.drain_refusals(
        [&](const FlowKey<F>& refused) {
            if (auto* flow = family.held.find(refused)) {
                detail::drop_flow<F>(ctx, *flow, DropReason::hold_refused);
            }
        },
        kHousekeepingFlows);
    for (unsigned i = 0; i < kHousekeepingFlows; ++i) {
        auto* oldest = family.held.oldest();
        if (oldest == nullptr || oldest->deadline > ctx.now) {
            return;
        }
        detail::drop_flow<F>(ctx, *oldest, DropReason::hold_timeout);
    }
}

/// The end: everything held is freed.
template <class F>
void drop_all_held(WorkerContext& ctx) {
    while (auto* flow = ctx.family<F>().held.oldest()) {
        detail::drop_flow<F>(ctx, *flow, DropReason::hold_stopped);
    }
}

}  // namespace mgmd::dataplane
