// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "dataplane/accept.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/classify.hpp"
#include "dataplane/context.hpp"
#include "dataplane/lookup.hpp"
#include "dataplane/observe.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/packet_tracer.hpp"
#include "dataplane/replicate.hpp"
#include "dataplane/stage_clock.hpp"
#include "dataplane/transmit.hpp"
#include "dataplane/ttl.hpp"
#include "dataplane/unresolved.hpp"

/// The order of processing, top to bottom. Each stage is one file.
namespace mgmd::dataplane {

/// The end of a stage that handed `runs` on: noted as `kRecording` says.
template <Recording kRecording, class F>
void end_of(WorkerContext& ctx, Stage stage, std::span<const Run<F>> runs) {
    if constexpr (kRecording == Recording::steps) {
        ctx.tracer->end_of(ctx, stage, runs);
    } else {
        end_of<kRecording == Recording::cycles>(ctx, stage);
    }
}

/// Packets that have their entry, at once or after a wait in the hold. Stage after stage only where
/// something is noted of each.
template <class F, Recording kRecording>
void forward_resolved(WorkerContext& ctx, std::span<Run<F>> runs) {
    if constexpr (kRecording == Recording::nothing) {
        Replicator<F> replicator(ctx);
        for (auto& run : runs) {
            if (accept_run<F>(ctx, run) && take_hop<F>(ctx, run)) {
                replicator.add(run);
            }
        }
        replicator.finish();
    } else {
        runs = accept<F>(ctx, runs);
        end_of<kRecording, F>(ctx, Stage::accept, runs);
        runs = ttl<F>(ctx, runs);
        end_of<kRecording, F>(ctx, Stage::ttl, runs);
        replicate<F>(ctx, runs);
        end_of<kRecording, F>(ctx, Stage::replicate, runs);
    }
}

/// A burst behind classify, run after run. Runs about which the stages have nothing to say, which
/// are nearly all, go a quick way: it only asks what each stage knows at a glance, and what one
/// stage has read of a run the next one finds in registers.
template <class F>
class RunForwarder {
public:
    explicit RunForwarder(WorkerContext& ctx) : ctx_(ctx), resolver_(ctx), replicator_(ctx) {}

    [[gnu::always_inline]] void forward(const Run<F>& run) {
        const bool plain = resolver_.is_plainly_resolved(run) && is_plainly_accepted<F>(run) &&
                           run.lowest_ttl > 1 && replicator_.all_get(run);
        if (!plain) [[unlikely]] {
            return forward_any(run.packets, run.key, run.entry);
        }
        const auto entry = ctx_.family<F>().table.index(*run.entry);
        count_accepted<F>(ctx_, run, entry);
        decrement_ttls<F>(run);
        replicator_.add_for_all(run, entry);
    }

    /// After the last run.
    void finish() { replicator_.finish(); }

private:
    /// The complete way. What makes a run, since a whole one would have to be in memory.
    [[gnu::noinline]] void forward_any(std::span<Packet> packets, const PackedKey<F>* key,
                                       const Entry<F>* entry) {
        auto run = Run<F>::of(packets, key, entry);
        if (resolver_.resolve(run) && accept_run<F>(ctx_, run) && take_hop<F>(ctx_, run)) {
            replicator_.add(run);
        }
    }

    WorkerContext& ctx_;
    Resolver<F> resolver_;
    Replicator<F> replicator_;
};

template <class F>
void forward_by_runs(WorkerContext& ctx, FamilyContext<F>& family) {
    FoundEntries<F> found;
    find_entries(family, found);
    RunForwarder<F> forwarder(ctx);
    for (std::size_t i = 0; i < found.count; ++i) {
        forwarder.forward(run_at(family, found, i));
    }
    forwarder.finish();
}

/// The same stage after stage, where something is noted of each.
template <class F, Recording kRecording>
void forward_by_stages(WorkerContext& ctx, FamilyContext<F>& family) {
    auto runs = lookup<F>(family);
    end_of<kRecording, F>(ctx, Stage::lookup, runs);
    runs = resolve<F>(ctx, runs);
    end_of<kRecording, F>(ctx, Stage::resolve, runs);
    forward_resolved<F, kRecording>(ctx, runs);
}

template <class F, Recording kRecording>
void forward(WorkerContext& ctx, FamilyContext<F>& family) {
    if (family.burst.size == 0) {
        return;
    }
    if constexpr (kRecording == Recording::nothing) {
        forward_by_runs<F>(ctx, family);
    } else {
        forward_by_stages<F, kRecording>(ctx, family);
    }
}

/// What classify calls for each packet that it puts into a burst of family F.
struct BeginLookup {
    WorkerContext& ctx;

    template <class F>
    [[gnu::always_inline]] void operator()(F) const {
        begin_lookup(ctx.family<F>());
    }
};

/// Everything that happens to what one receive call on `port` returned; with Recording::steps, to
/// one frame.
template <IngressFeatures kFeatures, Recording kRecording>
void process(WorkerContext& ctx, PortIndex port, std::span<rte_mbuf*> frames) {
    begin_lookups(ctx.ipv4);
    begin_lookups(ctx.ipv6);
    classify<kFeatures>(ctx, port, frames, ctx.ipv4.burst, ctx.ipv6.burst, BeginLookup{ctx});
    end_of<kRecording, V4>(ctx, Stage::classify, {});
    forward<V4, kRecording>(ctx, ctx.ipv4);
    forward<V6, kRecording>(ctx, ctx.ipv6);
    flush(ctx);
    end_of<kRecording, V4>(ctx, Stage::transmit, {});
}

template <Recording kRecording>
Process choose_process(IngressFeatures features) {
    using Set = IngressFeatures;
    if (features.vlans) {
        return features.boundaries ? process<Set{true, true}, kRecording>
                                   : process<Set{true, false}, kRecording>;
    }
    return features.boundaries ? process<Set{false, true}, kRecording>
                               : process<Set{false, false}, kRecording>;
}

/// The body of `process` that a version of the tables needs: chosen when a worker takes it over.
inline Process choose_process(IngressFeatures features, bool stage_cycles = false) {
    return stage_cycles ? choose_process<Recording::cycles>(features)
                        : choose_process<Recording::nothing>(features);
}

}  // namespace mgmd::dataplane
