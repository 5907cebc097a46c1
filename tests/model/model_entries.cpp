// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tests/model/model.hpp"

/// Entries made by data: how they begin, change and end (19 - 26).
namespace mgmd::mgm::model {
namespace {

template <class F>
SourceGroup<F> flow_of(const Event& event) {
    return {event.group.as<F>(), event.source.as<F>()};
}

/// What a no-entry event says of the packets that came before the entry.
template <class F>
void count_arrival(Entry<F>& entry, const Event& event) {
    entry.uninitialised += 1 + event.unreported;
    entry.queue_overflow += event.value;
}

}  // namespace

template <class F>
void Model<F>::on_no_entry(const Event& event) {
    const Call call(*this);
    const Key key = flow_of<F>(event);
    const Interface arrival = state_.link_of(event.interface);
    if (!State<F>::may_have_entry(key) || arrival.is_none()) {
        deps_.table.refuse(event.worker, {options_.table, key.source, key.group});
        return;
    }
    if (const auto entry = state_.entries.find(key); entry != state_.entries.end()) {
        count_arrival(entry->second, event);
        (void)deps_.table.install(forwarding(entry->second));
    } else if (const auto* installed = state_.installed_for(key, event.interface)) {
        for (const ForwardingEntry<F>& published : forwarding(*installed)) {
            (void)deps_.table.install(published);
        }
    } else {
        make_entry(key, arrival, event);
    }
}

template <class F>
void Model<F>::make_entry(const Key& key, const Interface& arrival, const Event& event) {
    Entry<F>& entry = state_.entries[key];
    entry.key = key;
    entry.arrival = arrival;
    entry.made = deps_.clock.now();
    count_arrival(entry, event);
    build(entry, &event);
    run_deferred();
    if (const auto made = state_.entries.find(key); made != state_.entries.end()) {
        made->second.published = true;
        settle_entry(made->second, {}, true);
        settle({});
    } else {
        publish(wanted_installs());
        if (state_.installed_for(key, event.interface) == nullptr) {  // 22: each event is answered
            deps_.table.refuse(event.worker, {options_.table, key.source, key.group});
        }
    }
}

/// 19 - 21. Calls from inside the callbacks wait in `deferred_`.
template <class F>
void Model<F>::build(Entry<F>& entry, const Event* event) {
    building_ = true;
    ask_rpf(entry, event);
    entry.outgoing = state_.outgoing_list(entry);
    ask_vetoes(entry);
    building_ = false;
}

template <class F>
void Model<F>::ask_rpf(Entry<F>& entry, const Event* event) {
    entry.looked_up = deps_.rib.lookup(entry.key.source);
    entry.incoming = state_.towards(entry.looked_up);
    entry.upstream = entry.looked_up ? entry.looked_up->next_hop : Address{};
    entry.route = entry.looked_up ? RouteUsed<F>{entry.looked_up->protocol, entry.looked_up->prefix}
                                  : RouteUsed<F>{};
    const auto asked = state_.owner_of(entry.incoming.is_none() ? entry.arrival : entry.incoming);
    if (!asked) {
        return;
    }
    std::span<const std::uint8_t> header;
    if (event != nullptr) {
        header = std::span(event->header).first(event->header_length);
    }
    RpfQuery<F> query{entry.key,      entry.arrival,  header,
                      entry.incoming, entry.upstream, entry.route};
    state_.clients.at(*asked).callbacks->on_rpf(query);
    if (query.incoming == entry.incoming || state_.owner_of(query.incoming) == asked) {
        entry.incoming = query.incoming;
        entry.upstream = query.upstream;
        entry.route = query.route;
    }
}

template <class F>
void Model<F>::ask_vetoes(Entry<F>& entry) {
    std::map<ClientId, std::vector<OutgoingChoice<F>>> choices;
    for (const Interface& interface : entry.outgoing) {
        if (const auto component = state_.component_on(interface)) {
            choices[*component].push_back({interface, state_.links.at(interface).igmp_enabled});
        }
    }
    for (auto& [client, own] : choices) {
        state_.clients.at(client).callbacks->on_creation_alert({entry.key, entry.incoming, own});
        for (const OutgoingChoice<F>& choice : own) {
            if (!choice.enabled) {
                entry.forced[choice.interface] = false;
            }
        }
    }
}

/// A change by a call from inside the callbacks of an entry that is not published yet.
template <class F>
void Model<F>::build_on(Entry<F>& entry, bool anew) {
    if (anew) {
        entry.forced.clear();
        build(entry, nullptr);
    } else {
        entry.outgoing = state_.outgoing_list(entry);
    }
}

/// Another owner of the incoming interface (27), or a first route: for readers it is a new entry.
template <class F>
void Model<F>::remake(Entry<F>& entry) {
    Entry<F> anew;
    anew.key = entry.key;
    anew.arrival = entry.arrival;
    anew.made = deps_.clock.now();
    anew.published = true;
    anew.uninitialised = entry.uninitialised;
    anew.queue_overflow = entry.queue_overflow;
    build(anew, nullptr);
    entry = anew;
    settle_entry(entry, {}, true);
}

/// The route towards the source is another than before (24).
template <class F>
void Model<F>::examine_again(Entry<F>& entry, const Cause& cause) {
    if (entry.incoming.is_none()) {
        remake(entry);
        return;
    }
    build(entry, nullptr);
    if (entry.incoming.is_none()) {
        entry.outgoing.clear();
        entry.negative = true;
        begin_life(entry);
    } else {
        settle_entry(entry, cause, false);
    }
}

/// 23: an idle time if it forwards, a negative life if it does not.
template <class F>
void Model<F>::begin_life(Entry<F>& entry) {
    const TimerSettings& timers = options_.timers;
    const TimePoint now = deps_.clock.now();
    entry.life = ++lives_;
    entry.since = now;
    if (!entry.negative) {
        entry.timeout = timers.mfe_idle_timeout;
        entry.next_reading = now + Duration(timers.mfe_idle_timeout) / 16;
        const auto activity = deps_.table.activity(route_key(entry.key));
        entry.accepted = activity ? activity->accepted : 0;
    } else {
        entry.timeout =
            entry.incoming.is_none() ? timers.no_route_timeout : timers.negative_timeout;
    }
}

template <class F>
void Model<F>::on_wrong_interface(const Event& event) {
    const Call call(*this);
    const Interface arrival = state_.link_of(event.interface);
    if (const auto owner = state_.owner_of(arrival)) {
        const auto header = std::span(event.header).first(event.header_length);
        queue_.push_back(
            {*owner,
             WrongInterfaceReport<F>{
                 flow_of<F>(event), arrival, {header.begin(), header.end()}, event.unreported}});
    }
}

template <class F>
void Model<F>::on_interface_state(InterfaceIndex interface, bool up) {
    deps_.rib.set_interface_state(interface, up);
    on_routes_changed();
}

template <class F>
void Model<F>::on_routes_changed() {
    const Call call(*this);
    settle({});
}

template <class F>
Result<> Model<F>::set_boundaries(Interface interface, std::vector<Prefix<F>> boundaries,
                                  std::uint8_t boundary_scope) {
    const Call call(*this);
    const auto link = state_.links.find(interface);
    if (link == state_.links.end()) {
        return refuse(Errc::not_found);
    }
    link->second.config.boundaries = std::move(boundaries);
    link->second.config.boundary_scope = boundary_scope;
    settle({});
    return {};
}

template <class F>
Result<> Model<F>::set_mfe_upstream(ClientHandle handle, const Key& key, const Address& upstream) {
    const auto client = client_of(handle);
    if (!client) {
        return refuse(Errc::invalid_parameter);
    }
    const auto entry = state_.entries.find(key);
    if (entry == state_.entries.end()) {
        return refuse(state_.installed.contains(key) ? Errc::invalid_parameter : Errc::not_found);
    }
    if (state_.owner_of(entry->second.incoming) != client) {
        return refuse(Errc::invalid_parameter);
    }
    entry->second.upstream = upstream;
    return {};
}

template class Model<V4>;
template class Model<V6>;

}  // namespace mgmd::mgm::model
