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
#include "dataplane/stage_clock.hpp"
#include "dataplane/transmit.hpp"
#include "dataplane/ttl.hpp"
#include "dataplane/unresolved.hpp"

/// The order of processing, top to bottom. Each stage is one file.
namespace mgmd::dataplane {

/// Packets that have their entry, at once or after a wait in the hold.
template <class F, bool kCounted>
void forward_resolved(WorkerContext& ctx, std::span<Run<F>> runs) {
    runs = accept<F>(ctx, runs);
    end_of<kCounted>(ctx, Stage::accept);
    runs = ttl<F>(ctx, runs);
    end_of<kCounted>(ctx, Stage::ttl);
    replicate<F>(ctx, runs);
    end_of<kCounted>(ctx, Stage::replicate);
}

template <class F, bool kCounted>
void forward(WorkerContext& ctx, FamilyContext<F>& family) {
    if (family.burst.size == 0) {
        return;
    }
    auto runs = lookup<F>(ctx, family.burst, family.runs);
    end_of<kCounted>(ctx, Stage::lookup);
    runs = resolve<F>(ctx, runs);
    end_of<kCounted>(ctx, Stage::resolve);
    forward_resolved<F, kCounted>(ctx, runs);
}

/// Everything that happens to what one receive call on `port` returned. `kCounted`: how long each
/// stage takes is counted.
template <IngressFeatures kFeatures, bool kCounted>
void process(WorkerContext& ctx, PortIndex port, std::span<rte_mbuf*> frames) {
    ctx.ipv4.burst.size = ctx.ipv6.burst.size = 0;
    classify<kFeatures>(ctx, port, frames, ctx.ipv4.burst, ctx.ipv6.burst);
    end_of<kCounted>(ctx, Stage::classify);
    forward<V4, kCounted>(ctx, ctx.ipv4);
    forward<V6, kCounted>(ctx, ctx.ipv6);
    flush(ctx);
    end_of<kCounted>(ctx, Stage::transmit);
}

using Process = void (*)(WorkerContext& ctx, PortIndex port, std::span<rte_mbuf*> frames);

template <bool kCounted>
Process choose_process(IngressFeatures features) {
    using Set = IngressFeatures;
    if (features.vlans) {
        return features.boundaries ? process<Set{true, true}, kCounted>
                                   : process<Set{true, false}, kCounted>;
    }
    return features.boundaries ? process<Set{false, true}, kCounted>
                               : process<Set{false, false}, kCounted>;
}

/// The body of `process` that a configuration needs: chosen once, at start.
inline Process choose_process(IngressFeatures features, bool stage_cycles = false) {
    return stage_cycles ? choose_process<true>(features) : choose_process<false>(features);
}

}  // namespace mgmd::dataplane
