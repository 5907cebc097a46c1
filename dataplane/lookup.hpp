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
    const PackedKey<F>* const key = &family.burst.keys[at];
    const bool continues =
        at != 0 && key[0] == key[-1] && packets[at].interface == packets[at - 1].interface;
    if (!continues) [[likely]] {
        family.run_begins[lookups.count] = static_cast<std::uint8_t>(at);
        family.table.add(lookups, *key);
    }
}

/// The entries of a burst's runs.
template <class F>
struct FoundEntries {
    std::size_t count;  ///< of runs, at least 1
    std::array<const Entry<F>*, kMaxBurst> entries;
};

/// The entry of each run of the burst, which has at least one packet: nullptr where none matches.
/// They may be used until the worker's next quiescent state.
template <class F>
[[gnu::always_inline]] inline void find_entries(FamilyContext<F>& family, FoundEntries<F>& found) {
    static_assert(kMaxBurst <= TableReader<F>::kMaxBurst);
    auto& burst = family.burst;
    auto& begins = family.run_begins;
    found.count = family.lookups.count;
    begins[found.count] = static_cast<std::uint8_t>(burst.size);
    family.table.finish(
        family.lookups, [&](std::size_t i) { return burst.keys[begins[i]].flow(); },
        [&](std::size_t i) { return burst.packets[begins[i]].interface; }, found.entries);
}

/// Run `i` of the burst.
template <class F>
[[gnu::always_inline]] inline Run<F> run_at(FamilyContext<F>& family, const FoundEntries<F>& found,
                                            std::size_t i) {
    const std::size_t first = family.run_begins[i];
    return Run<F>::of({&family.burst.packets[first], family.run_begins[i + 1] - first},
                      &family.burst.keys[first], found.entries[i]);
}

/// The burst, of at least one packet, in runs, each with its entry.
template <class F>
std::span<Run<F>> lookup(FamilyContext<F>& family) {
    FoundEntries<F> found;
    find_entries(family, found);
    for (std::size_t i = 0; i < found.count; ++i) {
        family.runs[i] = run_at(family, found, i);
    }
    return {family.runs.data(), found.count};
}

}  // namespace mgmd::dataplane
