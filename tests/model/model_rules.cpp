// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "common/multicast_scope.hpp"
#include "tests/model/model_state.hpp"

namespace mgmd::mgm::model {
namespace {

template <class F>
bool in_link_scope(const SourceGroup<F>& key) {
    if constexpr (F::family == Family::ipv4) {
        return key.group_length >= 24 && is_link_scope_group(key.group);
    } else {
        return key.group_length >= 16 && is_link_scope_group(key.group);
    }
}

template <class F>
bool is_multicast_range(const SourceGroup<F>& key) {
    const int shortest = F::family == Family::ipv4 ? 4 : 8;
    return key.group_length >= shortest && is_multicast(key.group);
}

/// Does a membership count on its interface (7, 16)?
template <class F>
bool local_counts(const Link<F>& link, const LocalMember<F>& member) {
    return !link.owner || link.local == LocalMode::forward || member.held;
}

}  // namespace

template <class F>
bool State<F>::is_valid(const Key& key) {
    if (key.is_any()) {
        return !key.has_source() && is_unspecified(key.group);
    }
    if (key.group_length > F::address_bits || !is_multicast_range(key) || in_link_scope(key) ||
        masked(key.group, key.group_length) != key.group) {
        return false;
    }
    return !key.has_source() || (key.is_single_group() && !is_multicast(key.source));
}

template <class F>
bool State<F>::may_have_entry(const Key& key) {
    return key.has_source() && key.is_single_group() && is_valid(key);
}

template <class F>
std::optional<ClientId> State<F>::igmp() const {
    for (const auto& [id, client] : clients) {
        if (client.name.protocol == kMembershipProtocol<F>) {
            return id;
        }
    }
    return std::nullopt;
}

template <class F>
std::optional<ClientId> State<F>::component_on(const Interface& interface) const {
    const auto link = links.find(interface);
    if (link == links.end()) {
        return std::nullopt;
    }
    if (link->second.owner) {
        return link->second.owner;
    }
    return link->second.igmp_enabled ? igmp() : std::nullopt;
}

template <class F>
std::optional<ClientId> State<F>::owner_of(const Interface& interface) const {
    const auto link = links.find(interface);
    return link == links.end() ? std::nullopt : link->second.owner;
}

template <class F>
InterfaceId<F> State<F>::towards(const std::optional<Route<F>>& route) const {
    if (!route) {
        return {};
    }
    const InterfaceId<F> link{route->interface, route->next_hop};
    if (links.contains(link)) {
        return link;
    }
    return link_of(route->interface);
}

template <class F>
InterfaceId<F> State<F>::link_of(InterfaceIndex index) const {
    for (const auto& [id, link] : links) {
        if (id.index == index) {
            return id;
        }
    }
    return {};
}

template <class F>
bool State<F>::is_bounded(const Interface& interface, const Key& key) const {
    const InterfaceConfig<F>& config = links.at(interface).config;
    for (const Prefix<F>& boundary : config.boundaries) {
        if (boundary.length <= key.group_length && boundary.contains(key.group)) {
            return true;
        }
    }
    if constexpr (F::family == Family::ipv6) {
        return config.boundary_scope != 0 && key.group_length >= 16 &&
               effective_scope(key.group) <= effective_scope(config.boundary_scope);
    } else {
        return false;
    }
}

template <class F>
std::set<ClientId> State<F>::components_wanting(const Key& key) const {
    std::set<ClientId> components;
    for (const auto& [id, link] : links) {
        const auto own = local.find({key, id});
        const bool wanted =
            owned.contains({key, id}) || (own != local.end() && local_counts(link, own->second));
        if (const auto component = component_on(id); wanted && component) {
            components.insert(*component);
        }
    }
    return components;
}

template <class F>
bool State<F>::is_wanted(ClientId client, const Key& key) const {
    std::set<ClientId> others = components_wanting(key);
    others.erase(client);
    return !others.empty();
}

template <class F>
std::set<SourceGroup<F>> State<F>::membership_keys() const {
    std::set<SourceGroup<F>> keys;
    for (const auto& [key, interface] : owned) {
        keys.insert(key);
    }
    for (const auto& [member, ignored] : local) {
        keys.insert(member.first);
    }
    return keys;
}

template <class F>
bool State<F>::is_asked_for(const Interface& interface, const Key& flow) const {
    for (const auto& [key, where] : owned) {
        if (where == interface && key.covers(flow)) {
            return true;
        }
    }
    for (const auto& [member, own] : local) {
        const auto& [key, where] = member;
        if (where == interface && key.covers(flow) && !own.exclude.contains(flow.source) &&
            local_counts(links.at(interface), own)) {
            return true;
        }
    }
    return false;
}

template <class F>
std::set<InterfaceId<F>> State<F>::outgoing_list(const Entry<F>& entry) const {
    std::set<InterfaceId<F>> outgoing;
    if (entry.incoming.is_none()) {
        return outgoing;
    }
    for (const auto& [id, link] : links) {
        const auto forced = entry.forced.find(id);
        const bool wanted =
            forced != entry.forced.end() ? forced->second : is_asked_for(id, entry.key);
        if (wanted && id != entry.incoming && !is_bounded(id, entry.key)) {
            outgoing.insert(id);
        }
    }
    return outgoing;
}

template <class F>
const Installed<F>* State<F>::installed_for(const Key& flow, InterfaceIndex arrival) const {
    const Installed<F>* best = nullptr;
    for (const auto& [key, candidate] : installed) {
        const auto accepted = accepted_links(candidate);
        const bool arrives = std::any_of(accepted.begin(), accepted.end(),
                                         [&](const auto& id) { return id.index == arrival; });
        if (!key.covers(flow) || (key.is_any() && !arrives)) {
            continue;
        }
        const auto rank = [](const SourceGroup<F>& k) {
            return std::pair(k.has_source(), k.group_length);
        };
        if (best == nullptr || rank(best->route.key) < rank(key)) {
            best = &candidate;
        }
    }
    return best;
}

template <class F>
std::set<InterfaceId<F>> State<F>::accepted_links(const Installed<F>& route) const {
    const bool everywhere = route.route.drops_everywhere();
    if (!everywhere && !route.route.accept_any) {
        return {route.route.accept.begin(), route.route.accept.end()};
    }
    std::set<InterfaceId<F>> accepted;
    for (const auto& [id, link] : links) {
        if (everywhere || link.owner == route.client) {
            accepted.insert(id);
        }
    }
    return accepted;
}

template struct State<V4>;
template struct State<V6>;

}  // namespace mgmd::mgm::model
