// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "tests/model/model.hpp"

/// Clients, interfaces and the hand-over of IGMP (1 - 8, 16, 27).
namespace mgmd::mgm::model {

template <class F>
Model<F>::Model(const ModelDependencies<F>& dependencies, const Options& options,
                std::vector<InterfaceConfig<F>> interfaces)
    : deps_(dependencies), options_(options) {
    for (InterfaceConfig<F>& config : interfaces) {
        state_.links[config.id].config = config;
    }
}

template <class F>
std::optional<ClientId> Model<F>::client_of(ClientHandle handle) const {
    return state_.clients.contains(handle.slot) ? std::optional(handle.slot) : std::nullopt;
}

template <class F>
bool Model<F>::has_link(ClientId client, const Link<F>& link) const {
    return is_igmp(client) ? link.igmp_enabled : link.owner == client;
}

template <class F>
Result<ClientHandle> Model<F>::register_protocol(ProtocolName name, ProtocolClient<F>& client) {
    for (const auto& [id, other] : state_.clients) {
        const bool second_igmp = name.protocol == kMembershipProtocol<F> && is_igmp(id);
        if (other.name == name || second_igmp) {
            return refuse(Errc::already_exists);
        }
    }
    state_.clients[next_client_] = {name, &client, 0};
    told_ = look_at(state_, deps_.rib);  // a late client gets no replay (5)
    return ClientHandle{next_client_++, 1};
}

template <class F>
Result<> Model<F>::deregister_protocol(ClientHandle handle) {
    const Call call(*this);
    const auto client = client_of(handle);
    if (!client) {
        return refuse(Errc::invalid_parameter);
    }
    const bool has_links = std::any_of(state_.links.begin(), state_.links.end(),
                                       [&](auto& item) { return has_link(*client, item.second); });
    if (has_links || state_.clients.at(*client).changing_ownership > 0) {
        return refuse(Errc::can_not_complete);
    }
    if (building_) {
        deferred_.push_back([=, this] { (void)deregister_protocol(handle); });
        return {};
    }
    std::erase_if(enumerations_, [&](auto& item) { return item.second.client == *client; });
    std::erase_if(state_.installed, [&](auto& item) { return item.second.client == *client; });
    state_.clients.erase(*client);
    settle({});
    return {};
}

template <class F>
Result<> Model<F>::take_interface(ClientHandle handle, Interface interface, LocalMode local) {
    const Call call(*this);
    const auto client = client_of(handle);
    if (!client) {
        return refuse(Errc::invalid_parameter);
    }
    const auto link = state_.links.find(interface);
    if (link == state_.links.end()) {
        return refuse(Errc::can_not_complete);
    }
    if (is_igmp(*client) ? link->second.igmp_enabled : link->second.owner.has_value()) {
        return refuse(Errc::already_exists);
    }
    if (link->second.handing_over) {
        return refuse(Errc::can_not_complete);
    }
    if (building_) {
        deferred_.push_back([=, this] { (void)take_interface(handle, interface, local); });
    } else if (is_igmp(*client)) {
        link->second.igmp_enabled = true;
        settle({});
    } else {
        change_owner(*client, interface, local);
    }
    return {};
}

template <class F>
Result<> Model<F>::release_interface(ClientHandle handle, Interface interface) {
    const Call call(*this);
    const auto client = client_of(handle);
    const auto link = state_.links.find(interface);
    if (!client || link == state_.links.end() || !has_link(*client, link->second)) {
        return refuse(Errc::invalid_parameter);
    }
    if (link->second.handing_over) {
        return refuse(Errc::can_not_complete);
    }
    if (building_) {
        deferred_.push_back([=, this] { (void)release_interface(handle, interface); });
    } else if (is_igmp(*client)) {
        release_igmp(interface);
    } else {
        change_owner(*client, interface, std::nullopt);
    }
    return {};
}

template <class F>
Result<> Model<F>::check_owner(ClientHandle handle, const Interface& interface) const {
    const auto client = client_of(handle);
    const auto link = state_.links.find(interface);
    if (!client || link == state_.links.end() || link->second.owner != client) {
        return refuse(Errc::invalid_parameter);
    }
    return link->second.handing_over ? Result<>(refuse(Errc::can_not_complete)) : Result<>();
}

template <class F>
Result<> Model<F>::set_local_mode(ClientHandle handle, Interface interface, LocalMode local) {
    const Call call(*this);
    if (const auto checked = check_owner(handle, interface); !checked) {
        return checked;
    }
    if (building_) {
        deferred_.push_back([=, this] { (void)set_local_mode(handle, interface, local); });
    } else {
        state_.links.at(interface).local = local;
        settle({.component = state_.component_on(interface), .taker = {}});
    }
    return {};
}

template <class F>
Result<> Model<F>::rpf_changed(ClientHandle handle, Interface interface) {
    const Call call(*this);
    if (const auto checked = check_owner(handle, interface); !checked) {
        return checked;
    }
    if (building_) {
        deferred_.push_back([=, this] { (void)rpf_changed(handle, interface); });
        return {};
    }
    std::set<Key> again;
    for (const auto& [key, entry] : state_.entries) {
        if (entry.incoming == interface) {
            again.insert(key);
        }
    }
    settle({}, {}, again);
    return {};
}

/// A take (with its mode) or a release, framed by the callbacks of IGMP (6).
template <class F>
void Model<F>::change_owner(ClientId client, const Interface& interface,
                            std::optional<LocalMode> take) {
    Link<F>& link = state_.links.at(interface);
    ProtocolClient<F>* const igmp =
        link.igmp_enabled ? state_.clients.at(*state_.igmp()).callbacks : nullptr;
    ++state_.clients.at(client).changing_ownership;
    if (igmp != nullptr) {
        link.handing_over = true;
        igmp->on_disable_igmp(interface);
    }
    move_ownership(client, interface, take);
    if (igmp != nullptr) {
        igmp->on_enable_igmp(interface);
        link.handing_over = false;
    }
    --state_.clients.at(client).changing_ownership;
}

template <class F>
void Model<F>::move_ownership(ClientId client, const Interface& interface,
                              std::optional<LocalMode> take) {
    Link<F>& link = state_.links.at(interface);
    const Accepting accepted = accepting();
    Cause cause;
    if (take) {
        link.owner = client;
        link.local = *take;
        cause.taker = client;
    } else {
        std::erase_if(state_.owned, [&](auto& member) { return member.second == interface; });
        end_overrides(interface);
        link.owner.reset();
        leave_installed(client, interface);
        cause.component = client;
    }
    if (link.igmp_enabled) {
        open_window(interface);
    }
    erase_covered(accepted);
    std::set<Key> arriving;
    for (const auto& [key, entry] : state_.entries) {
        if (entry.incoming == interface) {
            arriving.insert(key);
        }
    }
    settle(cause, arriving);
}

/// Forward-adds and vetoes end when nobody is left on the interface, or its owner goes (15).
template <class F>
void Model<F>::end_overrides(const Interface& interface) {
    for (auto& [key, entry] : state_.entries) {
        entry.forced.erase(interface);
    }
}

template <class F>
void Model<F>::leave_installed(ClientId client, const Interface& interface) {
    for (auto item = state_.installed.begin(); item != state_.installed.end();) {
        auto& [route, owner, made] = item->second;
        const bool left = owner == client && std::erase(route.accept, interface) > 0;
        item = left && route.accept.empty() ? state_.installed.erase(item) : std::next(item);
    }
}

template <class F>
void Model<F>::open_window(const Interface& interface) {
    for (auto& [member, local] : state_.local) {
        if (member.second == interface) {
            local.stale = local.held = true;
        }
    }
    state_.links.at(interface).window_until =
        deps_.clock.now() + options_.timers.igmp_handover_hold;
}

template <class F>
void Model<F>::close_window(const Interface& interface, const Cause& cause) {
    std::erase_if(state_.local,
                  [&](auto& item) { return item.first.second == interface && item.second.stale; });
    for (auto& [member, local] : state_.local) {
        if (member.second == interface) {
            local.held = false;
        }
    }
    state_.links.at(interface).window_until.reset();
    settle(cause);
}

template <class F>
void Model<F>::release_igmp(const Interface& interface) {
    const Cause cause{state_.component_on(interface), {}};
    const std::map<typename State<F>::Member, LocalMember<F>> all = state_.local;
    for (const auto& [member, local] : all) {
        if (member.second == interface) {
            state_.local.erase(member);
            if (!local.stale) {
                tell_owner_locally(member, false);
            }
        }
    }
    Link<F>& link = state_.links.at(interface);
    link.igmp_enabled = false;
    link.window_until.reset();
    if (!link.owner) {
        end_overrides(interface);
    }
    settle(cause);
}

template <class F>
Result<> Model<F>::resync_done(ClientHandle handle, Interface interface) {
    const Call call(*this);
    const auto client = client_of(handle);
    if (!client) {
        return refuse(Errc::invalid_parameter);
    }
    const auto link = state_.links.find(interface);
    if (link == state_.links.end()) {
        return refuse(Errc::not_found);
    }
    if (!is_igmp(*client) || !link->second.igmp_enabled) {
        return refuse(Errc::invalid_parameter);
    }
    if (link->second.handing_over) {
        return refuse(Errc::can_not_complete);
    }
    if (building_) {
        deferred_.push_back([=, this] { (void)resync_done(handle, interface); });
    } else if (link->second.window_until) {
        close_window(interface, {state_.component_on(interface), {}});
    }
    return {};
}

template <class F>
Result<ProtocolName> Model<F>::protocol_on_interface(Interface interface) const {
    const auto component = state_.component_on(interface);
    if (!component) {
        return refuse(Errc::not_found);
    }
    return state_.clients.at(*component).name;
}

template class Model<V4>;
template class Model<V6>;

}  // namespace mgmd::mgm::model
