// SPDX-License-Identifier: Apache-2.0
// Tables, protocols and flows.
#include <algorithm>
#include <array>
#include <string_view>

#include "control/metrics/families.hpp"

namespace mgmd::metrics {
namespace {

constexpr auto kCounter = prometheus::MetricType::Counter;
constexpr auto kGauge = prometheus::MetricType::Gauge;

using Table = ForwardingTableFigures;

constexpr std::array kTables{
    gauge<Table>("mgmd_table_entries", "Entries in the forwarding table.",
                 [](const Table& t) { return number(t.usage.entries); }),
    gauge<Table>("mgmd_table_capacity_entries", "Entries that it has room for.",
                 [](const Table& t) { return number(t.usage.capacity); }),
    gauge<Table>("mgmd_table_retired_entries", "Places that wait until all workers have moved on.",
                 [](const Table& t) { return number(t.usage.retired); }),
    gauge<Table>("mgmd_table_grace_stalled",
                 "1: a worker has held up those places for over a second.",
                 [](const Table& t) { return number(t.usage.grace_stalled.has_value()); }),
    counter<Table>("mgmd_table_refused_changes_total", "Changes that it had no room for.",
                   [](const Table& t) { return number(t.usage.refused); }),
    gauge<Table>("mgmd_table_memory_bytes", "Memory that it holds.",
                 [](const Table& t) { return number(t.usage.octets); }),
    gauge<Table>("mgmd_table_list_memory_bytes", "Of that, for lists of interfaces.",
                 [](const Table& t) { return number(t.usage.part_octets); }),
    gauge<Table>("mgmd_table_list_memory_capacity_bytes", "Most that those lists may take.",
                 [](const Table& t) { return number(t.usage.part_octets_capacity); }),
};

using Manager = GroupManagerFigures;

constexpr std::array kManagers{
    gauge<Manager>("mgmd_entries", "Entries made by data, negative ones among them.",
                   [](const Manager& m) { return number(m.usage.entries); }),
    gauge<Manager>("mgmd_negative_entries", "Those that drop what nobody wants.",
                   [](const Manager& m) { return number(m.usage.negative_entries); }),
    gauge<Manager>("mgmd_installed_routes", "Static multicast routes, and protocols' own.",
                   [](const Manager& m) { return number(m.usage.installed_routes); }),
    gauge<Manager>("mgmd_memberships", "Groups and sources joined, counted on each interface.",
                   [](const Manager& m) { return number(m.usage.memberships); }),
};

constexpr std::array kMemberships{
    gauge<MembershipSummary>("mgmd_membership_groups", "Groups that hosts have joined.",
                             [](const MembershipSummary& m) { return number(m.groups); }),
    gauge<MembershipSummary>("mgmd_membership_hosts",
                             "Hosts of those groups, with immediate_leave; else they are not told "
                             "apart.",
                             [](const MembershipSummary& m) { return number(m.hosts); }),
    gauge<MembershipSummary>(
        "mgmd_membership_is_querier", "1: this router asks on the link.",
        [](const MembershipSummary& m) { return number(m.role == "querier"); }),
    gauge<MembershipSummary>("mgmd_membership_querier_known",
                             "1: there is a querier, this router or another.",
                             [](const MembershipSummary& m) { return number(!m.querier.empty()); }),
};

/// Messages by what became of them; the other counters are about messages that were left alone, or
/// parts of them.
constexpr std::array<std::string_view, 5> kMessages{"queries_received", "reports_received",
                                                    "older_reports_received", "leaves_received",
                                                    "queries_sent"};

bool is_message(std::string_view name) {
    return std::find(kMessages.begin(), kMessages.end(), name) != kMessages.end();
}

template <class Counters>
std::uint64_t value_of(const Counters& counters, std::string_view name) {
    const auto found = std::find_if(counters.begin(), counters.end(),
                                    [&](const auto& each) { return each.first == name; });
    return found == counters.end() ? 0 : found->second;
}

Labels labels_of(const MembershipSummary& membership) {
    return {{"interface", membership.interface}, {"protocol", membership.protocol}};
}

Labels with(Labels labels, const char* name, std::string_view value) {
    labels.push_back({name, std::string(value)});
    return labels;
}

void add_memberships(const Snapshot& snapshot, FamilyList& list) {
    list.table(snapshot.memberships, kMemberships,
               [](const MembershipSummary& membership) { return labels_of(membership); });
    list.begin(kCounter, "mgmd_membership_messages_total", "IGMP and MLD messages, by kind.");
    for (const auto& membership : snapshot.memberships) {
        for (const auto kind : kMessages) {
            list.sample(value_of(membership.counters, kind),
                        with(labels_of(membership), "kind", kind));
        }
    }
    list.begin(kCounter, "mgmd_membership_exceptions_total",
               "What was left alone of IGMP and MLD, by reason, once there is any.");
    for (const auto& membership : snapshot.memberships) {
        for (const auto& [name, value] : membership.counters) {
            if (!is_message(name)) {
                list.sample(value, with(labels_of(membership), "reason", name));
            }
        }
    }
}

Labels labels_of(const ProxySummary& proxy) {
    return {{"interface", proxy.interface},
            {"table", std::to_string(proxy.table)},
            {"family", proxy.family},
            {"side", proxy.side}};
}

void add_proxies(const Snapshot& snapshot, FamilyList& list) {
    list.begin(kGauge, "mgmd_proxy_groups",
               "Upstream: groups reported there; downstream: groups with members.");
    for (const auto& proxy : snapshot.proxies) {
        list.sample(proxy.groups, labels_of(proxy));
    }
    list.begin(kGauge, "mgmd_proxy_in_use",
               "1: upstream, what is reported is reported there; downstream, it forwards there.");
    for (const auto& proxy : snapshot.proxies) {
        list.sample(proxy.state == "in use" || proxy.state == "forwarding", labels_of(proxy));
    }
    list.begin(kCounter, "mgmd_proxy_messages_total",
               "Messages of a proxy's upstream side, by kind, once there are any.");
    for (const auto& proxy : snapshot.proxies) {
        for (const auto& [name, value] : proxy.counters) {
            list.sample(value, with(labels_of(proxy), "kind", name));
        }
    }
}

template <class Value>
double sum_of(const FlowSummary& flow, Value FlowSummary::Out::*value) {
    Value sum{};
    for (const auto& out : flow.outgoing) {
        sum += out.*value;
    }
    return number(sum);
}

constexpr std::array kFlows{
    counter<FlowSummary>("mgmd_flow_packets_total", "Packets accepted.",
                         [](const FlowSummary& f) { return number(f.packets); }),
    counter<FlowSummary>("mgmd_flow_bytes_total", "Their length, as IP packets.",
                         [](const FlowSummary& f) { return number(f.octets); }),
    counter<FlowSummary>("mgmd_flow_wrong_interface_packets_total",
                         "Packets that came on an interface which the entry refuses.",
                         [](const FlowSummary& f) { return number(f.wrong_interface); }),
    counter<FlowSummary>("mgmd_flow_unwanted_packets_total", "Packets that nobody wanted.",
                         [](const FlowSummary& f) { return number(f.negative_hits); }),
    counter<FlowSummary>("mgmd_flow_copies_total", "Copies handed to devices.",
                         [](const FlowSummary& f) { return sum_of(f, &FlowSummary::Out::sent); }),
    counter<FlowSummary>(
        "mgmd_flow_copies_discarded_total", "Copies that could not be made or sent.",
        [](const FlowSummary& f) { return sum_of(f, &FlowSummary::Out::discarded); }),
};

Labels labels_of(const FlowSummary& flow) {
    return {{"table", std::to_string(flow.table)},
            {"family", family_name(flow.family)},
            {"source", flow.source},
            {"group", flow.group}};
}

}  // namespace

void add_tables(const Snapshot& snapshot, FamilyList& list) {
    list.table(snapshot.tables, kTables, [](const Table& table) {
        return Labels{{"family", family_name(table.family)}};
    });
    list.table(snapshot.managers, kManagers, [](const Manager& manager) {
        return Labels{{"table", std::to_string(manager.table)},
                      {"family", family_name(manager.family)}};
    });
    list.begin(kGauge, "mgmd_limit_entries", "limits.entries, of each address family.");
    list.sample(snapshot.entries_limit);
    list.begin(kGauge, "mgmd_limit_negative_entries", "limits.negative_entries, likewise.");
    list.sample(snapshot.negative_entries_limit);
}

void add_protocols(const Snapshot& snapshot, FamilyList& list) {
    add_memberships(snapshot, list);
    add_proxies(snapshot, list);
}

void add_flows(const Snapshot& snapshot, FamilyList& list) {
    list.begin(kGauge, "mgmd_flows", "Flows that have an entry, in all tables.");
    list.sample(snapshot.flows.flows.size() + snapshot.flows.others);
    list.begin(kGauge, "mgmd_flows_left_out",
               "Those without metrics of their own: metrics.flows says how many have.");
    list.sample(snapshot.flows.others);
    list.table(snapshot.flows.flows, kFlows,
               [](const FlowSummary& flow) { return labels_of(flow); });
}

}  // namespace mgmd::metrics
