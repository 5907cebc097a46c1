// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/static_client.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "control/protocols/refusal.hpp"

namespace mgmd {
namespace {

template <class F>
mgm::InstalledRoute<F> installed_route(const StaticMroute<F>& mroute) {
    mgm::InstalledRoute<F> route;
    route.key = {mroute.key.group, mroute.key.source, mroute.key.group_length};
    route.accept_any = mroute.accept.any;
    for (const auto interface : mroute.accept.interfaces) {
        route.accept.push_back({interface, {}});
    }
    for (const auto& out : mroute.outgoing) {
        route.outgoing.push_back({{out.interface, {}}, out.ttl_threshold, out.next_hop});
    }
    route.action = mroute.action;
    return route;
}

template <class F>
mgm::Membership<F> membership_of(InterfaceIndex interface, const StaticJoin<F>& join) {
    mgm::Membership<F> membership;
    membership.key = {join.group, join.source, F::address_bits};
    membership.interface = {interface, {}};
    return membership;
}

}  // namespace

template <class F>
StaticClient<F>::StaticClient(mgm::GroupManager<F>& manager, const Settings& settings,
                              TableId table)
    : manager_(manager), settings_(settings), table_(table) {}

template <class F>
StaticClient<F>::~StaticClient() {
    stop();
}

template <class F>
bool StaticClient<F>::owns(const InterfaceSettings& interface) const {
    return interface.table == table_ && interface.protocol == InterfaceProtocol::static_routes;
}

template <class F>
Expected<> StaticClient<F>::start() {
    const auto handle = manager_.register_protocol({kStaticProtocol, 0}, *this);
    if (!handle) {
        return refusal("static protocol", handle.error());
    }
    handle_ = *handle;
    // The documented order: register, take, then what is wanted where.
    return take_interfaces().and_then([this] { return add_joins(); }).and_then([this] {
        return install_mroutes();
    });
}

template <class F>
Expected<> StaticClient<F>::take_interfaces() {
    for (const auto& interface : settings_.interfaces) {
        const mgm::InterfaceId<F> id{interface.index, {}};
        if (!owns(interface) || std::find(taken_.begin(), taken_.end(), id) != taken_.end()) {
            continue;
        }
        if (const auto taken = manager_.take_interface(*handle_, id); !taken) {
            return refusal("interface " + interface.name, taken.error());
        }
        taken_.push_back(id);
    }
    return {};
}

template <class F>
bool StaticClient<F>::is_of_table(const Join& join) const {
    const auto* interface = settings_.interface(join.interface);
    return interface != nullptr && interface->table == table_;
}

template <class F>
bool StaticClient<F>::is_own(const Join& join) const {
    const auto* interface = settings_.interface(join.interface);
    return interface != nullptr && owns(*interface);
}

template <class F>
Expected<> StaticClient<F>::add(const Join& join) {
    const auto membership = membership_of(join.interface, join.join);
    if (const auto added = manager_.add_membership(*handle_, membership); !added) {
        return refusal("join " + to_string(membership.key) + " on " +
                           settings_.interface(join.interface)->name,
                       added.error());
    }
    return {};
}

template <class F>
Expected<> StaticClient<F>::add_joins() {
    for (const auto& join : settings_.family<F>().joins) {
        if (!is_own(join)) {
            continue;
        }
        if (auto added = add(join); !added) {
            return added;
        }
    }
    return {};
}

template <class F>
Expected<> StaticClient<F>::install(const StaticMroute<F>& mroute) {
    const auto route = installed_route<F>(mroute);
    if (const auto installed = manager_.install_route(*handle_, route); !installed) {
        return refusal("mroute " + to_string(route.key), installed.error());
    }
    return {};
}

template <class F>
Expected<> StaticClient<F>::install_mroutes() {
    for (const auto& mroute : settings_.family<F>().mroutes) {
        if (!is_own(mroute)) {
            continue;
        }
        if (auto installed = install(mroute); !installed) {
            return installed;
        }
    }
    return {};
}

template <class F>
void StaticClient<F>::report(const mgm::Result<>& result) const {
    if (!result) {
        spdlog::error("static protocol: {}", result.error().message);
    }
}

template <class F>
void StaticClient<F>::stop() {
    if (!handle_) {
        return;
    }
    for (const auto& interface : taken_) {
        report(manager_.release_interface(*handle_, interface));
    }
    taken_.clear();
    report(manager_.deregister_protocol(*handle_));
    handle_.reset();
}

template <class F>
void StaticClient<F>::remove(const Join& join) {
    const auto gone =
        manager_.delete_membership(*handle_, membership_of(join.interface, join.join));
    if (!gone && gone.error().code != mgm::Errc::not_found) {
        report(gone);
    }
}

template <class F>
void StaticClient<F>::remove(const StaticMroute<F>& mroute) {
    const auto& key = mroute.key;
    const auto gone = manager_.remove_route(*handle_, {key.group, key.source, key.group_length});
    if (!gone && gone.error().code != mgm::Errc::not_found) {
        report(gone);
    }
}

template <class F>
Expected<> StaticClient<F>::change(const Settings& before) {
    if (auto taken = take_interfaces(); !taken) {
        return taken;
    }
    const auto by_key = [](const auto& item) { return key_of(item); };
    const auto& old = before.family<F>();
    const auto& now = settings_.family<F>();
    const auto joins = bring(list_difference(old.joins, now.joins, by_key), operators_joins_);
    const auto mroutes =
        bring(list_difference(old.mroutes, now.mroutes, by_key), operators_mroutes_);
    if (!joins.empty() || !mroutes.empty()) {
        release_old();
    }
    return put_all(joins).and_then([&] { return put_all(mroutes); });
}

template <class F>
template <class Item, class Keys>
std::vector<const Item*> StaticClient<F>::bring(const ListDifference<Item>& difference,
                                                Keys& operators) {
    std::vector<const Item*> refused;
    for (const Item* item : difference.put) {
        if (is_own(*item)) {
            operators.erase(key_of(*item));
            if (!put(*item)) {
                refused.push_back(item);
            }
        }
    }
    for (const Item* item : difference.gone) {
        if (is_of_table(*item)) {
            operators.erase(key_of(*item));
            remove(*item);
        }
    }
    return refused;
}

template <class F>
template <class Item>
Expected<> StaticClient<F>::put_all(const std::vector<const Item*>& items) {
    for (const Item* item : items) {
        if (auto done = put(*item); !done) {
            return done;
        }
    }
    return {};
}

template <class F>
template <class Which>
void StaticClient<F>::release(Which&& which) {
    std::erase_if(taken_, [&](const mgm::InterfaceId<F>& id) {
        if (!which(*settings_.interface(id.index))) {
            return false;
        }
        report(manager_.release_interface(*handle_, id));
        return true;
    });
}

template <class F>
void StaticClient<F>::release_old() {
    release([this](const InterfaceSettings& interface) { return !owns(interface); });
}

template <class F>
void StaticClient<F>::release_to_proxy() {
    release([](const InterfaceSettings& interface) {
        return interface.protocol == InterfaceProtocol::proxy;
    });
}

template <class F>
void StaticClient<F>::restore() {
    const auto bring_back = [](const Expected<>& done) {
        if (!done) {
            spdlog::warn("static protocol: {}", done.error().message);
        }
    };
    for (const auto& join : settings_.family<F>().joins) {
        if (!operators_joins_.empty() && is_own(join) && operators_joins_.erase(key_of(join)) > 0) {
            bring_back(add(join));
        }
    }
    for (const auto& mroute : settings_.family<F>().mroutes) {
        if (!operators_mroutes_.empty() && operators_mroutes_.erase(mroute.key) > 0) {
            bring_back(install(mroute));
        }
    }
}

template <class F>
mgm::Result<> StaticClient<F>::add_mroute(const StaticMroute<F>& mroute) {
    auto added =
        manager_.install_route(handle_.value_or(mgm::ClientHandle{}), installed_route<F>(mroute));
    if (added) {
        operators_mroutes_.insert(mroute.key);
    }
    return added;
}

template <class F>
mgm::Result<> StaticClient<F>::remove_mroute(const RouteKey<F>& key) {
    auto removed = manager_.remove_route(handle_.value_or(mgm::ClientHandle{}),
                                         {key.group, key.source, key.group_length});
    if (removed) {
        operators_mroutes_.insert(key);
    }
    return removed;
}

template <class F>
mgm::Result<> StaticClient<F>::add_join(InterfaceIndex interface, const StaticJoin<F>& join) {
    auto added = manager_.add_membership(handle_.value_or(mgm::ClientHandle{}),
                                         membership_of(interface, join));
    if (added) {
        operators_joins_.insert(key_of({interface, join}));
    }
    return added;
}

template <class F>
mgm::Result<> StaticClient<F>::remove_join(InterfaceIndex interface, const StaticJoin<F>& join) {
    auto removed = manager_.delete_membership(handle_.value_or(mgm::ClientHandle{}),
                                              membership_of(interface, join));
    if (removed) {
        operators_joins_.insert(key_of({interface, join}));
    }
    return removed;
}

template class StaticClient<V4>;
template class StaticClient<V6>;

}  // namespace mgmd
