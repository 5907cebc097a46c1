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

/// `entries[i]` for `burst.packets[i]`: nullptr where no entry matches. They may be used until the
/// worker's next quiescent state.
template <class F>
void lookup(WorkerContext& ctx, const Burst<F>& burst,
            std::array<const Entry<F>*, kMaxBurst>& entries) {
    static_assert(kMaxBurst <= TableReader<F>::kMaxBurst);
    ctx.family<F>().table.lookup(
        {burst.keys.data(), burst.size}, [&](std::size_t i) { return burst.packets[i].interface; },
        entries);
}

/// How many packets from `first` on are of one flow and arrived on one interface: at least 1. They
/// share one entry, so that what an entry costs is paid once for all of them.
template <class F>
std::uint16_t run_length(const Burst<F>& burst, std::uint16_t first) {
    auto end = static_cast<std::uint16_t>(first + 1);
    while (end < burst.size && burst.keys[end] == burst.keys[first] &&
           burst.packets[end].interface == burst.packets[first].interface) {
        ++end;
    }
    return static_cast<std::uint16_t>(end - first);
}

}  // namespace mgmd::dataplane
