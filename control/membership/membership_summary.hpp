// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mgmd {

/// IGMP or MLD on one interface, as a person reads it.
struct MembershipSummary {
    std::string interface;
    std::string protocol;  ///< "igmp", "mld"
    unsigned version = 0;
    std::string role;          ///< "querier", "non-querier", "listener"
    std::string querier;       ///< address of the elected one; empty: not known
    std::uint64_t groups = 0;  ///< that hosts have joined now
    std::uint64_t hosts = 0;   ///< of all groups, where hosts are followed (immediate_leave)
    /// By name, those that are not zero.
    std::vector<std::pair<std::string_view, std::uint64_t>> counters;
};

}  // namespace mgmd
