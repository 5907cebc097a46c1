// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "common/entry_budget.hpp"
#include "config/address_rules.hpp"
#include "config/mroute_range.hpp"
#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

bool forwards(Action action) {
    return action == Action::forward || action == Action::forward_and_copy;
}

bool is_empty_list(const Node& node) {
    return node.kind == Node::Kind::sequence && node.children.empty();
}

/// The key: (S,G), (*,G), (*,G/len) or (*,*). There is no (S,*) in MGM (9).
template <class F>
bool read_key(Resolver& resolver, const MrouteDraft& draft, RouteKey<F>& key) {
    const Prefix<F>& group = std::get<Prefix<F>>(draft.group.value);
    key.group = group.address;
    key.group_length = group.length;
    const Rule rule = group.length == 0 && is_unspecified(group.address)
                          ? std::nullopt
                          : group_prefix_rule<F>(group);
    if (rule) {
        resolver.diagnostics.add(*draft.group.node, *rule);
        return false;
    }
    if (draft.source.node == nullptr) {
        return child(*draft.node, "source") == nullptr;
    }
    const auto* source = std::get_if<typename F::Address>(&draft.source.value);
    if (source == nullptr) {
        resolver.diagnostics.add(*draft.source.node, "must be of the group's address family");
        return false;
    }
    if (const Rule broken = host_rule(*source)) {
        resolver.diagnostics.add(*draft.source.node, *broken);
        return false;
    }
    if (group.length != F::address_bits) {
        resolver.diagnostics.add(*draft.source.node, "a source goes with a single group only");
        return false;
    }
    key.source = *source;
    return true;
}

/// The last of `count` addresses from `first` on is as good as the first one; the ranges of groups
/// and of stations are contiguous enough that so are those between.
template <class Address, class RuleOf>
bool read_count(Resolver& resolver, const Node& node, const Address& first, std::uint32_t count,
                RuleOf rule_of) {
    const auto last = advanced(first, count - 1);
    const Rule broken = last ? rule_of(*last) : Rule("there are not so many addresses");
    if (broken) {
        resolver.diagnostics.add(
            node, last ? "the last one, " + to_string(*last) + ", " + *broken : *broken);
    }
    return !broken;
}

/// group_count and source_count, of an mroute whose key is good.
template <class F>
bool read_counts(Resolver& resolver, const MrouteDraft& draft, MrouteRange<F>& range) {
    const RouteKey<F>& key = range.first.key;
    const Node& groups = at(*draft.node, "group_count");
    const Node& sources = at(*draft.node, "source_count");
    if (draft.group_count != 1 && key.group_length != F::address_bits) {
        resolver.diagnostics.add(groups, "only single groups are counted");
        return false;
    }
    if (draft.source_count != 1 && is_unspecified(key.source)) {
        resolver.diagnostics.add(sources, "needs source");
        return false;
    }
    range.groups = draft.group_count;
    range.sources = draft.source_count;
    const auto source_rule = [](const auto& source) { return host_rule(source); };
    return (range.groups == 1 ||
            read_count(resolver, groups, key.group, range.groups, group_rule<F>)) &&
           (range.sources == 1 ||
            read_count(resolver, sources, key.source, range.sources, source_rule));
}

/// One mroute. Interfaces come first: they say which table it is in.
class MrouteReader {
public:
    MrouteReader(Resolver& resolver, const MrouteDraft& draft)
        : resolver_(resolver), draft_(draft) {}

    AcceptSet accept() {
        AcceptSet accept;
        const Node* given = child(*draft_.node, "accept");
        if (draft_.action != Action::drop && (given == nullptr || is_empty_list(*given))) {
            resolver_.diagnostics.add(*draft_.node, "needs accept: interfaces, or any");
        }
        for (const auto& reference : draft_.accept) {
            if (reference.value == "any") {
                accept.any = true;
            } else if (const auto index = resolver_.find_interface(reference)) {
                check_owner(reference, *index);
                use(*reference.node, *index);
                add_unique(accept.interfaces, *index, *reference.node);
            }
        }
        if (accept.any && draft_.accept.size() > 1) {
            resolver_.diagnostics.add(at(*draft_.node, "accept"),
                                      "any stands alone: it is all interfaces");
        }
        std::sort(accept.interfaces.begin(), accept.interfaces.end());
        return accept;
    }

