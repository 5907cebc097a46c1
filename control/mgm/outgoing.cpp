// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/outgoing.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace mgmd::mgm {

namespace {

template <class F>
bool may_leave(const State<F>& state, const Mfe<F>& mfe, Slot slot) {
    return !bar_of(state, mfe, slot);
}

/// Adds an interface; links of one index share an item, which then loses its unicast next hop.
void append(const Outgoing& item, std::vector<Outgoing>& outgoing) {
    if (!outgoing.empty() && outgoing.back().interface == item.interface) {
        outgoing.back().next_hop.reset();
        return;
    }
    outgoing.push_back(item);
}

/// An entry has no more than kMaxOutgoing: what is past them is counted, never skipped in silence.
template <class F>
void leave_out(State<F>& state, const Mfe<F>& mfe, std::size_t links) {
    if (state.counted.refused_outgoing == 0) {
        spdlog::warn(
            "mgm: entry {} leaves out {} interfaces past the {} that an entry can have; "
            "further ones are only counted",
            to_string(mfe.key), links, kMaxOutgoing);
    }
    state.counted.refused_outgoing += links;
}

template <class F>
void append_accept(const State<F>& state, Slot slot, AcceptSet& accept) {
    const InterfaceIndex index = state.links.id(slot).index;
    if (accept.interfaces.empty() || accept.interfaces.back() != index) {
        accept.interfaces.push_back(index);
    }
}

template <class F>
std::vector<Outgoing> outgoing_of(const State<F>& state, const InstalledRoute<F>& route) {
    boost::container::small_vector<const RouteOutgoing<F>*, 8> sorted;
    for (const RouteOutgoing<F>& item : route.outgoing) {
        sorted.push_back(&item);
    }
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->interface < b->interface; });
    std::vector<Outgoing> outgoing;
    outgoing.reserve(sorted.size());
    for (const auto* item : sorted) {
        const InterfaceConfig<F>& config = state.links[state.links.find(item->interface)].config;
        append({config.id.index, item->ttl_threshold,
                item->next_hop_mac ? item->next_hop_mac : config.next_hop_mac},
               outgoing);
    }
    return outgoing;
}

}  // namespace

template <class F>
std::optional<OutgoingBar> bar_of(const State<F>& state, const Mfe<F>& mfe, Slot slot) {
    if (mfe.incoming == kNoSlot) {
        return OutgoingBar::no_incoming;
    }
    if (slot == mfe.incoming) {
        return OutgoingBar::incoming;
    }
    if (mfe.is_vetoed(slot)) {
        return OutgoingBar::vetoed;
    }
    return state.links.is_bounded(slot, mfe.key.group) ? std::optional(OutgoingBar::boundary)
                                                       : std::nullopt;
}

template <class F>
bool is_outgoing(const State<F>& state, const Mfe<F>& mfe, Slot slot) {
    return may_leave(state, mfe, slot) &&
           (mfe.is_forced(slot) || state.memberships.wants(mfe.key, slot));
}

template <class F>
void compute_outgoing(State<F>& state, Mfe<F>& mfe) {
    SlotList slots;
    state.memberships.collect(mfe.key, slots);
    if (mfe.overrides != nullptr) {
        slots.insert(slots.end(), mfe.overrides->on.begin(), mfe.overrides->on.end());
        std::sort(slots.begin(), slots.end());
        slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    }
    mfe.outgoing.clear();
    std::copy_if(slots.begin(), slots.end(), std::back_inserter(mfe.outgoing),
                 [&](Slot slot) { return may_leave(state, mfe, slot); });
    if (mfe.outgoing.size() > kMaxOutgoing) {
        leave_out(state, mfe, mfe.outgoing.size() - kMaxOutgoing);
        mfe.outgoing.resize(kMaxOutgoing);
    }
}

template <class F>
bool update_outgoing(State<F>& state, Mfe<F>& mfe, Slot slot) {
    const bool wanted = is_outgoing(state, mfe, slot);
    const auto at = std::lower_bound(mfe.outgoing.begin(), mfe.outgoing.end(), slot);
    const bool present = at != mfe.outgoing.end() && *at == slot;
    if (wanted == present) {
        return false;
    }
    const bool is_full = mfe.outgoing.size() == kMaxOutgoing;
    if (wanted && is_full) {
        leave_out(state, mfe, 1);
        return false;
    }
    if (wanted) {
        mfe.outgoing.insert(at, slot);
    } else if (is_full) {
        compute_outgoing(state, mfe);  // one that was left out may take the place
    } else {
        mfe.outgoing.erase(at);
    }
    mfe.edited = true;
    return true;
}

template <class F>
ForwardingEntry<F> forwarding_entry(const State<F>& state, const Mfe<F>& mfe) {
    ForwardingEntry<F> entry{
        .key = state.route_key(mfe.key), .accept = {}, .outgoing = {}, .signals = {}};
    entry.action = mfe.outgoing.empty() ? Action::drop : Action::forward;
    if (mfe.incoming != kNoSlot) {
        append_accept(state, mfe.incoming, entry.accept);
    }
    entry.outgoing.reserve(mfe.outgoing.size());
    for (const Slot slot : mfe.outgoing) {
        const InterfaceConfig<F>& config = state.links[slot].config;
        append({config.id.index, std::nullopt, config.next_hop_mac}, entry.outgoing);
    }
    return entry;
}

