// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "config/address_rules.hpp"
#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

/// The subnets that the interfaces are on.
template <class F>
class Connected {
public:
    explicit Connected(const Settings& settings) {
        for (const InterfaceSettings& interface : settings.interfaces) {
            for (const Prefix<F>& address : interface.template family<F>().addresses) {
                interfaces_[address.network()].insert(interface.index);
                lengths_.insert(address.length);
                own_.insert({interface.table, address.address});
            }
        }
    }

    std::set<InterfaceIndex> find(const typename F::Address& address) const {
        std::set<InterfaceIndex> found;
        for (const std::uint8_t length : lengths_) {
            const auto subnet = interfaces_.find({masked(address, length), length});
            if (subnet != interfaces_.end()) {
                found.insert(subnet->second.begin(), subnet->second.end());
            }
        }
        return found;
    }

    bool is_own(TableId table, const typename F::Address& address) const {
        return own_.contains({table, address});
    }

private:
    std::map<Prefix<F>, std::set<InterfaceIndex>> interfaces_;
    std::set<std::uint8_t> lengths_;
    std::set<std::pair<TableId, typename F::Address>> own_;
};

template <class F>
class Routes {
public:
    using Address = typename F::Address;

    explicit Routes(Resolver& resolver) : resolver_(resolver), connected_(resolver.settings) {}

    void add(const RouteDraft& draft, const Prefix<F>& prefix) {
        if (const Rule rule = source_prefix_rule<F>(prefix)) {
            resolver_.diagnostics.add(*draft.prefix.node, *rule);
            return;
        }
        RouteSettings<F> route{.view = draft.view, .prefix = prefix, .metric = draft.metric};
        const auto next_hop = next_hop_of(draft);
        if (!next_hop || !find_interface(draft, *next_hop, route.interface)) {
            return;
        }
        route.next_hop = *next_hop;
        route.table = resolver_.interface(route.interface).table;
        if (is_reachable(draft, route) && is_new(draft, route)) {
            resolver_.template family<F>().routes.push_back(route);
        }
    }

private:
    /// Unspecified: none. nullopt: reported.
    std::optional<Address> next_hop_of(const RouteDraft& draft) const {
        if (draft.next_hop.node == nullptr) {
            return child(*draft.node, "next_hop") == nullptr ? std::optional(Address{})
                                                             : std::nullopt;
        }
        const auto* next_hop = std::get_if<Address>(&draft.next_hop.value);
        if (next_hop == nullptr) {
            resolver_.diagnostics.add(*draft.next_hop.node,
                                      "must be of the prefix's address family");
            return std::nullopt;
        }
        if (const Rule rule = host_rule(*next_hop)) {
            resolver_.diagnostics.add(*draft.next_hop.node, *rule);
            return std::nullopt;
        }
        return *next_hop;
    }

    /// The one named, else the one whose subnet has the next hop.
    bool find_interface(const RouteDraft& draft, const Address& next_hop,
                        InterfaceIndex& interface) const {
        if (child(*draft.node, "interface") != nullptr) {
            const auto named = resolver_.find_interface(draft.interface);
            interface = named.value_or(kNoInterface);
            return named.has_value();
        }
        if (is_unspecified(next_hop)) {
            resolver_.diagnostics.add(*draft.node, "needs interface, next_hop or both");
            return false;
        }
        const auto found = connected_.find(next_hop);
        if (found.size() != 1) {
            resolver_.diagnostics.add(
                *draft.next_hop.node,
                found.empty() ? "is on no interface's subnet: the route needs interface"
                              : "is on several interfaces' subnets: the route needs interface");
            return false;
        }
        interface = *found.begin();
        return true;
    }

    bool is_reachable(const RouteDraft& draft, const RouteSettings<F>& route) const {
        if (is_unspecified(route.next_hop)) {
            return true;
        }
        const InterfaceSettings& interface = resolver_.interface(route.interface);
        if (connected_.is_own(route.table, route.next_hop)) {
            resolver_.diagnostics.add(*draft.next_hop.node, "must not be the router itself");
            return false;
        }
        const auto& addresses = interface.template family<F>().addresses;
        // An interface without addresses, or a link-local neighbour, can't be told from here.
        if (!addresses.empty() && !is_link_local(route.next_hop) &&
            !connected_.find(route.next_hop).contains(route.interface)) {
            resolver_.diagnostics.add(*draft.next_hop.node,
                                      "is on no subnet of interface " + interface.name);
            return false;
        }
        return true;
    }

    bool is_new(const RouteDraft& draft, const RouteSettings<F>& route) {
        const auto [first, is_new] =
            seen_.try_emplace({route.table, route.view, route.prefix, route.interface}, draft.node);
        if (!is_new) {
            resolver_.diagnostics.add(*draft.prefix.node,
                                      "there is a route for this prefix to the interface already" +
                                          on_line(*first->second));
        }
        return is_new;
    }

    Resolver& resolver_;
    Connected<F> connected_;
    std::map<std::tuple<TableId, RouteView, Prefix<F>, InterfaceIndex>, const Node*> seen_;
};

}  // namespace

void resolve_routes(Resolver& resolver) {
    Routes<V4> ipv4(resolver);
    Routes<V6> ipv6(resolver);
    for (const RouteDraft& draft : resolver.draft.routes) {
        if (draft.prefix.node == nullptr) {
            continue;
        }
        if (const auto* prefix = std::get_if<Prefix<V4>>(&draft.prefix.value)) {
            ipv4.add(draft, *prefix);
        } else {
            ipv6.add(draft, std::get<Prefix<V6>>(draft.prefix.value));
        }
    }
}

}  // namespace mgmd::config
