// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "config/address_rules.hpp"
#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

template <class F>
struct Subnet {
    TableId table;
    Prefix<F> network;
    InterfaceIndex interface;
    const Node* node;

    auto order() const { return std::tie(table, network.address, network.length, node->at); }
};

template <class F>
InterfaceFamilySettings<F>& family_of(InterfaceSettings& interface) {
    if constexpr (F::family == Family::ipv4) {
        return interface.ipv4;
    } else {
        return interface.ipv6;
    }
}

template <class F>
class AddressCheck {
public:
    explicit AddressCheck(Resolver& resolver) : resolver_(resolver) {}

    void add(InterfaceSettings& interface, const Prefix<F>& address, const Node& node) {
        if (const Rule rule = interface_address_rule<F>(address)) {
            resolver_.diagnostics.add(node, *rule);
            return;
        }
        if (!own_.insert({interface.index, address.address}).second) {
            resolver_.diagnostics.add(node, "the interface already has this address");
            return;
        }
        family_of<F>(interface).addresses.push_back(address);
        if (!is_link_local(address.address)) {  // every link has those
            subnets_.push_back({interface.table, address.network(), interface.index, &node});
        }
    }

    /// Two interfaces of one table can't both lead to an address.
    void report_overlaps() {
        std::sort(subnets_.begin(), subnets_.end(),
                  [](const auto& a, const auto& b) { return a.order() < b.order(); });
        std::vector<const Subnet<F>*> around;  // those that contain the current one, largest first
        for (const Subnet<F>& subnet : subnets_) {
            while (!around.empty() && !contains(*around.back(), subnet)) {
                around.pop_back();
            }
            const auto other = std::find_if(around.begin(), around.end(), [&](const auto* outer) {
                return outer->interface != subnet.interface;
            });
            if (other != around.end()) {
                report(**other, subnet);
            }
            if (around.empty() || around.back()->network != subnet.network) {
                around.push_back(&subnet);
            }
        }
    }

private:
    static bool contains(const Subnet<F>& outer, const Subnet<F>& inner) {
        return outer.table == inner.table && outer.network.contains(inner.network.address);
    }

    void report(const Subnet<F>& one, const Subnet<F>& other) {
        const bool in_order = one.node->at < other.node->at;
        const Subnet<F>& first = in_order ? one : other;
        const Subnet<F>& second = in_order ? other : one;
        resolver_.diagnostics.add(
            *second.node, "overlaps " + to_string(first.network) + " of interface " +
                              resolver_.interface(first.interface).name + on_line(*first.node));
    }

    Resolver& resolver_;
    std::set<std::pair<InterfaceIndex, typename F::Address>> own_;
    std::vector<Subnet<F>> subnets_;
};

template <class F>
void add_boundary(std::vector<Prefix<F>>& boundaries, const Prefix<F>& prefix,
                  Diagnostics& diagnostics, const Node& node) {
    if (const Rule rule = group_prefix_rule(prefix)) {
        diagnostics.add(node, *rule);
    } else {
        boundaries.push_back(prefix);
    }
}

void report_repeated(const std::vector<Located<AnyPrefix>>& prefixes, Diagnostics& diagnostics) {
    std::set<AnyPrefix> seen;
    for (const auto& prefix : prefixes) {
        if (!seen.insert(prefix.value).second) {
            diagnostics.add(*prefix.node, "given twice");
        }
    }
}

}  // namespace

void resolve_addresses(Resolver& resolver) {
    AddressCheck<V4> ipv4(resolver);
    AddressCheck<V6> ipv6(resolver);
    for (InterfaceSettings& interface : resolver.settings.interfaces) {
        const InterfaceDraft& draft = resolver.draft.interfaces[interface.index - 1];
        for (const auto& address : draft.addresses) {
            if (const auto* prefix = std::get_if<Prefix<V4>>(&address.value)) {
                ipv4.add(interface, *prefix, *address.node);
            } else {
                ipv6.add(interface, std::get<Prefix<V6>>(address.value), *address.node);
            }
        }
    }
    ipv4.report_overlaps();
    ipv6.report_overlaps();
}

void resolve_boundaries(Resolver& resolver) {
    for (InterfaceSettings& interface : resolver.settings.interfaces) {
        const InterfaceDraft& draft = resolver.draft.interfaces[interface.index - 1];
        BoundarySettings& boundaries = interface.boundaries;
        boundaries.ipv6_scope = draft.scope_boundary;
        for (const auto& group : draft.boundary_groups) {
            if (const auto* prefix = std::get_if<Prefix<V4>>(&group.value)) {
                add_boundary(boundaries.ipv4, *prefix, resolver.diagnostics, *group.node);
            } else {
                add_boundary(boundaries.ipv6, std::get<Prefix<V6>>(group.value),
                             resolver.diagnostics, *group.node);
            }
        }
        report_repeated(draft.boundary_groups, resolver.diagnostics);
    }
}

}  // namespace mgmd::config