template <class F>
std::vector<Slot> accepted_links(const State<F>& state, const Installed<F>& installed) {
    std::vector<Slot> slots;
    const bool everywhere = installed.route.drops_everywhere();
    if (everywhere || installed.route.accept_any) {
        for (std::size_t i = 0; i < state.links.size(); ++i) {
            const auto slot = static_cast<Slot>(i);
            if (everywhere || state.links.owner(slot) == installed.client) {
                slots.push_back(slot);
            }
        }
        return slots;
    }
    for (const InterfaceId<F>& id : installed.route.accept) {
        slots.push_back(state.links.find(id));
    }
    std::sort(slots.begin(), slots.end());
    return slots;
}

template <class F>
AcceptSet accept_set(const State<F>& state, const Installed<F>& installed) {
    AcceptSet accept;
    accept.any = installed.route.drops_everywhere();
    if (!accept.any) {
        for (const Slot slot : accepted_links(state, installed)) {
            append_accept(state, slot, accept);
        }
    }
    return accept;
}

template <class F>
RouteKeys<F> forwarding_keys(const State<F>& state, const Installed<F>& installed) {
    const RouteKey<F> key = state.route_key(installed.route.key);
    if (!installed.route.key.is_any()) {
        return {key};
    }
    AcceptSet arrivals;
    for (const Slot slot : accepted_links(state, installed)) {
        append_accept(state, slot, arrivals);
    }
    RouteKeys<F> keys;
    for (const InterfaceIndex index : arrivals.interfaces) {
        keys.push_back(key);
        keys.back().arrival = index;
    }
    return keys;
}

template <class F>
std::vector<ForwardingEntry<F>> forwarding_entries(const State<F>& state,
                                                   const Installed<F>& installed) {
    const InstalledRoute<F>& route = installed.route;
    const auto keys = forwarding_keys(state, installed);
    std::vector<ForwardingEntry<F>> entries;
    if (keys.empty()) {
        return entries;
    }
    entries.push_back({.key = keys.front(),
                       .action = route.action,
                       .accept = accept_set(state, installed),
                       .outgoing = outgoing_of(state, route),
                       .signals = route.signals});
    if (!route.key.is_any()) {
        return entries;
    }
    entries.resize(keys.size(), ForwardingEntry<F>(entries.front()));
    for (std::size_t i = 0; i < keys.size(); ++i) {
        entries[i].key = keys[i];
        entries[i].accept = {.any = false, .interfaces = {keys[i].arrival}};
    }
    return entries;
}

template <class F>
const Installed<F>* installed_for(const State<F>& state, const SourceGroup<F>& key, Slot arrival) {
    return state.installed.covering(key, [&](const Installed<F>& installed) {
        if (!installed.route.key.is_any()) {
            return true;
        }
        const auto accepted = accepted_links(state, installed);
        return std::any_of(accepted.begin(), accepted.end(), [&](Slot slot) {
            return state.links.id(slot).index == state.links.id(arrival).index;
        });
    });
}

template std::optional<OutgoingBar> bar_of(const State<V4>&, const Mfe<V4>&, Slot);
template std::optional<OutgoingBar> bar_of(const State<V6>&, const Mfe<V6>&, Slot);
template bool is_outgoing(const State<V4>&, const Mfe<V4>&, Slot);
template bool is_outgoing(const State<V6>&, const Mfe<V6>&, Slot);
template void compute_outgoing(State<V4>&, Mfe<V4>&);
template void compute_outgoing(State<V6>&, Mfe<V6>&);
template bool update_outgoing(State<V4>&, Mfe<V4>&, Slot);
template bool update_outgoing(State<V6>&, Mfe<V6>&, Slot);
template ForwardingEntry<V4> forwarding_entry(const State<V4>&, const Mfe<V4>&);
template ForwardingEntry<V6> forwarding_entry(const State<V6>&, const Mfe<V6>&);
template std::vector<ForwardingEntry<V4>> forwarding_entries(const State<V4>&,
                                                             const Installed<V4>&);
template std::vector<ForwardingEntry<V6>> forwarding_entries(const State<V6>&,
                                                             const Installed<V6>&);
template RouteKeys<V4> forwarding_keys(const State<V4>&, const Installed<V4>&);
template RouteKeys<V6> forwarding_keys(const State<V6>&, const Installed<V6>&);
template AcceptSet accept_set(const State<V4>&, const Installed<V4>&);
template AcceptSet accept_set(const State<V6>&, const Installed<V6>&);
template std::vector<Slot> accepted_links(const State<V4>&, const Installed<V4>&);
template std::vector<Slot> accepted_links(const State<V6>&, const Installed<V6>&);
template const Installed<V4>* installed_for(const State<V4>&, const SourceGroup<V4>&, Slot);
template const Installed<V6>* installed_for(const State<V6>&, const SourceGroup<V6>&, Slot);

}  // namespace mgmd::mgm
