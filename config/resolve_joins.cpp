// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "config/address_rules.hpp"
#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

/// The interfaces of all static joins of one family: an entry has at most kMaxOutgoing.
template <class F>
class JoinedInterfaces {
public:
    using Address = typename F::Address;

    void add(const InterfaceSettings& interface, const StaticJoin<F>& join, const Node& node) {
        Group& group = groups_[{interface.table, join.group}];
        group.by_source[join.source].insert(interface.index);
        group.last = &node;
    }

    void check(Resolver& resolver) const {
        for (const auto& [table_and_group, group] : groups_) {
            if (most_interfaces(group) > kMaxOutgoing) {
                resolver.diagnostics.add(*group.last, "the group is joined on more than " +
                                                          std::to_string(kMaxOutgoing) +
                                                          " interfaces; no entry has more");
            }
        }
    }

private:
    struct Group {
        std::map<Address, std::set<InterfaceIndex>> by_source;  ///< unspecified: any
        const Node* last = nullptr;
    };

    /// What one source is wanted on: where it is joined by name, and where any source is.
    static std::size_t most_interfaces(const Group& group) {
        const auto any = group.by_source.find(Address{});
        std::size_t most = 0;
        for (const auto& [source, named] : group.by_source) {
            auto interfaces = named;
            if (any != group.by_source.end()) {
                interfaces.insert(any->second.begin(), any->second.end());
            }
            most = std::max(most, interfaces.size());
        }
        return most;
    }

    std::map<std::pair<TableId, Address>, Group> groups_;
};

/// The static joins of one family on one interface. IGMP or MLD makes them where it is enabled,
/// otherwise the static protocol where it owns the interface (MGM 29).
template <class F>
class Joins {
public:
    using Address = typename F::Address;

    Joins(Resolver& resolver, InterfaceSettings& interface, MembershipProtocolSettings<F>& igmp,
          JoinedInterfaces<F>& joined)
        : resolver_(resolver), interface_(interface), igmp_(igmp), joined_(joined) {}

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
        joined_.add(interface_, join, *draft.node);
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
            const bool may_be_static = interface_.protocol == InterfaceProtocol::none;
            resolver_.diagnostics.add(
                node, std::string("needs ") + (F::family == Family::ipv4 ? "igmp" : "mld") +
                          (may_be_static ? " or protocol: static" : "") + " on the interface");
            return false;
        }
        return true;
    }

    Resolver& resolver_;
    InterfaceSettings& interface_;
    MembershipProtocolSettings<F>& igmp_;
    JoinedInterfaces<F>& joined_;
    std::map<Address, std::set<Address>> groups_;
};

}  // namespace

void resolve_joins(Resolver& resolver) {
    JoinedInterfaces<V4> joined_ipv4;
    JoinedInterfaces<V6> joined_ipv6;
    for (InterfaceSettings& interface : resolver.settings.interfaces) {
        const InterfaceDraft& draft = resolver.draft.interfaces[interface.index - 1];
        Joins<V4> ipv4(resolver, interface, interface.ipv4.membership, joined_ipv4);
        Joins<V6> ipv6(resolver, interface, interface.ipv6.membership, joined_ipv6);
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
    joined_ipv4.check(resolver);
    joined_ipv6.check(resolver);
}

}  // namespace mgmd::config