    std::vector<Outgoing> outgoing() {
        std::vector<Outgoing> outgoing;
        std::set<InterfaceIndex> seen;
        for (const OutgoingDraft& item : draft_.outgoing) {
            const auto index = resolver_.find_interface(item.interface);
            if (!index) {
                continue;
            }
            use(*item.interface.node, *index);
            if (!seen.insert(*index).second) {
                resolver_.diagnostics.add(*item.interface.node, "the interface is listed twice");
                continue;
            }
            outgoing.push_back({*index, item.ttl_threshold, next_hop(item)});
        }
        std::sort(outgoing.begin(), outgoing.end(),
                  [](const auto& a, const auto& b) { return a.interface < b.interface; });
        check_outgoing(outgoing);
        return outgoing;
    }

    TableId table() const {
        return draft_.table.node != nullptr ? draft_.table.value : table_.value_or(0);
    }

private:
    void check_owner(const Located<std::string>& reference, InterfaceIndex index) {
        if (resolver_.interface(index).protocol != InterfaceProtocol::static_routes) {
            resolver_.diagnostics.add(*reference.node,
                                      "must be an interface with protocol: static");
        }
    }

    /// All interfaces of an mroute are in its table.
    void use(const Node& node, InterfaceIndex index) {
        const TableId table = resolver_.interface(index).table;
        if (!table_) {
            table_ = draft_.table.node != nullptr ? draft_.table.value : table;
        }
        if (table != *table_) {
            resolver_.diagnostics.add(node, "is in table " + std::to_string(table) +
                                                ", the mroute in table " + std::to_string(*table_));
        }
    }

    void add_unique(std::vector<InterfaceIndex>& list, InterfaceIndex index, const Node& node) {
        if (!accepted_.insert(index).second) {
            resolver_.diagnostics.add(node, "the interface is listed twice");
        } else {
            list.push_back(index);
        }
    }

    std::optional<MacAddress> next_hop(const OutgoingDraft& item) {
        if (item.next_hop_mac.node == nullptr) {
            return std::nullopt;
        }
        if (is_group_mac(item.next_hop_mac.value) || item.next_hop_mac.value == MacAddress{}) {
            resolver_.diagnostics.add(*item.next_hop_mac.node,
                                      "must be an individual MAC address, not of a group or zero");
        }
        return item.next_hop_mac.value;
    }

    void check_outgoing(const std::vector<Outgoing>& outgoing) {
        const Node* given = child(*draft_.node, "outgoing");
        if (outgoing.size() > kMaxOutgoing) {
            resolver_.diagnostics.add(
                *given, "more than " + std::to_string(kMaxOutgoing) + " outgoing interfaces");
        }
        if (forwards(draft_.action) && (given == nullptr || is_empty_list(*given))) {
            resolver_.diagnostics.add(*draft_.node,
                                      "forwards nowhere: needs outgoing, or action: drop");
        }
        if (!forwards(draft_.action) && given != nullptr) {
            resolver_.diagnostics.add(*given, "has no effect: the action does not forward");
        }
    }

    Resolver& resolver_;
    const MrouteDraft& draft_;
    std::optional<TableId> table_;
    std::set<InterfaceIndex> accepted_;
};

template <class F>
class Mroutes {
public:
    explicit Mroutes(Resolver& resolver) : resolver_(resolver) {}

    void add(const MrouteDraft& draft) {
        MrouteRange<F> range;
        range.node = draft.node;
        range.group = draft.group.node;
        MrouteReader reader(resolver_, draft);
        range.first.accept = reader.accept();
        range.first.outgoing = reader.outgoing();
        range.first.action = draft.action;
        range.first.key.table = reader.table();
        if (read_key<F>(resolver_, draft, range.first.key) &&
            read_counts<F>(resolver_, draft, range)) {
            check_ssm(draft, range);
            ranges_.push_back(std::move(range));
        }
    }

