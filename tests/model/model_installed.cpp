// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/model/model.hpp"

/// Routes that clients install themselves (28), and everything that ends by time (7, 23).
namespace mgmd::mgm::model {

template <class F>
bool Model<F>::is_well_formed(ClientId client, const InstalledRoute<F>& route) const {
    const auto is_own = [&](const Interface& interface) {
        const auto link = state_.links.find(interface);
        return link != state_.links.end() && has_link(client, link->second);
    };
    std::set<Interface> outgoing;
    for (const RouteOutgoing<F>& out : route.outgoing) {
        if (!state_.links.contains(out.interface) || !outgoing.insert(out.interface).second) {
            return false;
        }
    }
    return State<F>::is_valid(route.key) && outgoing.size() <= kMaxOutgoing &&
           (route.accept_any || route.action == Action::drop || !route.accept.empty()) &&
           (route.accept_any || std::all_of(route.accept.begin(), route.accept.end(), is_own));
}

template <class F>
Result<> Model<F>::install_route(ClientHandle handle, const InstalledRoute<F>& route) {
    const Call call(*this);
    const auto client = client_of(handle);
    if (!client || !is_well_formed(*client, route)) {
        return refuse(Errc::invalid_parameter);
    }
    const auto before = state_.installed.find(route.key);
    if (before != state_.installed.end() && before->second.client != *client) {
        return refuse(Errc::already_exists);
    }
    if (building_) {
        deferred_.push_back([=, this] { (void)install_route(handle, route); });
        return {};
    }
    const Accepting accepted = accepting();
    const TimePoint made =
        before == state_.installed.end() ? deps_.clock.now() : before->second.made;
    state_.installed[route.key] = {route, *client, made};
    if (route.accept_any) {
        state_.installed[route.key].route.accept.clear();
    }
    erase_covered(accepted, route.key);
    settle({});
    return {};
}

/// Where each installed route accepts packets.
template <class F>
typename Model<F>::Accepting Model<F>::accepting() const {
    Accepting accepting;
    for (const auto& [key, installed] : state_.installed) {
        accepting[key] = state_.accepted_links(installed);
    }
    return accepting;
}

/// What data made gives way to a route that is installed, changed or removed, or that accepts on
/// more interfaces than before. One that accepts on fewer gives up what it covered there.
template <class F>
void Model<F>::erase_covered(const Accepting& before, std::optional<Key> touched) {
    const Accepting now = accepting();
    for (const auto& [all, others] : {std::pair(&before, &now), std::pair(&now, &before)}) {
        for (const auto& [key, accepted] : *all) {
            std::set<Interface> differing = accepted;
            const auto other = others->find(key);
            if (other != others->end()) {
                for (const Interface& interface : other->second) {
                    differing.erase(interface);
                }
            }
            if (key == touched || (all == &now && !differing.empty())) {
                erase_covered(key, accepted);
            } else if (!differing.empty()) {
                erase_covered(key, differing);
            }
        }
    }
}

template <class F>
void Model<F>::erase_covered(const Key& key, const std::set<Interface>& accepted) {
    std::erase_if(state_.entries, [&](const auto& item) {
        const Entry<F>& entry = item.second;
        const bool arrives = std::any_of(accepted.begin(), accepted.end(), [&](const auto& id) {
            return id.index == entry.arrival.index || id.index == entry.incoming.index;
        });
        return key.covers(entry.key) && (!key.is_any() || arrives);
    });
}

template <class F>
Result<> Model<F>::remove_route(ClientHandle handle, const Key& key) {
    const Call call(*this);
    const auto client = client_of(handle);
    if (!client) {
        return refuse(Errc::invalid_parameter);
    }
    const auto installed = state_.installed.find(key);
    if (installed == state_.installed.end() || installed->second.client != *client) {
        return refuse(Errc::not_found);
    }
    if (building_) {
        deferred_.push_back([=, this] { (void)remove_route(handle, key); });
        return {};
    }
    const Accepting accepted = accepting();
    state_.installed.erase(installed);
    erase_covered(accepted, key);
    settle({});
    return {};
}

/// What ends next: an entry's life, a reading of its counters, or a hand-over window.
template <class F>
typename Model<F>::Deadline Model<F>::earliest() const {
    Deadline earliest;
    const auto offer = [&](TimePoint at, const Key* entry, const Interface* window) {
        if (!earliest.at || at < *earliest.at) {
            earliest = {at, entry ? std::optional(*entry) : std::nullopt,
                        window ? std::optional(*window) : std::nullopt};
        }
    };
    for (const auto& [key, entry] : state_.entries) {
        offer(entry.negative ? entry.since + entry.timeout : entry.next_reading, &key, nullptr);
    }
    for (const auto& [id, link] : state_.links) {
        if (link.window_until) {
            offer(*link.window_until, nullptr, &id);
        }
    }
    return earliest;
}

template <class F>
std::optional<TimePoint> Model<F>::next_deadline() const {
    return earliest().at;
}

template <class F>
void Model<F>::run_timers(TimePoint now) {
    const Call call(*this);
    for (std::size_t done = 0; done < GroupManager<F>::kTimerSlice; ++done) {
        const Deadline due = earliest();
        if (!due.at || *due.at > now) {
            break;
        }
        if (due.window) {
            close_window(*due.window, {});
        } else {
            look_after(*due.entry, now);
        }
    }
}

/// 23: a negative entry ends, an active one is read.
template <class F>
void Model<F>::look_after(const Key& key, TimePoint now) {
    Entry<F>& entry = state_.entries.at(key);
    const auto activity = deps_.table.activity(route_key(key));
    const std::uint64_t accepted = activity ? activity->accepted : 0;
    const bool has_moved = !entry.negative && accepted != entry.accepted;
    if (has_moved) {
        entry.since = now - entry.timeout / 16;
    }
    if (entry.negative || now - entry.since >= entry.timeout) {
        state_.entries.erase(key);
        publish(wanted_installs());
        return;
    }
    entry.accepted = accepted;
    entry.next_reading = std::min(now + entry.timeout / 16, entry.since + entry.timeout);
}

template class Model<V4>;
template class Model<V6>;

}  // namespace mgmd::mgm::model
