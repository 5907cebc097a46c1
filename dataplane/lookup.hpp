// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dataplane/context.hpp"
#include "dataplane/packet.hpp"

/// Stage: find the entry of each packet (forwarding rules 2).
namespace mgmd::dataplane {

/// Before the first packet of a burst.
template <class F>
void begin_lookups(FamilyContext<F>& family) {
    family.burst.size = 0;
    family.table.begin(family.lookups);
}

/// The packet that classify has just put into the burst: its lookup begins, if it begins a run.
template <class F>
[[gnu::always_inline]] inline void begin_lookup(FamilyContext<F>& family) {
    const auto& packets = family.burst.packets;
    auto& lookups = family.lookups;
    const auto at = std::size_t{family.burst.size} - 1;
    const auto key = PackedKey<F>::from(family.burst.keys[at]);
    const bool continues = at != 0 && key == lookups.searches[lookups.count - 1].key &&
                           packets[at].interface == packets[at - 1].interface;
    if (!continues) [[likely]] {
        family.run_begins[lookups.count] = static_cast<std::uint8_t>(at);
        family.table.add(lookups, key);
    }
}

/// The burst, of at least one packet, in runs, each with its entry: nullptr where none matches. The
/// entries may be used until the worker's next quiescent state.
template <class F>
std::span<Run<F>> lookup(FamilyContext<F>& family) {
    static_assert(kMaxBurst <= TableReader<F>::kMaxBurst);
    auto& burst = family.burst;
    auto& begins = family.run_begins;
    const auto count = family.lookups.count;
    begins[count] = static_cast<std::uint8_t>(burst.size);
    std::array<const Entry<F>*, kMaxBurst> entries;
    family.table.finish(
        family.lookups, [&](std::size_t i) -> const FlowKey<F>& { return burst.keys[begins[i]]; },
        [&](std::size_t i) { return burst.packets[begins[i]].interface; }, entries);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t first = begins[i];
        family.runs[i] = Run<F>::of({&burst.packets[first], begins[i + 1] - first},
                                    &burst.keys[first], entries[i]);
    }
    return {family.runs.data(), count};
}

}  // namespace mgmd::dataplane
