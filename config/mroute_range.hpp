// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "common/address_range.hpp"
#include "common/settings.hpp"
#include "config/document.hpp"

namespace mgmd::config {

/// What one item of `mroutes` stands for: `groups` consecutive groups from that of `first`, each
/// with `sources` consecutive sources. One of each, unless the item counts.
template <class F>
struct MrouteRange {
    using Address = typename F::Address;

    StaticMroute<F> first;
    std::uint32_t groups = 1;
    std::uint32_t sources = 1;
    const Node* node = nullptr;   ///< of the item
    const Node* group = nullptr;  ///< of its group

    std::uint64_t count() const { return std::uint64_t{groups} * sources; }
    /// Precondition: there are so many (MrouteRange is made of counts that were checked).
    Address last_group() const { return *advanced(first.key.group, groups - 1); }
    Address last_source() const { return *advanced(first.key.source, sources - 1); }
};

/// Two items that have an mroute in common.
struct MrouteOverlap {
    const Node* earlier;      ///< item
    const Node* later_group;  ///< the group of the later item
};

/// For each item that overlaps with others one of them. O(n log n).
template <class F>
std::vector<MrouteOverlap> overlaps(const std::vector<MrouteRange<F>>& ranges);

}  // namespace mgmd::config
