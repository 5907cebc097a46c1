// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "dataplane/accept.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/classify.hpp"
#include "dataplane/context.hpp"
#include "dataplane/lookup.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/replicate.hpp"
#include "dataplane/transmit.hpp"
#include "dataplane/ttl.hpp"
#include "dataplane/unresolved.hpp"

/// The order of processing, top to bottom. Each stage is one file.
namespace mgmd::dataplane {

/// Packets of one flow that arrived on one interface one after the other and have their entry, at
/// once or after a wait in the hold.
template <class F>
void forward_resolved(WorkerContext& ctx, std::span<Packet> run, const FlowKey<F>& flow,
                      const Entry<F>& entry) {
    run = accept<F>(ctx, run, flow, entry);
    run = ttl<F>(ctx, run, entry);
    replicate<F>(ctx, run, flow, entry);
}

template <class F>
void forward_run(WorkerContext& ctx, std::span<Packet> run, const FlowKey<F>& flow,
                 const Entry<F>* entry) {
    if (entry == nullptr) {
        hold_unresolved<F>(ctx, run, flow);
    } else {
        forward_resolved<F>(ctx, run, flow, *entry);
    }
}

template <class F>
void forward(WorkerContext& ctx, Burst<F>& burst) {
    std::array<const Entry<F>*, kMaxBurst> entries;
    lookup<F>(ctx, burst, entries);
    for (std::uint16_t first = 0; first < burst.size;) {
        const auto count = run_length<F>(burst, first);
        const auto& flow = burst.keys[first];
        // Packets of this flow that still wait for its entry leave before these.
        release_held<F>(ctx, flow, entries[first]);
        forward_run<F>(ctx, {burst.packets.data() + first, count}, flow, entries[first]);
        first = static_cast<std::uint16_t>(first + count);
    }
}

/// Everything that happens to what one receive call on `port` returned.
template <IngressFeatures kFeatures>
void process(WorkerContext& ctx, PortIndex port, std::span<rte_mbuf*> frames) {
    auto& ipv4 = ctx.ipv4.burst;
    auto& ipv6 = ctx.ipv6.burst;
    ipv4.size = ipv6.size = 0;
    classify<kFeatures>(ctx, port, frames, ipv4, ipv6);
    forward<V4>(ctx, ipv4);
    forward<V6>(ctx, ipv6);
    flush(ctx);
}

using Process = void (*)(WorkerContext& ctx, PortIndex port, std::span<rte_mbuf*> frames);

/// The body of `process` that a configuration needs: chosen once, at start.
inline Process choose_process(IngressFeatures features) {
    using Set = IngressFeatures;
    if (features.vlans) {
        return features.boundaries ? process<Set{true, true}> : process<Set{true, false}>;
    }
    return features.boundaries ? process<Set{false, true}> : process<Set{false, false}>;
}

}  // namespace mgmd::dataplane