    /// Once all are added: puts them into the settings, unless they are too many.
    void finish() {
        for (const MrouteOverlap& overlap : overlaps(ranges_)) {
            resolver_.diagnostics.add(*overlap.later_group, "there is an mroute for this already" +
                                                                on_line(*overlap.earlier));
        }
        if (check_limit()) {
            for (const MrouteRange<F>& range : ranges_) {
                expand(range);
            }
        }
    }

private:
    void expand(const MrouteRange<F>& range) {
        auto& mroutes = resolver_.template family<F>().mroutes;
        for (std::uint32_t g = 0; g < range.groups; ++g) {
            for (std::uint32_t s = 0; s < range.sources; ++s) {
                auto& mroute = mroutes.emplace_back(range.first);
                mroute.key.group = *advanced(mroute.key.group, g);
                mroute.key.source = *advanced(mroute.key.source, s);
            }
        }
    }

    bool check_limit() const {
        const std::uint32_t limit = resolver_.draft.limits.entries;
        const Node& mroutes = at(*resolver_.draft.node, "mroutes");
        std::map<TableId, std::uint64_t> used = empty_tables();
        std::uint64_t all = 0;
        for (const auto& range : ranges_) {
            const std::uint64_t entries = entries_of(range.first) * range.count();
            used[range.first.key.table] += entries;
            all += entries;
        }
        if (all > limit) {
            resolver_.diagnostics.add(mroutes,
                                      std::to_string(all) +
                                          " entries of one family, more than limits.entries, " +
                                          std::to_string(limit));
            return false;
        }
        EntryBudget budget(limit, used.size());
        std::size_t party = 0;
        for (const auto& [table, entries] : used) {
            budget.set(party++, entries);
        }
        if (budget.is_exceeded()) {
            resolver_.diagnostics.add(
                mroutes, "too many in one table: half of limits.entries, " + std::to_string(limit) +
                             ", is reserved for all " + std::to_string(used.size()) +
                             " tables in equal parts");
        }
        return !budget.is_exceeded();
    }

    std::map<TableId, std::uint64_t> empty_tables() const {
        std::map<TableId, std::uint64_t> tables{{0, 0}};
        for (const auto& interface : resolver_.settings.interfaces) {
            tables.try_emplace(interface.table, 0);
        }
        return tables;
    }

    /// (*,*) is one entry for each interface that it accepts on, or drops on.
    std::uint64_t entries_of(const StaticMroute<F>& route) const {
        if (!route.key.is_any()) {
            return 1;
        }
        if (!route.accept.interfaces.empty()) {
            return route.accept.interfaces.size();
        }
        const auto& interfaces = resolver_.settings.interfaces;
        return static_cast<std::uint64_t>(
            std::count_if(interfaces.begin(), interfaces.end(), [&](const auto& interface) {
                return interface.table == route.key.table &&
                       (!route.accept.any ||
                        interface.protocol == InterfaceProtocol::static_routes);
            }));
    }

    /// RFC 4607 4.1: a router doesn't forward (*,G) of source-specific groups; it may refuse them.
    void check_ssm(const MrouteDraft& draft, const MrouteRange<F>& range) {
        const RouteKey<F>& key = range.first.key;
        const bool is_ssm = is_ssm_prefix<F>({key.group, key.group_length}) ||
                            is_ssm_prefix<F>({range.last_group(), key.group_length});
        if (is_unspecified(key.source) && is_ssm && forwards(draft.action)) {
            resolver_.diagnostics.add(*draft.group.node, "a source-specific group needs source");
        }
    }

    Resolver& resolver_;
    std::vector<MrouteRange<F>> ranges_;
};

}  // namespace

void resolve_mroutes(Resolver& resolver) {
    Mroutes<V4> ipv4(resolver);
    Mroutes<V6> ipv6(resolver);
    for (const MrouteDraft& draft : resolver.draft.mroutes) {
        if (draft.group.node == nullptr) {
            continue;
        }
        if (std::holds_alternative<Prefix<V4>>(draft.group.value)) {
            ipv4.add(draft);
        } else {
            ipv6.add(draft);
        }
    }
    ipv4.finish();
    ipv6.finish();
}

}  // namespace mgmd::config
