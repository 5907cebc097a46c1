// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/installed_routes.hpp"

#include <algorithm>

#include "control/mgm/failure.hpp"
#include "control/mgm/key_form.hpp"
#include "control/mgm/outgoing.hpp"
#include "control/mgm/room.hpp"

namespace mgmd::mgm {

template <class F>
Result<> InstalledRoutes<F>::check_interfaces(ClientIndex client,
                                              const InstalledRoute<F>& route) const {
    if (route.accept.empty() && !route.accept_any && !route.drops_everywhere()) {
        return refuse(Errc::invalid_parameter, "route {} accepts on no interface",
                      to_string(route.key));
    }
    for (const InterfaceId<F>& id : route.accept) {
        if (route.accept_any) {
            break;
        }
        const Slot slot = state_.links.find(id);
        if (slot == kNoSlot || state_.links.owner(slot) != client) {
            return refuse(Errc::invalid_parameter,
                          "route {} accepts on interface {}, which is not the client's",
                          to_string(route.key), to_string(id));
        }
    }
    for (const InterfaceIndex index : route.signals.arrivals) {
        if (state_.links.arrival(index) == kNoSlot) {
            return refuse(Errc::invalid_parameter,
                          "route {} reports arrivals on unknown interface {}", to_string(route.key),
                          index);
        }
    }
    boost::container::small_vector<InterfaceId<F>, 8> outgoing;
    for (const RouteOutgoing<F>& item : route.outgoing) {
        outgoing.push_back(item.interface);
        if (state_.links.find(item.interface) == kNoSlot) {
            return refuse(Errc::invalid_parameter, "route {} leaves by unknown interface {}",
                          to_string(route.key), to_string(item.interface));
        }
    }
    std::sort(outgoing.begin(), outgoing.end());
    if (outgoing.size() > kMaxOutgoing ||
        std::adjacent_find(outgoing.begin(), outgoing.end()) != outgoing.end()) {
        return refuse(Errc::invalid_parameter,
                      "route {}: outgoing interfaces must be unique and at most {}",
                      to_string(route.key), kMaxOutgoing);
    }
    return {};
}

template <class F>
Result<> InstalledRoutes<F>::check_room(ClientIndex client, const InstalledRoute<F>& route,
                                        const Installed<F>* present) {
    const auto entries_of = [this](const Installed<F>& installed) {
        return forwarding_keys(state_, installed).size();
    };
    const std::size_t before = present == nullptr ? 0 : entries_of(*present);
    const std::size_t after = route.key.is_any() ? entries_of({route, client, {}}) : 1;
    if (after > before && !has_room(state_, after - before)) {
        ++state_.counted.refused_entries;
        state_.report(NoticeKind::refused, "entry", route.key, [&](monitor::Notice& notice) {
            notice.protocol = state_.protocol(client);
            notice.details = "the bound of entries is reached";
        });
        return refuse(Errc::not_enough_memory, "route {}: no room for {} more of {} entries",
                      to_string(route.key), after - before, state_.options.limits.entries);
    }
    return {};
}

template <class F>
Result<> InstalledRoutes<F>::check_install(ClientHandle handle, const InstalledRoute<F>& route) {
    const auto client = state_.clients.find(handle);
    if (!client) {
        return tl::make_unexpected(client.error());
    }
    if (auto form = check_key_form(route.key); !form) {
        return form;
    }
    if (auto interfaces = check_interfaces(*client, route); !interfaces) {
        return interfaces;
    }
    const Installed<F>* present = state_.installed.find(route.key);
    if (present != nullptr && present->client != *client) {
        return refuse(Errc::already_exists, "route {} is another client's", to_string(route.key));
    }
    return check_room(*client, route, present);
}

template <class F>
Result<> InstalledRoutes<F>::check_remove(ClientHandle handle, const Key& key) const {
    const auto client = state_.clients.find(handle);
    if (!client) {
        return tl::make_unexpected(client.error());
    }
    const Installed<F>* present = std::as_const(state_.installed).find(key);
    if (present == nullptr || present->client != *client) {
        return refuse(Errc::not_found, "the client has installed no route {}", to_string(key));
    }
    return {};
}

template <class F>
Result<> InstalledRoutes<F>::install(ClientIndex client, const InstalledRoute<F>& route) {
    const Installed<F>* present = state_.installed.find(route.key);
    const std::optional<Installed<F>> old =
        present == nullptr ? std::nullopt : std::optional(*present);
    Installed<F> candidate{route, client, old ? old->created : state_.now()};
    const auto before = old ? forwarding_entries(state_, *old) : std::vector<ForwardingEntry<F>>();
    const auto entries = forwarding_entries(state_, candidate);

    for (std::size_t done = 0; done < entries.size(); ++done) {
        if (settler_.publish(entries[done])) {
            continue;
        }
        const std::vector published(entries.begin(),
                                    entries.begin() + static_cast<std::ptrdiff_t>(done));
        publish(published, before);
        ++state_.counted.refused_entries;
        return refuse(Errc::not_enough_memory, "route {}: the forwarding table refused it",
                      to_string(route.key));
    }
    const Installed<F>& installed = state_.installed.put(std::move(candidate));
    if (Mfe<F>* mfe = state_.mfes.find(route.key); mfe != nullptr) {
        settler_.replace(*mfe, "an installed route takes its place");
    }
    for (const ForwardingEntry<F>& entry : before) {
        const bool kept = std::any_of(entries.begin(), entries.end(),
                                      [&](const auto& other) { return other.key == entry.key; });
        if (!kept) {
            settler_.withdraw(entry.key);
        }
    }
    auto accepted = accepted_links(state_, installed);
    if (old) {
        const auto also = accepted_links(state_, *old);
        accepted.insert(accepted.end(), also.begin(), also.end());
    }
    delete_covered(route.key, accepted);
    report(old ? "changed" : "installed", installed);
    return {};
}

template <class F>
void InstalledRoutes<F>::report(std::string_view what, const Installed<F>& installed) const {
    state_.report(NoticeKind::entry, what, installed.route.key, [&](monitor::Notice& notice) {
        notice.protocol = state_.protocol(installed.client);
        notice.state = "installed";
        for (const RouteOutgoing<F>& item : installed.route.outgoing) {
            notice.outgoing.push_back(item.interface.index);
        }
    });
}

template <class F>
Result<> InstalledRoutes<F>::remove(const Key& key) {
    const Installed<F> installed = state_.installed.take(key);
    for (const RouteKey<F>& published : forwarding_keys(state_, installed)) {
        settler_.withdraw(published);
    }
    report("removed", installed);
    delete_covered(key, accepted_links(state_, installed));
    return {};
}

template <class F>
void InstalledRoutes<F>::publish(const std::vector<ForwardingEntry<F>>& before,
                                 const std::vector<ForwardingEntry<F>>& entries) {
    const auto contains = [](const auto& list, const RouteKey<F>& key) {
        return std::any_of(list.begin(), list.end(),
                           [&](const auto& entry) { return entry.key == key; });
    };
    for (const ForwardingEntry<F>& entry : entries) {
        settler_.publish_or_retry(entry);
    }
    for (const ForwardingEntry<F>& entry : before) {
        if (!contains(entries, entry.key)) {
            settler_.withdraw(entry.key);
        }
    }
}

template <class F>
void InstalledRoutes<F>::delete_covered(const Key& key, const std::vector<Slot>& accepted) {
    // Links that share an index are one to the forwarder.
    const auto index = [&](Slot slot) {
        return slot == kNoSlot ? kNoInterface : state_.links.id(slot).index;
    };
    const auto arrives_there = [&](const Mfe<F>& mfe) {
        return std::any_of(accepted.begin(), accepted.end(), [&](Slot slot) {
            return index(slot) == index(mfe.arrival) || index(slot) == index(mfe.incoming);
        });
    };
    for (Mfe<F>* mfe : state_.mfes.covered_by(key)) {
        if (!key.is_any() || arrives_there(*mfe)) {
            settler_.erase(*mfe, "an installed route has changed");
        }
    }
}

template <class F>
void InstalledRoutes<F>::remove_all(ClientIndex client) {
    for (const Key& key : state_.installed.of_client(client)) {
        remove(key);
    }
}

template <class F>
void InstalledRoutes<F>::republish_leaving(const std::vector<InterfaceIndex>& interfaces) {
    const Installed<F>* installed = state_.installed.after(std::nullopt);
    for (; installed != nullptr; installed = state_.installed.after(installed->route.key)) {
        const auto& outgoing = installed->route.outgoing;
        const bool leaves = std::any_of(outgoing.begin(), outgoing.end(), [&](const auto& item) {
            return std::binary_search(interfaces.begin(), interfaces.end(), item.interface.index);
        });
        if (leaves) {
            publish({}, forwarding_entries(state_, *installed));
        }
    }
}

template <class F>
void InstalledRoutes<F>::interfaces_changed(ClientIndex client) {
    for (const Key& key : state_.installed.of_client(client)) {
        const Installed<F>& installed = *state_.installed.find(key);
        if (installed.route.accept_any) {
            publish({}, forwarding_entries(state_, installed));
            delete_covered(key, accepted_links(state_, installed));
        }
    }
}

template <class F>
void InstalledRoutes<F>::interface_released(ClientIndex client, Slot slot) {
    const InterfaceId<F> id = state_.links.id(slot);
    for (const Key& key : state_.installed.of_client(client)) {
        Installed<F>& installed = *state_.installed.find(key);
        auto& accept = installed.route.accept;
        if (!installed.route.accept_any &&
            std::find(accept.begin(), accept.end(), id) == accept.end()) {
            continue;
        }
        // accept_any no longer yields the link, so what was published there is listed by key.
        auto before = forwarding_entries(state_, installed);
        if (key.is_any() && installed.route.accept_any) {
            before.push_back(
                {.key = state_.route_key(key), .accept = {}, .outgoing = {}, .signals = {}});
            before.back().key.arrival = id.index;
        }
        if (!installed.route.accept_any) {
            std::erase(accept, id);
        }
        if (!installed.route.accept_any && accept.empty()) {
            report("removed", installed);
            state_.installed.erase(key);
            publish(before, {});
        } else {
            publish(before, forwarding_entries(state_, installed));
        }
        delete_covered(key, {slot});
    }
}

template class InstalledRoutes<V4>;
template class InstalledRoutes<V6>;

}  // namespace mgmd::mgm
