// SPDX-License-Identifier: Apache-2.0
#include "control/table_control.hpp"

#include <tuple>

#include "control/flow_text.hpp"
#include "control/reload/list_difference.hpp"

namespace mgmd {
namespace {

template <class F>
struct FamilyBoundaries {
    const std::vector<Prefix<F>>& prefixes;
    std::uint8_t scope;
};

template <class F>
FamilyBoundaries<F> boundaries_of(const BoundarySettings& boundaries) {
    if constexpr (F::family == Family::ipv4) {
        return {boundaries.ipv4, 0};
    } else {
        return {boundaries.ipv6, boundaries.ipv6_scope};
    }
}

template <class F>
std::vector<mgm::InterfaceConfig<F>> interfaces_of(const Settings& settings, TableId table) {
    std::vector<mgm::InterfaceConfig<F>> configs;
    for (const auto& interface : settings.interfaces) {
        if (interface.table != table) {
            continue;
        }
        mgm::InterfaceConfig<F> config;
        config.id = {interface.index, {}};
        config.local_sources = interface.family<F>().membership.sources;
        const auto boundaries = boundaries_of<F>(interface.boundaries);
        config.boundaries = boundaries.prefixes;
        config.boundary_scope = boundaries.scope;
        configs.push_back(std::move(config));
    }
    return configs;
}

template <class F>
Route<F> rib_route(const RouteSettings<F>& route) {
    return {route.prefix.network(), route.interface, route.next_hop, route.metric,
            kRouteProtocolStatic};
}

MembershipDoors in_table(MembershipDoors doors, TableId table) {
    doors.reporter = doors.reporter.in_table(table);
    return doors;
}

std::string_view state_of(bool installed, bool negative) {
    return installed ? "installed" : negative ? "negative" : "active";
}

}  // namespace

template <class F>
TableControl<F>::TableControl(const Settings& settings, TableId table,
                              ForwardingTable<F>& forwarding, const MembershipDoors& doors,
                              EntryShare share)
    : settings_(settings),
      table_(table),
      manager_({doors.clock, rib_, forwarding, doors.post, share, doors.reporter.in_table(table)},
               {table, settings.limits, settings.timers}, interfaces_of<F>(settings, table)),
      membership_(manager_, settings, table, in_table(doors, table)),
      static_(manager_, settings, table),
      proxy_(manager_, rib_, settings, table, in_table(doors, table)) {
    load_routes(settings);
    membership_.tell_queriers([this](InterfaceIndex interface, bool is_querier) {
        proxy_.on_querier(interface, is_querier);
    });
}

template <class F>
void TableControl<F>::load_routes(const Settings& settings) {
    for (const auto& interface : settings.interfaces) {
        if (interface.table == table_) {
            for (const auto& address : interface.family<F>().addresses) {
                rib_.add_connected(address.network(), interface.index);
            }
        }
    }
    for (const auto& route : settings.family<F>().routes) {
        if (route.table == table_) {
            rib_.add(route.view, rib_route(route));
        }
    }
}

template <class F>
Expected<> TableControl<F>::start() {
    // The proxy first: it is told of memberships that are added later.
    return proxy_.start().and_then([this] { return static_.start(); }).and_then([this] {
        return membership_.start();
    });
}

template <class F>
Expected<> TableControl<F>::reconfigure(const Settings& before) {
    manager_.set_limits(settings_.limits, settings_.timers);
    change_routes(before);
    change_interfaces(before);
    static_.release_to_proxy();
    // A join that moves between IGMP and the static protocol is with both for a moment.
    return proxy_.reconfigure()
        .and_then([&] { return membership_.start_new(); })
        .and_then([&] { return static_.change(before); })
        .and_then([&] { return membership_.reconfigure(before); })
        .map([&] { tell_proxy_of_queriers(); });
}

template <class F>
void TableControl<F>::tell_proxy_of_queriers() {
    for (const auto index : proxy_.downstream()) {
        const auto* router = std::as_const(membership_).router(index);
        proxy_.on_querier(
            index, router != nullptr && router->querier().role() == membership::Role::querier);
    }
}

template <class F>
void TableControl<F>::let_go() {
    membership_.stop_old();
    static_.release_old();
}

template <class F>
void TableControl<F>::change_routes(const Settings& before) {
    const auto key_of = [](const RouteSettings<F>& route) {
        return std::tuple(route.table, route.view, route.prefix.network(), route.interface,
                          route.next_hop);
    };
    const auto difference =
        list_difference(before.family<F>().routes, settings_.family<F>().routes, key_of);
    std::vector<typename Rib<F>::Change> changes;
    const auto add = [&](const RouteSettings<F>& route, bool remove) {
        if (route.table == table_) {
            changes.push_back({route.view, rib_route(route), remove});
        }
    };
    for (const auto* route : difference.put) {
        add(*route, false);
    }
    for (const auto* route : difference.gone) {
        add(*route, true);
    }
    rib_.apply(changes);
}

template <class F>
void TableControl<F>::change_interfaces(const Settings& before) {
    std::vector<InterfaceIndex> other_to_workers;
    for (const auto& interface : settings_.interfaces) {
        if (interface.table != table_) {
            continue;
        }
        const auto& old = *before.interface(interface.index);
        const auto& sources = interface.family<F>().membership.sources;
        if (!(old.template family<F>().membership.sources == sources)) {
            manager_.set_local_sources({interface.index, {}}, sources);
        }
        if (old.boundaries != interface.boundaries) {
            const auto now = boundaries_of<F>(interface.boundaries);
            manager_.set_boundaries({interface.index, {}}, now.prefixes, now.scope);
        }
        if (old.boundaries != interface.boundaries || old.mtu != interface.mtu ||
            old.ttl_threshold != interface.ttl_threshold) {
            other_to_workers.push_back(interface.index);
        }
    }
    if (!other_to_workers.empty()) {
        manager_.republish_leaving(other_to_workers);
    }
}

template <class F>
void TableControl<F>::on_membership_packet(const ControlPacket& packet) {
    membership_.on_packet(packet);
    proxy_.on_packet(packet);
}

template <class F>
void TableControl<F>::on_interface_state(InterfaceIndex interface, bool up) {
    proxy_.on_interface_state(interface, up);
    manager_.on_interface_state(interface, up);
    membership_.on_interface_state(interface, up);
}

template <class F>
std::optional<TimePoint> TableControl<F>::next_deadline() const {
    auto next = manager_.next_deadline();
    for (const auto& other : {membership_.next_deadline(), proxy_.next_deadline()}) {
        if (other && (!next || *other < *next)) {
            next = other;
        }
    }
    return next;
}

template <class F>
void TableControl<F>::run_timers(TimePoint now) {
    membership_.run_timers(now);
    proxy_.run_timers(now);
    manager_.run_timers(now);
}

template <class F>
FlowSummary TableControl<F>::summarise(const mgm::MfeRecord<F>& mfe) const {
    const auto name_of_interface = [this](InterfaceIndex index) {
        const auto* interface = settings_.interface(index);
        return interface == nullptr ? std::string() : interface->name;
    };
    FlowSummary flow;
    flow.table = table_;
    flow.family = F::family;
    flow.source = source_text(mfe.key);
    flow.group = group_text(mfe.key);
    flow.incoming = name_of_interface(mfe.incoming.index);
    if (mfe.installed) {
        flow.incoming = mfe.accept.any ? "any" : "";
        for (const auto interface : mfe.accept.interfaces) {
            flow.incoming += (flow.incoming.empty() ? "" : ", ") + name_of_interface(interface);
        }
    }
    flow.state = state_of(mfe.installed, mfe.negative);
    if (const auto stats = manager_.get_mfe_stats(mfe.key)) {
        flow.packets = stats->packets;
        flow.octets = stats->octets;
        flow.wrong_interface = stats->wrong_interface;
        flow.negative_hits = stats->negative_hits;
        for (const auto& out : stats->outgoing) {
            flow.outgoing.push_back({name_of_interface(out.interface.index), out.out_packets,
                                     out.ttl_too_low, out.too_big, out.out_discards});
        }
    }
    return flow;
}

template <class F>
void TableControl<F>::visit_flows(const FlowVisitor& visit) const {
    for (const auto& mfe : manager_.mfes()) {
        visit(summarise(mfe));
    }
}

template <class F>
std::optional<FlowSummary> TableControl<F>::flow(const mgm::SourceGroup<F>& key) const {
    const auto mfe = manager_.get_mfe(key);
    return mfe ? std::optional(summarise(*mfe)) : std::nullopt;
}

template <class F>
void TableControl<F>::extract_flows(BusiestFlows& flows) const {
    for (const auto& stats : manager_.mfes_stats()) {
        flows.add(stats.packets + stats.negative_hits,
                  [&] { return summarise(*manager_.get_mfe(stats.key)); });
    }
}

template class TableControl<V4>;
template class TableControl<V6>;

}  // namespace mgmd
