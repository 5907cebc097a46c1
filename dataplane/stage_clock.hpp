// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <rte_cycles.h>

#include "common/dataplane_view.hpp"
#include "dataplane/context.hpp"

namespace mgmd::dataplane {

/// What a pipeline notes beside its counters: chosen once, at start, but for single packets that
/// are traced.
enum class Recording : std::uint8_t {
    nothing,
    cycles,  ///< how long each stage takes
    steps,   ///< what each stage did with the one packet in hand (packet_tracer.hpp)
};

/// The end of a stage: it took the time since the stage before it ended. Where the configuration
/// does not ask for that (`kCounted`, chosen once, at start) there is nothing of it in the code.
template <bool kCounted>
void end_of(WorkerContext& ctx, Stage stage) {
    if constexpr (kCounted) {
        const auto now = rte_rdtsc();
        ctx.counters->stage_cycles[static_cast<std::size_t>(stage)].add(now - ctx.stage_began);
        ctx.stage_began = now;
    }
}

}  // namespace mgmd::dataplane
