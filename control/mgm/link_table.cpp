// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/link_table.hpp"

#include <algorithm>

#include "common/multicast_scope.hpp"

namespace mgmd::mgm {

template <class F>
LinkTable<F>::LinkTable(std::vector<InterfaceConfig<F>> interfaces) {
    std::sort(interfaces.begin(), interfaces.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    first_of_index_.fill(kNoSlot);
    links_.reserve(interfaces.size());
    for (auto& config : interfaces) {
        Slot& first = first_of_index_[config.id.index % kMaxInterfaces];
        if (first == kNoSlot) {
            first = static_cast<Slot>(links_.size());
        }
        links_.emplace_back().config = std::move(config);
    }
}

template <class F>
Slot LinkTable<F>::find(const InterfaceId<F>& id) const {
    const auto at = std::lower_bound(
        links_.begin(), links_.end(), id,
        [](const Link<F>& link, const InterfaceId<F>& wanted) { return link.config.id < wanted; });
    return at != links_.end() && at->config.id == id ? static_cast<Slot>(at - links_.begin())
                                                     : kNoSlot;
}

template <class F>
Slot LinkTable<F>::arrival(InterfaceIndex index) const {
    return index < kMaxInterfaces ? first_of_index_[index] : kNoSlot;
}

template <class F>
Slot LinkTable<F>::towards(InterfaceIndex index, const Address& next_hop) const {
    const Slot exact = find({index, next_hop});
    return exact != kNoSlot ? exact : arrival(index);
}

template <class F>
InterfaceId<F> LinkTable<F>::id(Slot slot) const {
    return slot == kNoSlot ? InterfaceId<F>{} : links_[slot].config.id;
}

template <class F>
ClientIndex LinkTable<F>::component(Slot slot, ClientIndex igmp) const {
    const Link<F>& link = links_[slot];
    if (link.owner != kNobody) {
        return link.owner;
    }
    return link.igmp ? igmp : kNobody;
}

template <class F>
bool LinkTable<F>::is_bounded(Slot slot, const Address& group, std::uint8_t length) const {
    const InterfaceConfig<F>& config = links_[slot].config;
    if constexpr (F::family == Family::ipv6) {
        // The scope is in bits 12 to 15 (RFC 4291 2.7); a shorter range holds every scope.
        if (config.boundary_scope != 0 && length >= 16 &&
            effective_scope(group) <= effective_scope(config.boundary_scope)) {
            return true;
        }
    }
    return std::any_of(config.boundaries.begin(), config.boundaries.end(),
                       [&](const Prefix<F>& boundary) {
                           return boundary.length <= length && boundary.contains(group);
                       });
}

template class LinkTable<V4>;
template class LinkTable<V6>;

}  // namespace mgmd::mgm
