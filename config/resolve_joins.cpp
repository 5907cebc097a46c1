// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "config/address_rules.hpp"
#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

/// The static joins of one family on one interface. IGMP or MLD makes them where it is enabled,
/// otherwise the static protocol where it owns the interface (MGM 29).
template <class F>
class Joins {
public:
    using Address = typename F::Address;

    Joins(Resolver& resolver, InterfaceSettings& interface, MembershipProtocolSettings<F>& igmp)
        : resolver_(resolver), interface_(interface), igmp_(igmp) {}

    void add(const JoinDraft& draft, const Address& group) {
        const auto source = source_of(draft);
        if (!source || !is_allowed(draft, group, *source)) {
            return;
        }
        if (!groups_[group].insert(*source).second) {
            resolver_.diagnostics.add(*draft.node, "the interface already has this join");
            return;
        }
        const StaticJoin<F> join{group, *source};
        if (igmp_.enabled) {
            igmp_.static_joins.push_back(join);
        } else {
            resolver_.template family<F>().joins.push_back({interface_.index, join});
        }
    }

    void check_limits(const Node& joins) const {
        const LimitSettings& limits = resolver_.draft.limits;
        if (groups_.size() > limits.groups_per_interface) {
            resolver_.diagnostics.add(joins,
                                      "joins " + std::to_string(groups_.size()) +
                                          " groups, more than limits.groups_per_interface, " +
                                          std::to_string(limits.groups_per_interface));
        }
        for (const auto& [group, sources] : groups_) {
            if (sources.size() > limits.sources_per_group) {
                resolver_.diagnostics.add(joins, "joins " + std::to_string(sources.size()) +
                                                     " sources of " + to_string(group) +
                                                     ", more than limits.sources_per_group, " +
                                                     std::to_string(limits.sources_per_group));
            }
        }
    }

private:
    /// Unspecified: any. nullopt: reported.
    std::optional<Address> source_of(const JoinDraft& draft) const {
        if (draft.source.node == nullptr) {
            return child(*draft.node, "source") == nullptr ? std::optional(Address{})
                                                           : std::nullopt;
        }
        const auto* source = std::get_if<Address>(&draft.source.value);
        if (source == nullptr) {
            resolver_.diagnostics.add(*draft.source.node, "must be of the group's address family");
            return std::nullopt;
        }
        if (const Rule rule = host_rule(*source)) {
            resolver_.diagnostics.add(*draft.source.node, *rule);
            return std::nullopt;
        }
        return *source;
    }

    bool is_allowed(const JoinDraft& draft, const Address& group, const Address& source) const {
        const Node& node = *draft.group.node;
        if (const Rule rule = group_rule<F>(group)) {
            resolver_.diagnostics.add(node, *rule);
            return false;
        }
        if (is_ssm_group(group) && is_unspecified(source)) {  // RFC 4607 4.1
            resolver_.diagnostics.add(node, "a source-specific group needs a source");
            return false;
        }
        if (!igmp_.enabled && interface_.protocol != InterfaceProtocol::static_routes) {
            resolver_.diagnostics.add(node, std::string("needs ") +
                                                (F::family == Family::ipv4 ? "igmp" : "mld") +
                                                " or protocol: static on the interface");
            return false;
        }
        return true;
    }

    Resolver& resolver_;
    InterfaceSettings& interface_;
    MembershipProtocolSettings<F>& igmp_;
    std::map<Address, std::set<Address>> groups_;
};

}  // namespace

void resolve_joins(Resolver& resolver) {
    for (InterfaceSettings& interface : resolver.settings.interfaces) {
        const InterfaceDraft& draft = resolver.draft.interfaces[interface.index - 1];
        Joins<V4> ipv4(resolver, interface, interface.ipv4.membership);
        Joins<V6> ipv6(resolver, interface, interface.ipv6.membership);
        for (const JoinDraft& join : draft.static_joins) {
            if (join.group.node == nullptr) {
                continue;
            }
            if (const auto* group = std::get_if<Ipv4Address>(&join.group.value)) {
                ipv4.add(join, *group);
            } else {
                ipv6.add(join, std::get<Ipv6Address>(join.group.value));
            }
        }
        ipv4.check_limits(at(*draft.node, "static_joins"));
        ipv6.check_limits(at(*draft.node, "static_joins"));
    }
}

}  // namespace mgmd::config
