// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/entry_builder.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "control/mgm/outgoing.hpp"
#include "control/mgm/room.hpp"

namespace mgmd::mgm {

namespace {

template <class F>
SourceGroup<F> key_of(const Event& event) {
    return {.group = event.group.template as<F>(), .source = event.source.template as<F>()};
}

/// The Rib's answer, as far as an entry depends on it.
template <class F>
bool depends_on_other(const Mfe<F>& mfe, const std::optional<Route<F>>& route) {
    if (!route) {
        return mfe.looked_up_interface != kNoInterface;
    }
    return mfe.looked_up_interface != route->interface ||
           mfe.looked_up_next_hop != route->next_hop || mfe.looked_up_prefix != route->prefix ||
           mfe.looked_up_protocol != route->protocol;
}

}  // namespace

template <class F>
bool EntryBuilder<F>::is_admissible(const Key& key, Slot arrival) const {
    return arrival != kNoSlot && is_multicast(key.group) && !is_link_scope_group(key.group) &&
           key.has_source() && !is_multicast(key.source);
}

template <class F>
bool EntryBuilder<F>::make_room(const Key& key, Slot arrival) {
    const std::uint64_t bound = state_.options.limits.entries;
    const auto has_share = [&] {
        return state_.links[arrival].arrived_entries < state_.share(bound);
    };
    // Negative entries give way: what comes may be wanted.
    if (!has_share() && state_.links[arrival].arrived_negatives > 0) {
        settler_.replace_oldest(arrival);
    }
    if (!has_room(state_, 1) && has_share() && state_.mfes.negatives() > 0) {
        settler_.replace_oldest(kNoSlot);
    }
    const bool room = has_share() && has_room(state_, 1);
    state_.counted.refused_entries += room ? 0 : 1;
    if (!room) {
        state_.report(NoticeKind::refused, "entry", key, [&](monitor::Notice& notice) {
            notice.interface = state_.links.id(arrival).index;
            notice.details = has_share() ? "the bound of entries is reached"
                                         : "the arrival interface has its share of entries";
        });
    }
    return room;
}

template <class F>
void EntryBuilder<F>::on_no_entry(const Event& event) {
    const Key key = key_of<F>(event);
    const Slot arrival = state_.links.arrival(event.interface);
    if (!is_admissible(key, arrival)) {
        return;
    }
    Mfe<F>* mfe = state_.mfes.find(key);
    const bool is_new = mfe == nullptr;
    if (is_new) {
        if (installed_for(state_, key, arrival) != nullptr || !make_room(key, arrival)) {
            return;
        }
        mfe = &state_.mfes.create(key, arrival);
        mfe->building = true;
    }
    mfe->uninitialised += 1 + static_cast<std::uint32_t>(event.unreported);
    mfe->queue_overflow += static_cast<std::uint32_t>(event.value);
    if (is_new) {
        build(*mfe, Header(event.header)
                        .first(std::min<std::size_t>(event.header_length, event.header.size())));
    } else {
        settler_.touch(*mfe);
    }
}

template <class F>
void EntryBuilder<F>::on_hold_overflow(const Event& event) {
    if (Mfe<F>* mfe = state_.mfes.find(key_of<F>(event)); mfe != nullptr) {
        mfe->queue_overflow += static_cast<std::uint32_t>(event.value);
    }
}

template <class F>
void EntryBuilder<F>::answer(const Event& event) {
    const Key key = key_of<F>(event);
    const Slot arrival = state_.links.arrival(event.interface);
    if (is_admissible(key, arrival)) {
        if (state_.mfes.find(key) != nullptr) {
            return;
        }
        if (const Installed<F>* installed = installed_for(state_, key, arrival);
            installed != nullptr) {
            for (const ForwardingEntry<F>& entry : forwarding_entries(state_, *installed)) {
                settler_.publish_or_retry(entry);
            }
            return;
        }
    }
    state_.outside.table.refuse(event.worker, {state_.options.table, key.source, key.group});
}

template <class F>
void EntryBuilder<F>::rebuild(Mfe<F>& mfe, bool anew) {
    if (anew) {
        mfe.anew = true;
        state_.mfes.clear_overrides(mfe);
    }
    const Slot incoming = mfe.incoming;
    const auto outgoing = mfe.outgoing;
    build(mfe, {});
    mfe.moved = mfe.moved || mfe.incoming != incoming;
    mfe.edited = mfe.edited || mfe.outgoing != outgoing;
}

template <class F>
void EntryBuilder<F>::rebuild_arriving(Slot slot) {
    for (const Key& key : state_.mfes.arriving_at(slot)) {
        rebuild(*state_.mfes.find(key), true);
    }
}

template <class F>
void EntryBuilder<F>::examine_arriving(Slot slot) {
    for (const Key& key : state_.mfes.arriving_at(slot)) {
        rebuild(*state_.mfes.find(key), false);
    }
}

template <class F>
void EntryBuilder<F>::routes_changed(std::span<const Prefix<F>> sources) {
    std::vector<Key> keys;
    for (const Prefix<F>& prefix : sources) {
        const auto inside = state_.mfes.of_sources(prefix);
        keys.insert(keys.end(), inside.begin(), inside.end());
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    for (const Key& key : keys) {
        Mfe<F>& mfe = *state_.mfes.find(key);
        if (depends_on_other(mfe, state_.outside.rib.lookup(key.source))) {
            rebuild(mfe, false);
        }
    }
}

template <class F>
void EntryBuilder<F>::build(Mfe<F>& mfe, Header header) {
    const Choice choice = ask_incoming(mfe, look_up(mfe), header);
    state_.mfes.set_incoming(mfe, choice.incoming);
    mfe.upstream = choice.upstream;
    mfe.route = choice.route;
    if (mfe.state == MfeState::no_route && choice.incoming != kNoSlot) {
        state_.mfes.clear_overrides(mfe);
    }
    compute_outgoing(state_, mfe);
    alert_creation(mfe);
    settler_.touch(mfe);
}

template <class F>
auto EntryBuilder<F>::look_up(Mfe<F>& mfe) const -> Choice {
    const auto route = state_.outside.rib.lookup(mfe.key.source);
    if (!route) {
        mfe.looked_up_interface = kNoInterface;
        return {};
    }
    mfe.looked_up_interface = route->interface;
    mfe.looked_up_next_hop = route->next_hop;
    mfe.looked_up_prefix = route->prefix;
    mfe.looked_up_protocol = route->protocol;
    return {.incoming = state_.links.towards(route->interface, route->next_hop),
            .upstream = route->next_hop,
            .route = {route->protocol, route->prefix}};
}

template <class F>
auto EntryBuilder<F>::ask_incoming(const Mfe<F>& mfe, const Choice& choice, Header header)
    -> Choice {
    // 20: without a route, the owner of the arrival interface may know better.
    const ClientIndex client =
        state_.links.owner(choice.incoming != kNoSlot ? choice.incoming : mfe.arrival);
    if (client == kNobody) {
        return choice;
    }
    const InterfaceId<F> fallback = state_.links.id(choice.incoming);
    RpfQuery<F> query{.key = mfe.key,
                      .arrival = state_.links.id(mfe.arrival),
                      .header = header,
                      .incoming = fallback,
                      .upstream = choice.upstream,
                      .route = choice.route};
    gate_.ask([&] { state_.clients.callbacks(client).on_rpf(query); });
    if (query.incoming == fallback) {
        return {choice.incoming, query.upstream, query.route};
    }
    const Slot chosen = state_.links.find(query.incoming);
    if (chosen == kNoSlot || state_.links.owner(chosen) != client) {
        const ProtocolName name = state_.clients.name(client);
        foreign_choice_(state_.now(), [&](const std::string& more) {
            spdlog::warn(
                "mgm: protocol {:#x} component {} chose incoming interface {} for {}, which it "
                "doesn't own; using {}{}",
                name.protocol, name.component, to_string(query.incoming), to_string(mfe.key),
                to_string(fallback), more);
        });
        return choice;
    }
    return {chosen, query.upstream, query.route};
}

template <class F>
void EntryBuilder<F>::alert_creation(Mfe<F>& mfe) {
    if (mfe.outgoing.empty()) {
        return;
    }
    // A copy: registrations from inside a callback are done at once.
    const auto clients = state_.clients.in_order();
    const boost::container::small_vector<ClientIndex, 16> order(clients.begin(), clients.end());
    bool vetoed = false;
    for (const ClientIndex client : order) {
        vetoed = alert_creation(mfe, client) || vetoed;
    }
    if (vetoed) {
        compute_outgoing(state_, mfe);
    }
}

template <class F>
bool EntryBuilder<F>::alert_creation(Mfe<F>& mfe, ClientIndex client) {
    boost::container::small_vector<OutgoingChoice<F>, 16> choices;
    SlotList slots;
    for (const Slot slot : mfe.outgoing) {
        if (state_.component(slot) == client) {
            choices.push_back({state_.links.id(slot), state_.links[slot].igmp, true});
            slots.push_back(slot);
        }
    }
    if (choices.empty()) {
        return false;
    }
    gate_.ask([&] {
        state_.clients.callbacks(client).on_creation_alert(
            {mfe.key, state_.links.id(mfe.incoming), std::span(choices.data(), choices.size())});
    });
    bool vetoed = false;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (!choices[i].enabled) {
            Overrides& overrides = state_.mfes.overrides(mfe);
            overrides.end(slots[i]);
            overrides.off.push_back(slots[i]);
            vetoed = true;
        }
    }
    return vetoed;
}

template class EntryBuilder<V4>;
template class EntryBuilder<V6>;

}  // namespace mgmd::mgm
