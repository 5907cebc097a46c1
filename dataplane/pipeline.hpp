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

/// Packets that have their entry, at once or after a wait in the hold.
template <class F>
void forward_resolved(WorkerContext& ctx, std::span<Run<F>> runs) {
    runs = accept<F>(ctx, runs);
    runs = ttl<F>(ctx, runs);
    replicate<F>(ctx, runs);
}

template <class F>
void forward(WorkerContext& ctx, FamilyContext<F>& family) {
    auto runs = lookup<F>(ctx, family.burst, family.runs);
    runs = resolve<F>(ctx, runs);
    forward_resolved<F>(ctx, runs);
}

/// Everything that happens to what one receive call on `port` returned.
template <IngressFeatures kFeatures>
void process(WorkerContext& ctx, PortIndex port, std::span<rte_mbuf*> frames) {
    ctx.ipv4.burst.size = ctx.ipv6.burst.size = 0;
    classify<kFeatures>(ctx, port, frames, ctx.ipv4.burst, ctx.ipv6.burst);
    forward<V4>(ctx, ctx.ipv4);
    forward<V6>(ctx, ctx.ipv6);
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
