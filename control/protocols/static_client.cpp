// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/static_client.hpp"

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
        if (!owns(interface)) {
            continue;
        }
        const mgm::InterfaceId<F> id{interface.index, {}};
        if (const auto taken = manager_.take_interface(*handle_, id); !taken) {
            return refusal("interface " + interface.name, taken.error());
        }
        taken_.push_back(id);
    }
    return {};
}

template <class F>
Expected<> StaticClient<F>::add_joins() {
    for (const auto& [interface, join] : settings_.family<F>().joins) {
        const auto* settings = settings_.interface(interface);
        if (settings == nullptr || !owns(*settings)) {
            continue;
        }
        const auto membership = membership_of(interface, join);
        if (const auto added = manager_.add_membership(*handle_, membership); !added) {
            return refusal("join " + to_string(membership.key) + " on " + settings->name,
                           added.error());
        }
    }
    return {};
}

template <class F>
Expected<> StaticClient<F>::install_mroutes() {
    for (const auto& mroute : settings_.family<F>().mroutes) {
        if (mroute.key.table != table_) {
            continue;
        }
        const auto route = installed_route<F>(mroute);
        if (const auto installed = manager_.install_route(*handle_, route); !installed) {
            return refusal("mroute " + to_string(route.key), installed.error());
        }
    }
    return {};
}

template <class F>
void StaticClient<F>::stop() {
    if (!handle_) {
        return;
    }
    const auto report = [](const mgm::Result<>& result) {
        if (!result) {
            spdlog::error("static protocol: {}", result.error().message);
        }
    };
    for (const auto& interface : taken_) {
        report(manager_.release_interface(*handle_, interface));
    }
    taken_.clear();
    report(manager_.deregister_protocol(*handle_));
    handle_.reset();
}

template <class F>
mgm::Result<> StaticClient<F>::add_mroute(const StaticMroute<F>& mroute) {
    return manager_.install_route(handle_.value_or(mgm::ClientHandle{}),
                                  installed_route<F>(mroute));
}

template <class F>
mgm::Result<> StaticClient<F>::remove_mroute(const RouteKey<F>& key) {
    return manager_.remove_route(handle_.value_or(mgm::ClientHandle{}),
                                 {key.group, key.source, key.group_length});
}

template <class F>
mgm::Result<> StaticClient<F>::add_join(InterfaceIndex interface, const StaticJoin<F>& join) {
    return manager_.add_membership(handle_.value_or(mgm::ClientHandle{}),
                                   membership_of(interface, join));
}

template <class F>
mgm::Result<> StaticClient<F>::remove_join(InterfaceIndex interface, const StaticJoin<F>& join) {
    return manager_.delete_membership(handle_.value_or(mgm::ClientHandle{}),
                                      membership_of(interface, join));
}

template class StaticClient<V4>;
template class StaticClient<V6>;

}  // namespace mgmd
