// SPDX-License-Identifier: Apache-2.0
#include "control/summary.hpp"

#include <numeric>
#include <ostream>

#include <fmt/format.h>

#include "common/text_table.hpp"

namespace mgmd {
namespace {

std::string text(std::uint64_t number) {
    return std::to_string(number);
}

/// "left 120, right 118 (2 ttl)".
std::string copies(const FlowSummary& flow) {
    std::string result;
    for (const auto& out : flow.outgoing) {
        std::string exceptions;
        const auto except = [&](std::uint64_t count, const char* name) {
            if (count > 0) {
                exceptions += (exceptions.empty() ? " (" : ", ") + text(count) + ' ' + name;
            }
        };
        except(out.ttl_too_low, "ttl");
        except(out.too_big, "mtu");
        except(out.discarded, "discarded");
        result += (result.empty() ? "" : ", ") + out.interface + ' ' + text(out.sent) +
                  (exceptions.empty() ? "" : exceptions + ')');
    }
    return result.empty() ? "-" : result;
}

void print_flows(std::ostream& out, const FlowExtract& extract) {
    out << "\nFlows\n";
    TextTable table({"SOURCE", "GROUP", "STATE", "IN", "PACKETS", "OCTETS", "WRONG-IF", "UNWANTED",
                     "COPIES OUT"});
    for (const auto& flow : extract.flows) {
        table.add({flow.source, flow.group, flow.state, flow.incoming.empty() ? "-" : flow.incoming,
                   text(flow.packets), text(flow.octets), text(flow.wrong_interface),
                   text(flow.negative_hits), copies(flow)});
    }
    table.print(out);
    if (extract.others > 0) {
        out << "  and " << extract.others
            << " with no more packets than these: --summary FILE writes them all\n";
    }
}

void print_interfaces(std::ostream& out, const Settings& settings, const DataplaneView& view) {
    out << "\nInterfaces\n";
    TextTable table({"INTERFACE", "RX", "RX-OCTETS", "TX", "TX-OCTETS", "TTL", "MTU", "DISCARDED"});
    for (const auto& interface : settings.interfaces) {
        const auto counters = view.interface_counters(interface.index);
        table.add({interface.name, text(counters.rx_packets), text(counters.rx_octets),
                   text(counters.tx_packets), text(counters.tx_octets), text(counters.ttl_too_low),
                   text(counters.too_big), text(counters.discarded)});
    }
    table.print(out);
}

/// "reports_received 3, queries_sent 2".
std::string counters(const std::vector<std::pair<std::string_view, std::uint64_t>>& named) {
    std::string result;
    for (const auto& [name, value] : named) {
        result += (result.empty() ? "" : ", ") + std::string(name) + ' ' + text(value);
    }
    return result.empty() ? "-" : result;
}

void print_memberships(std::ostream& out, const std::vector<MembershipSummary>& memberships) {
    if (memberships.empty()) {
        return;
    }
    out << "\nMemberships\n";
    TextTable table({"INTERFACE", "PROTOCOL", "ROLE", "QUERIER", "GROUPS", "COUNTERS"});
    for (const auto& each : memberships) {
        table.add({each.interface, each.protocol + "v" + text(each.version), each.role,
                   each.querier.empty() ? "-" : each.querier, text(each.groups),
                   counters(each.counters)});
    }
    table.print(out);
}

void print_proxies(std::ostream& out, const std::vector<ProxySummary>& proxies) {
    if (proxies.empty()) {
        return;
    }
    out << "\nProxies\n";
    TextTable table(
        {"TABLE", "FAMILY", "INTERFACE", "SIDE", "STATE", "REPORTS", "GROUPS", "COUNTERS"});
    for (const auto& each : proxies) {
        table.add({text(each.table), each.family, each.interface, each.side, each.state,
                   each.reports.empty() ? "-" : each.reports, text(each.groups),
                   counters(each.counters)});
    }
    table.print(out);
}

void print_verdicts(std::ostream& out, const VerdictCounters& verdicts) {
    out << "\nVerdicts: " << verdicts.received << " received = " << verdicts.forwarded
        << " forwarded + " << verdicts.dropped_total() << " dropped + " << verdicts.punted
        << " to control + " << verdicts.held << " held\n";
    TextTable table({"DROP REASON", "PACKETS", "MEANING"});
    for (const auto& reason : kDropReasonTexts) {
        const auto count = verdicts.dropped[static_cast<std::size_t>(reason.reason)];
        if (count > 0) {
            table.add({std::string(reason.name), text(count), std::string(reason.help)});
        }
    }
    if (!table.empty()) {
        table.print(out);
    }
}

void print_events(std::ostream& out, const EventSummary& events) {
    out << "\nEvents\n";
    TextTable table({"EVENT", "COUNT"});
    table.add({"new source (no entry)", text(events.no_entry)});
    table.add({"wrong interface (metered)", text(events.wrong_interface)});
    table.add({"no room to wait (packets)", text(events.hold_overflow)});
    table.add({"arrival asked for", text(events.arrival)});
    table.add({"threshold crossed", text(events.threshold)});
    table.add({"link up or down", text(events.link_state)});
    table.add({"port error", text(events.port_error)});
    table.add({"IGMP packets", text(events.igmp)});
    table.add({"MLD packets", text(events.mld)});
    table.add({"other control packets", text(events.other_control)});
    table.add({"refused by full rings", text(events.refused)});
    table.print(out);
}

/// Only what there was.
void print_refusals(std::ostream& out, const RefusalSummary& refusals) {
    TextTable table({"REFUSED", "COUNT"});
    const auto add = [&table](const char* what, std::uint64_t count) {
        if (count > 0) {
            table.add({what, text(count)});
        }
    };
    add("memberships past a limit", refusals.memberships);
    add("entries past a limit", refusals.entries);
    add("negative entries replaced by newer ones", refusals.replaced_negatives);
    add("interfaces that an entry had no room for", refusals.outgoing);
    add("changes that the forwarding table had no room for", refusals.table_changes);
    add("answers to full workers", refusals.answers);
    add("exceptions missing from their interface's counters", refusals.unattributed_exceptions);
    add("frames counted as sent that no device took", refusals.unsent_handed_over);
    if (!table.empty()) {
        out << "\nLimits\n";
        table.print(out);
    }
}

/// Devices that lost something: "sent" above is what they were given.
void print_device_errors(std::ostream& out, const DataplaneView& view) {
    TextTable table({"PORT", "RX-MISSED", "RX-ERRORS", "RX-NO-BUFFER", "TX-ERRORS"});
    for (const auto& port : view.ports()) {
        if (port.rx_missed + port.rx_errors + port.rx_no_mbuf + port.tx_errors > 0) {
            table.add({port.name, text(port.rx_missed), text(port.rx_errors), text(port.rx_no_mbuf),
                       text(port.tx_errors)});
        }
    }
    if (!table.empty()) {
        out << "\nDevice errors\n";
        table.print(out);
    }
}

/// "12.3"; "-" without a divisor.
std::string ratio(std::uint64_t dividend, std::uint64_t divisor) {
    return divisor == 0 ? "-"
                        : fmt::format("{:.1f}",
                                      static_cast<double>(dividend) / static_cast<double>(divisor));
}

void print_workers(std::ostream& out, const DataplaneView& view) {
    out << "\nWorkers\n";
    TextTable table(
        {"LCORE", "RECEIVED", "FORWARDED", "PACKETS/POLL", "CYCLES/PACKET", "EVENTS-REFUSED"});
    for (const auto& worker : view.workers()) {
        table.add(
            {text(worker.lcore), text(worker.verdicts.received), text(worker.verdicts.forwarded),
             ratio(worker.verdicts.received, worker.busy_polls),
             ratio(worker.busy_cycles, worker.verdicts.received), text(worker.events_refused)});
    }
    table.print(out);
}

/// Where the time of workers went that counted it: one row per stage.
void print_stages(std::ostream& out, const DataplaneView& view) {
    TextTable table({"LCORE", "STAGE", "CYCLES/PACKET", "% OF TIME"});
    for (const auto& worker : view.workers()) {
        const auto cycles = worker.stage_cycles.value_or(StageCycles{});
        const auto total = std::accumulate(cycles.begin(), cycles.end(), std::uint64_t{0});
        for (std::size_t stage = 0; stage < kStages && total > 0; ++stage) {
            const bool idle = stage == static_cast<std::size_t>(Stage::idle);
            table.add({text(worker.lcore), std::string(kStageNames[stage]),
                       idle ? "-" : ratio(cycles[stage], worker.verdicts.received),
                       ratio(cycles[stage] * 100, total)});
        }
    }
    if (!table.empty()) {
        out << "\nStages\n";
        table.print(out);
    }
}

/// Files that pcap ports wrote: the value of tx_pcap= in the device string.
void print_outputs(std::ostream& out, const Settings& settings) {
    static constexpr std::string_view kArgument = "tx_pcap=";
    bool first = true;
    for (const auto& port : settings.ports) {
        const auto at = port.device.find(kArgument);
        if (at == std::string::npos) {
            continue;
        }
        const auto begin = at + kArgument.size();
        out << (first ? "\nOutput\n" : "") << "  " << port.name << "  "
            << port.device.substr(begin, port.device.find(',', begin) - begin) << '\n';
        first = false;
    }
}

}  // namespace

void print_summary(std::ostream& out, const Summary& summary) {
    print_flows(out, summary.flows);
    print_interfaces(out, summary.settings, summary.view);
    print_memberships(out, summary.memberships);
    print_proxies(out, summary.proxies);
    print_verdicts(out, summary.view.verdicts());
    print_device_errors(out, summary.view);
    print_events(out, summary.events);
    print_refusals(out, summary.refusals);
    print_workers(out, summary.view);
    print_stages(out, summary.view);
    print_outputs(out, summary.settings);
    out.flush();
}

}  // namespace mgmd
