// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/outlook.hpp"

#include <algorithm>
#include <map>

#include "control/mgm/outgoing.hpp"
#include "control/mgm/retrieval.hpp"

namespace mgmd::mgm {
namespace {

template <class F>
std::optional<ProtocolName> name_of(const State<F>& state, ClientIndex client) {
    return client == kNobody ? std::nullopt : std::optional(state.clients.name(client));
}

/// The entry as EntryBuilder would begin it, in no table.
template <class F>
void draft(const State<F>& state, const SourceGroup<F>& key, Slot arrival, Mfe<F>& mfe) {
    mfe.key = key;
    mfe.arrival = arrival;
    if (const auto route = state.outside.rib.lookup(key.source)) {
        mfe.incoming = state.links.towards(route->interface, route->next_hop);
        mfe.upstream = route->next_hop;
        mfe.route = {route->protocol, route->prefix};
    }
    for (std::size_t i = 0; i < state.links.size(); ++i) {
        if (is_outgoing(state, mfe, static_cast<Slot>(i))) {
            mfe.outgoing.push_back(static_cast<Slot>(i));
        }
    }
}

template <class F>
LinkOutlook<F> link_outlook(const State<F>& state, const Mfe<F>& mfe, Slot slot) {
    const Link<F>& link = state.links[slot];
    return {.interface = link.config.id,
            .listed = std::binary_search(mfe.outgoing.begin(), mfe.outgoing.end(), slot),
            .wanted = state.memberships.wants(mfe.key, slot),
            .forced = mfe.is_forced(slot),
            .bar = bar_of(state, mfe, slot),
            .owner = name_of(state, link.owner),
            .igmp = link.igmp,
            .local = link.local,
            .memberships = {}};
}

/// Appends to each link the memberships of one key.
template <class F>
void append_memberships(std::vector<MembershipRecord<F>> records, FlowOutlook<F>& outlook) {
    for (auto& record : records) {
        const auto link = std::ranges::lower_bound(outlook.links, record.interface, {},
                                                   &LinkOutlook<F>::interface);
        link->memberships.push_back(std::move(record));
    }
}

}  // namespace

template <class F>
FlowOutlook<F> Retrieval<F>::outlook(const Key& key, InterfaceIndex arrival) const {
    const Slot arrived = state_.links.arrival(arrival);
    const Mfe<F>* mfe = state_.mfes.find(key);
    FlowOutlook<F> outlook;
    outlook.exists = mfe != nullptr && mfe->is_visible();
    outlook.installed = arrived != kNoSlot && installed_for(state_, key, arrived) != nullptr;
    Mfe<F> drafted;
    if (!outlook.exists) {
        draft(state_, key, arrived, drafted);
        mfe = &drafted;
    }
    outlook.incoming = state_.links.id(mfe->incoming);
    outlook.upstream = mfe->upstream;
    outlook.route = mfe->route;
    outlook.owner =
        name_of(state_, state_.links.owner(mfe->incoming != kNoSlot ? mfe->incoming : arrived));
    for (std::size_t i = 0; i < state_.links.size(); ++i) {
        outlook.links.push_back(link_outlook(state_, *mfe, static_cast<Slot>(i)));
    }
    append_memberships(memberships(key), outlook);
    for (int length = F::address_bits; length >= 0; --length) {
        const auto bits = static_cast<std::uint8_t>(length);
        append_memberships(memberships({masked(key.group, bits), {}, bits}), outlook);
    }
    return outlook;
}

template FlowOutlook<V4> Retrieval<V4>::outlook(const Key&, InterfaceIndex) const;
template FlowOutlook<V6> Retrieval<V6>::outlook(const Key&, InterfaceIndex) const;

}  // namespace mgmd::mgm
