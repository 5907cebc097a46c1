// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>

#include "tests/model/model.hpp"

/// What follows from a change: alerts, the forwarding table, and the delivery of alerts (15, 17).
namespace mgmd::mgm::model {
namespace {

/// Another metric does not make another route.
template <class F>
bool is_another(const std::optional<Route<F>>& now, const std::optional<Route<F>>& before) {
    const auto identity = [](const Route<F>& route) {
        return std::tie(route.prefix, route.interface, route.next_hop, route.protocol);
    };
    return now.has_value() != before.has_value() || (now && identity(*now) != identity(*before));
}

}  // namespace

template <class F>
void Model<F>::settle(const Cause& cause, const std::set<Key>& anew, const std::set<Key>& again) {
    const Wishes<F> wishes = look_at(state_, deps_.rib);
    for (Alert<F>& alert : membership_alerts(told_, wishes, cause.taker)) {
        queue_.push_back(std::move(alert));
    }
    told_ = wishes;
    for (auto& [key, entry] : state_.entries) {
        if (!entry.published) {
            build_on(entry, anew.contains(key));
        } else if (anew.contains(key)) {
            remake(entry);
        } else if (again.contains(key) ||
                   is_another(deps_.rib.lookup(key.source), entry.looked_up)) {
            examine_again(entry, cause);
        } else {
            settle_entry(entry, cause, false);
        }
    }
    for (auto& [key, alert] : std::exchange(entry_alerts_, {})) {
        queue_.push_back(std::move(alert));
    }
    publish(installs_so_far());
    run_deferred();
    publish(running_deferred_ ? installs_so_far() : wanted_installs());
}

/// What callbacks asked for while entries were built is done before these are published (18). What
/// that leads to in turn comes last.
template <class F>
void Model<F>::run_deferred() {
    if (std::exchange(running_deferred_, true)) {
        return;
    }
    while (!deferred_.empty()) {
        const auto task = std::move(deferred_.front());
        deferred_.pop_front();
        task();
    }
    running_deferred_ = false;
}

/// Entry alerts: the outgoing list became empty or non-empty, or is created empty.
template <class F>
void Model<F>::settle_entry(Entry<F>& entry, const Cause& cause, bool created) {
    entry.outgoing = state_.outgoing_list(entry);
    const bool was_negative = std::exchange(entry.negative, entry.outgoing.empty());
    if (!created && was_negative == entry.negative) {
        return;
    }
    begin_life(entry);
    const auto owner = state_.owner_of(entry.incoming);
    if (!owner || owner == cause.component) {
        return;
    }
    if (entry.negative) {
        const PruneAlert<F> prune{entry.key, entry.incoming, false,
                                  options_.timers.negative_timeout};
        entry_alerts_[entry.key] = {*owner, Prune<F>{prune, entry.life}};
    } else if (!created) {
        entry_alerts_[entry.key] = {*owner, JoinAlert<F>{entry.key, false}};
    }
}

template <class F>
RouteKey<F> Model<F>::route_key(const Key& key, InterfaceIndex arrival) const {
    return {options_.table, key.source, key.group, key.group_length, arrival};
}

/// Links that share an index are published as one, then by the group's MAC.
template <class F>
std::vector<Outgoing> Model<F>::outgoing(const std::vector<RouteOutgoing<F>>& links) const {
    std::map<InterfaceIndex, Outgoing> by_index;
    for (const RouteOutgoing<F>& link : links) {
        const InterfaceIndex index = link.interface.index;
        const bool shared = by_index.contains(index);
        const auto mac = link.next_hop_mac ? link.next_hop_mac
                                           : state_.links.at(link.interface).config.next_hop_mac;
        by_index[index] = {index, link.ttl_threshold, shared ? std::nullopt : mac};
    }
    std::vector<Outgoing> all;
    for (const auto& [index, outgoing] : by_index) {
        all.push_back(outgoing);
    }
    return all;
}

template <class F>
ForwardingEntry<F> Model<F>::forwarding(const Entry<F>& entry) const {
    std::vector<RouteOutgoing<F>> links;
    for (const Interface& interface : entry.outgoing) {
        links.push_back({interface, std::nullopt, std::nullopt});
    }
    AcceptSet accept;
    if (!entry.incoming.is_none()) {
        accept.interfaces.push_back(entry.incoming.index);
    }
    return {route_key(entry.key),
            entry.negative ? Action::drop : Action::forward,
            accept,
            outgoing(links),
            {}};
}

/// What drops everywhere accepts on no interface in particular.
template <class F>
AcceptSet Model<F>::accept_set(const Installed<F>& installed) const {
    if (installed.route.drops_everywhere()) {
        return {true, {}};
    }
    std::set<InterfaceIndex> accepted;
    for (const Interface& interface : state_.accepted_links(installed)) {
        accepted.insert(interface.index);
    }
    return {false, {accepted.begin(), accepted.end()}};
}

template <class F>
std::vector<ForwardingEntry<F>> Model<F>::forwarding(const Installed<F>& installed) const {
    const InstalledRoute<F>& route = installed.route;
    if (!route.key.is_any()) {
        return {{route_key(route.key), route.action, accept_set(installed),
                 outgoing(route.outgoing), route.signals}};
    }
    std::set<InterfaceIndex> arrivals;
    for (const Interface& interface : state_.accepted_links(installed)) {
        arrivals.insert(interface.index);
    }
    std::vector<ForwardingEntry<F>> all;
    for (const InterfaceIndex index : arrivals) {
        all.push_back({route_key(route.key, index),
                       route.action,
                       {false, {index}},
                       outgoing(route.outgoing),
                       route.signals});
    }
    return all;
}

template <class F>
typename Model<F>::Installs Model<F>::wanted_installs() const {
    Installs wanted;
    for (const auto& [key, installed] : state_.installed) {
        for (const ForwardingEntry<F>& entry : forwarding(installed)) {
            wanted.insert({entry.key, entry});
        }
    }
    for (const auto& [key, entry] : state_.entries) {
        if (entry.published) {
            wanted.insert({route_key(key), forwarding(entry)});
        }
    }
    return wanted;
}

/// While the calls of a build run, entries made by data wait. Routes are installed at once.
template <class F>
typename Model<F>::Installs Model<F>::installs_so_far() const {
    Installs wanted = published_;
    std::erase_if(wanted, [this](auto& item) { return published_routes_.contains(item.first); });
    for (const auto& [key, installed] : state_.installed) {
        for (const ForwardingEntry<F>& entry : forwarding(installed)) {
            wanted.insert_or_assign(entry.key, entry);
        }
    }
    return wanted;
}

template <class F>
void Model<F>::publish(const Installs& wanted) {
    published_routes_.clear();
    for (const auto& [key, installed] : state_.installed) {
        for (const ForwardingEntry<F>& entry : forwarding(installed)) {
            published_routes_.insert(entry.key);
        }
    }
    const Installs before = std::exchange(published_, wanted);
    for (const auto& [key, entry] : wanted) {
        if (const auto known = before.find(key); known == before.end() || known->second != entry) {
            (void)deps_.table.install(entry);
        }
    }
    for (const auto& [key, entry] : before) {
        if (!wanted.contains(key)) {
            (void)deps_.table.remove(key);
        }
    }
}

/// Rounds: what the callbacks of one round cause is delivered in the next one (17).
template <class F>
void Model<F>::deliver() {
    if (delivering_) {
        return;
    }
    delivering_ = true;
    for (std::size_t round = 0; !queue_.empty(); ++round) {
        if (round == GroupManager<F>::kAlertRounds) {
            deps_.post([this] { deliver(); });
            break;
        }
        for (const Alert<F>& alert : std::exchange(queue_, {})) {
            deliver(alert);
        }
    }
    delivering_ = false;
}

template <class F>
void Model<F>::deliver(const Alert<F>& alert) {
    const auto found = state_.clients.find(alert.to);
    if (found == state_.clients.end()) {
        return;
    }
    ProtocolClient<F>& client = *found->second.callbacks;
    std::visit(
        [&](const auto& what) {
            using What = std::decay_t<decltype(what)>;
            if constexpr (std::is_same_v<What, LocalJoin<F>>) {
                client.on_local_join(what.membership);
            } else if constexpr (std::is_same_v<What, LocalLeave<F>>) {
                client.on_local_leave(what.membership);
            } else if constexpr (std::is_same_v<What, LocalExcludeSet<F>>) {
                client.on_local_exclude({what.key, what.interface, what.sources});
            } else if constexpr (std::is_same_v<What, JoinAlert<F>>) {
                client.on_join_alert(what);
            } else if constexpr (std::is_same_v<What, Prune<F>>) {
                tell(client, what);
            } else {
                client.on_wrong_interface({what.key, what.interface, what.header, what.unreported});
            }
        },
        alert.what);
}

/// The answer to an entry's PRUNE is how long it lives, if it still is in that life (23).
template <class F>
void Model<F>::tell(ProtocolClient<F>& client, const Prune<F>& prune) {
    PruneAlert<F> alert = prune.alert;
    client.on_prune_alert(alert);
    const auto entry = state_.entries.find(alert.key);
    if (entry == state_.entries.end() || !entry->second.negative ||
        entry->second.life != prune.life) {
        return;
    }
    entry->second.timeout = alert.timeout;
    if (alert.timeout <= std::chrono::seconds(0)) {
        state_.entries.erase(entry);
        publish(wanted_installs());
    }
}

template class Model<V4>;
template class Model<V6>;

}  // namespace mgmd::mgm::model
