// SPDX-License-Identifier: Apache-2.0
#include <ostream>

#include <nlohmann/json.hpp>

#include "control/summary.hpp"

namespace mgmd {
namespace {

using Json = nlohmann::ordered_json;

Json flow_json(const FlowSummary& flow) {
    auto outgoing = Json::array();
    for (const auto& out : flow.outgoing) {
        outgoing.push_back({{"interface", out.interface},
                            {"sent", out.sent},
                            {"ttl_too_low", out.ttl_too_low},
                            {"too_big", out.too_big},
                            {"discarded", out.discarded}});
    }
    return {{"table", flow.table},
            {"source", flow.source},
            {"group", flow.group},
            {"state", flow.state},
            {"incoming", flow.incoming},
            {"packets", flow.packets},
            {"octets", flow.octets},
            {"wrong_interface", flow.wrong_interface},
            {"negative_hits", flow.negative_hits},
            {"outgoing", std::move(outgoing)}};
}

Json interfaces_json(const Settings& settings, const DataplaneView& view) {
    auto list = Json::array();
    for (const auto& interface : settings.interfaces) {
        const auto counters = view.interface_counters(interface.index);
        list.push_back({{"interface", interface.name},
                        {"rx_packets", counters.rx_packets},
                        {"rx_octets", counters.rx_octets},
                        {"tx_packets", counters.tx_packets},
                        {"tx_octets", counters.tx_octets},
                        {"ttl_too_low", counters.ttl_too_low},
                        {"too_big", counters.too_big},
                        {"discarded", counters.discarded}});
    }
    return list;
}

Json counters_json(const std::vector<std::pair<std::string_view, std::uint64_t>>& named) {
    auto counters = Json::object();
    for (const auto& [name, value] : named) {
        counters[std::string(name)] = value;
    }
    return counters;
}

Json memberships_json(const std::vector<MembershipSummary>& memberships) {
    auto list = Json::array();
    for (const auto& each : memberships) {
        list.push_back({{"interface", each.interface},
                        {"protocol", each.protocol},
                        {"version", each.version},
                        {"role", each.role},
                        {"querier", each.querier},
                        {"groups", each.groups},
                        {"counters", counters_json(each.counters)}});
    }
    return list;
}

Json proxies_json(const std::vector<ProxySummary>& proxies) {
    auto list = Json::array();
    for (const auto& each : proxies) {
        list.push_back({{"table", each.table},
                        {"family", each.family},
                        {"interface", each.interface},
                        {"side", each.side},
                        {"state", each.state},
                        {"reports", each.reports},
                        {"groups", each.groups},
                        {"counters", counters_json(each.counters)}});
    }
    return list;
}

Json ports_json(const DataplaneView& view) {
    auto list = Json::array();
    for (const auto& port : view.ports()) {
        list.push_back({{"port", port.name},
                        {"driver", port.driver},
                        {"mac", to_string(port.mac)},
                        {"mtu", port.mtu},
                        {"link_up", port.link_up},
                        {"shares_frames", port.shares_frames},
                        {"rx_packets", port.rx_packets},
                        {"tx_packets", port.tx_packets},
                        {"rx_missed", port.rx_missed},
                        {"rx_errors", port.rx_errors},
                        {"rx_no_mbuf", port.rx_no_mbuf},
                        {"tx_errors", port.tx_errors}});
    }
    return list;
}

Json verdicts_json(const VerdictCounters& verdicts) {
    auto dropped = Json::object();
    for (const auto& reason : kDropReasonTexts) {
        const auto count = verdicts.dropped[static_cast<std::size_t>(reason.reason)];
        if (count > 0) {
            dropped[std::string(reason.name)] = count;
        }
    }
    return {{"received", verdicts.received},       {"forwarded", verdicts.forwarded},
            {"punted", verdicts.punted},           {"held", verdicts.held},
            {"punt_copies", verdicts.punt_copies}, {"dropped", std::move(dropped)}};
}

Json events_json(const EventSummary& events) {
    return {{"no_entry", events.no_entry},
            {"wrong_interface", events.wrong_interface},
            {"hold_overflow", events.hold_overflow},
            {"arrival", events.arrival},
            {"threshold", events.threshold},
            {"link_state", events.link_state},
            {"port_error", events.port_error},
            {"igmp", events.igmp},
            {"mld", events.mld},
            {"other_control", events.other_control},
            {"refused", events.refused}};
}

Json refusals_json(const RefusalSummary& refusals) {
    return {{"memberships", refusals.memberships},
            {"entries", refusals.entries},
            {"replaced_negatives", refusals.replaced_negatives},
            {"outgoing", refusals.outgoing},
            {"table_changes", refusals.table_changes},
            {"answers", refusals.answers},
            {"unattributed_exceptions", refusals.unattributed_exceptions},
            {"unsent_handed_over", refusals.unsent_handed_over}};
}

/// By the stage's name; null: they were not counted.
Json stages_json(const std::optional<StageCycles>& cycles) {
    if (!cycles) {
        return nullptr;
    }
    auto stages = Json::object();
    for (std::size_t stage = 0; stage < kStages; ++stage) {
        stages[std::string(kStageNames[stage])] = (*cycles)[stage];
    }
    return stages;
}

Json workers_json(const DataplaneView& view) {
    auto list = Json::array();
    for (const auto& worker : view.workers()) {
        list.push_back({{"lcore", worker.lcore},
                        {"polls", worker.polls},
                        {"busy_polls", worker.busy_polls},
                        {"busy_cycles", worker.busy_cycles},
                        {"stage_cycles", stages_json(worker.stage_cycles)},
                        {"received", worker.verdicts.received},
                        {"forwarded", worker.verdicts.forwarded},
                        {"packet_too_big_sent", worker.packet_too_big_sent},
                        {"packet_too_big_suppressed", worker.packet_too_big_suppressed}});
    }
    return list;
}

}  // namespace

void print_summary_json(std::ostream& out, const Summary& summary,
                        const std::function<void(const FlowVisitor&)>& visit_flows) {
    // A tree of a million flows would take gigabytes: each is written when it comes.
    out << "{\n  \"flows\": [";
    const char* separator = "\n    ";
    visit_flows([&](const FlowSummary& flow) {
        out << separator << flow_json(flow).dump();
        separator = ",\n    ";
    });
    out << "\n  ],\n  ";
    const Json rest{{"interfaces", interfaces_json(summary.settings, summary.view)},
                    {"memberships", memberships_json(summary.memberships)},
                    {"proxies", proxies_json(summary.proxies)},
                    {"ports", ports_json(summary.view)},
                    {"verdicts", verdicts_json(summary.view.verdicts())},
                    {"events", events_json(summary.events)},
                    {"refusals", refusals_json(summary.refusals)},
                    {"workers", workers_json(summary.view)},
                    {"cycles_per_second", summary.view.cycles_per_second()}};
    constexpr std::size_t kOpening = sizeof("{\n  ") - 1;
    out << rest.dump(2).substr(kOpening) << '\n';
}

}  // namespace mgmd
