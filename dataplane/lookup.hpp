// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "dataplane/context.hpp"
#include "dataplane/packet.hpp"

/// Stage: find the entry of each packet (forwarding rules 2).
namespace mgmd::dataplane {

/// Divides the burst into runs, without their entries. Returns how many there are.
template <class F>
std::size_t find_runs(Burst<F>& burst, std::array<Run<F>, kMaxBurst>& runs) {
    std::size_t count = 0;
    std::size_t first = 0;
    for (std::size_t end = 1; end <= burst.size; ++end) {
        if (end == burst.size || burst.keys[end] != burst.keys[first] ||
            burst.packets[end].interface != burst.packets[first].interface) {
            runs[count++] = {{&burst.packets[first], end - first}, &burst.keys[first], nullptr};
            first = end;
        }
    }
    return count;
}

/// The burst in runs, each with its entry: nullptr where none matches. The entries may be used
/// until the worker's next quiescent state.
template <class F>
std::span<Run<F>> lookup(WorkerContext& ctx, Burst<F>& burst, std::array<Run<F>, kMaxBurst>& runs) {
    static_assert(kMaxBurst <= TableReader<F>::kMaxBurst);
    const auto count = find_runs(burst, runs);
    std::array<const Entry<F>*, kMaxBurst> entries;
    ctx.family<F>().table.lookup(
        count, [&](std::size_t i) -> const FlowKey<F>& { return *runs[i].flow; },
        [&](std::size_t i) { return runs[i].interface(); }, entries);
    for (std::size_t i = 0; i < count; ++i) {
        runs[i].entry = entries[i];
    }
    return {runs.data(), count};
}

}  // namespace mgmd::dataplane
