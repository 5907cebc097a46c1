// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/explain_steps.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace mgmd::ctl {
namespace {

/// What the sender, or the configuration, would have to do otherwise.
struct Remedy {
    DropReason reason;
    std::string_view needs;
};

constexpr std::array kRemedies{
    Remedy{DropReason::unknown_vlan, "an interface of this port with the frame's tags"},
    Remedy{DropReason::interface_down, "enabling the interface"},
    Remedy{DropReason::not_for_us, "the group's MAC address as the frame's destination"},
    Remedy{DropReason::mac_mismatch, "the group's MAC address as the frame's destination"},
    Remedy{DropReason::bad_checksum, "a sender, or a device on the way, that does not break it"},
    Remedy{DropReason::bad_total_length, "a sender, or a device on the way, that does not cut it"},
    Remedy{DropReason::source_route, "a sender without that option"},
    Remedy{DropReason::source_unspecified, "a sender that has an address"},
    Remedy{DropReason::source_own, "a sender with an address of its own: is it used twice?"},
    Remedy{DropReason::link_local_source, "a sender that uses an address of wider scope"},
    Remedy{DropReason::group_scope, "a group of wider scope: not in 224.0.0.0/24 or ff02::/16"},
};

std::string remedy_for(DropReason reason) {
    const auto found = std::ranges::find(kRemedies, reason, &Remedy::reason);
    return found == kRemedies.end() ? std::string() : std::string(found->needs);
}

std::string control_protocol_text(ControlProtocol protocol) {
    switch (protocol) {
        case ControlProtocol::igmp:
            return "IGMP";
        case ControlProtocol::mld:
            return "MLD";
        case ControlProtocol::pim:
            return "PIM";
        case ControlProtocol::arp:
            return "ARP";
        case ControlProtocol::nd:
            return "neighbour discovery";
        case ControlProtocol::link_local:
            return "a link-local group";
        case ControlProtocol::unicast:
            return "unicast to the router";
        case ControlProtocol::data:
            break;
    }
    return "multicast data";
}

std::string seconds_text(std::chrono::seconds seconds) {
    return fmt::format("{}s", seconds.count());
}

/// The steps of one packet of multicast data, behind the checks.
template <class F>
class FlowSteps {
public:
    FlowSteps(Context& context, const Explained& explained, const FlowExplanation<F>& flow,
              TableControl<F>& control, std::vector<Json>& rows)
        : context_(context),
          explained_(explained),
          flow_(flow),
          manager_(control.manager()),
          outlook_(manager_.outlook({.group = flow.flow.group, .source = flow.flow.source},
                                    explained.explanation.interface)),
          rows_(rows) {}

    void append() {
        if (flow_.entry) {
            append_entry(*flow_.entry);
        } else {
            append_new_source();
        }
        append_outgoing<F>(context_, explained_, flow_, outlook_, rows_);
    }

private:
    std::string name(InterfaceIndex interface) const {
        return interface_name(context_.settings, interface);
    }
    std::string arrival() const { return name(explained_.explanation.interface); }
    std::string source() const { return to_string(flow_.flow.source); }

    std::string accepted_text(const AcceptSet& accept) const {
        std::string text;
        for (const auto interface : accept.interfaces) {
            text += (text.empty() ? "" : ", ") + name(interface);
        }
        return accept.any ? "any interface" : text.empty() ? "no interface" : text;
    }

    void append_entry(const EntryExplanation<F>& entry) {
        const mgm::SourceGroup<F> key{entry.key.group, entry.key.source, entry.key.group_length};
        Json row = step_row("entry", entry.action == Action::drop ? "negative" : "matched",
                            flow_text(key) + entry_text(key));
        row["source"] = source_text(key);
        row["group"] = group_text(key);
        rows_.push_back(std::move(row));
        if (entry.action == Action::drop) {
            return;  // before the accept check
        }
        append_accept(entry);
        if (entry.accepted) {
            append_ttl("dropped");
        }
    }

    std::string entry_text(const mgm::SourceGroup<F>& key) const {
        const auto mfe = manager_.get_mfe(key);
        const auto stats = manager_.get_mfe_stats(key);
        if (!mfe || !stats) {
            return ", which is about to go";
        }
        return fmt::format(
            ", {} {} ago; so far {} packets accepted, {} unwanted, {} on a wrong "
            "interface",
            mfe->installed ? "installed" : "made by packets", seconds_text(mfe->up_time),
            stats->packets, stats->negative_hits, stats->wrong_interface);
    }

    void append_accept(const EntryExplanation<F>& entry) {
        const auto accepts = accepted_text(entry.accept);
        if (entry.accepted) {
            rows_.push_back(step_row("accept", "passed", "the entry accepts from " + accepts));
            return;
        }
        const auto why =
            fmt::format("packets arrive on {}, but the entry accepts from {}", arrival(), accepts);
        rows_.push_back(outlook_.exists
                            ? step_row("accept", "dropped", why + route_reason(), needed_route())
                            : step_row("accept", "dropped", why,
                                       arrival() + " among the interfaces that the "
                                                   "installed route accepts from"));
    }

    /// "; the route to 10.1.0.10 (10.1.0.0/24, connected) goes over source"
    std::string route_reason() const {
        if (outlook_.route.protocol == 0) {
            return {};
        }
        return fmt::format("; the route to {} ({}) goes over {}", source(), route_text(),
                           name(outlook_.incoming.index));
    }
    std::string route_text() const {
        const auto network = to_string(outlook_.route.network);
        return is_unspecified(outlook_.upstream) ? network + ", connected"
                                                 : network + " via " + to_string(outlook_.upstream);
    }
    std::string needed_route() const {
        return fmt::format("a route to {} over {}", source(), arrival());
    }

    void append_ttl(const char* outcome) {
        rows_.push_back(flow_.ttl > 1
                            ? step_row("ttl", "passed",
                                       fmt::format("{} as received, {} in the copies", flow_.ttl,
                                                   flow_.ttl - 1))
                            : step_row("ttl", outcome, fmt::format("{} as received", flow_.ttl),
                                       "a sender that uses a greater TTL or hop limit"));
    }

    /// MGM's next step, and then those that would be.
    void append_new_source() {
        rows_.push_back(step_row("entry", "none", new_source_text()));
        if (outlook_.exists || outlook_.installed) {
            return;
        }
        if (outlook_.incoming.is_none()) {
            const auto asked = outlook_.owner
                                   ? protocol_name(outlook_.owner->protocol) + " decides, as " +
                                         arrival() + " is its own"
                                   : "nobody owns " + arrival() + ", so it would be negative";
            rows_.push_back(step_row("route", "none", "no route to " + source() + "; " + asked,
                                     needed_route()));
            return;
        }
        const auto incoming = name(outlook_.incoming.index);
        const auto owner = outlook_.owner
                               ? ", which " + protocol_name(outlook_.owner->protocol) + " owns"
                               : std::string(", which nobody owns");
        rows_.push_back(step_row("route", "found",
                                 fmt::format("{}, goes over {}{}", route_text(), incoming, owner)));
        const bool expected = outlook_.incoming.index == explained_.explanation.interface;
        rows_.push_back(
            expected ? step_row("accept", "would pass", "the entry would accept from " + incoming)
                     : step_row("accept", "would drop",
                                fmt::format("packets arrive on {}, but the entry would accept "
                                            "from {}",
                                            arrival(), incoming),
                                needed_route()));
        if (expected) {
            append_ttl("would drop");
        }
    }

    std::string new_source_text() const {
        if (outlook_.installed) {
            return "a client has installed a route, but the forwarding table has not taken it yet";
        }
        if (outlook_.exists) {
            return "MGM has made one, but the forwarding table has not taken it yet";
        }
        return "a new source: the packet waits until MGM has made its entry";
    }

    Context& context_;
    const Explained& explained_;
    const FlowExplanation<F>& flow_;
    const mgm::GroupManager<F>& manager_;
    mgm::FlowOutlook<F> outlook_;
    std::vector<Json>& rows_;
};

template <class F>
void append_flow(Context& context, const Explained& explained, const FlowExplanation<F>& flow,
                 std::vector<Json>& rows) {
    const auto& tables = context.control.tables<F>();
    const auto table = tables.find(flow.flow.table);
    if (table != tables.end()) {
        FlowSteps<F>(context, explained, flow, *table->second, rows).append();
    }
}

void append_arrival(Context& context, const Explained& explained, std::vector<Json>& rows) {
    const auto* interface = context.settings.interface(explained.explanation.interface);
    const auto& in = explained.in;
    const auto& port = context.settings.ports[in.port].name;
    if (interface == nullptr) {
        const auto reason = explained.explanation.reason.value_or(DropReason::runt);
        rows.push_back(
            step_row("arrival", "dropped",
                     fmt::format("{} ({}), on port {}", help_of(reason), name_of(reason), port),
                     remedy_for(reason)));
        return;
    }
    const auto received = context.view.interface_counters(interface->index).rx_packets;
    auto why = fmt::format("on {}, port {}, which has received {} packets", interface->name, port,
                           received);
    if (interface->index != in.index) {
        why += fmt::format("; the frame's tags make it {}, not {}", interface->name, in.name);
    }
    const auto ports = context.view.ports();
    const bool down = in.port < ports.size() && !ports[in.port].link_up;
    Json row = step_row("arrival", down ? "link down" : "passed", std::move(why),
                        down ? "a link: nothing arrives before it is up" : "");
    row["interface"] = interface->name;
    rows.push_back(std::move(row));
}

void append_checks(Context& context, const Explained& explained, std::vector<Json>& rows) {
    const auto& explanation = explained.explanation;
    if (explanation.interface == kNoInterface) {
        return;
    }
    if (explanation.flow.index() != 0) {
        rows.push_back(step_row("checks", "passed",
                                "header, options, source, MAC address, scope, boundaries"));
    } else if (explanation.verdict == Verdict::punted) {
        rows.push_back(
            step_row("checks", "punted",
                     explanation.to_control
                         ? control_protocol_text(*explanation.to_control) + " is control's"
                         : std::string("not IP multicast: the kernel's")));
    } else {
        const auto reason = explanation.reason.value_or(DropReason::runt);
        auto needs = reason == DropReason::boundary
                         ? "another group, or other boundaries of " +
                               interface_name(context.settings, explanation.interface)
                         : remedy_for(reason);
        Json row = step_row("checks", "dropped", std::string(help_of(reason)), std::move(needs));
        row["reason"] = name_of(reason);
        rows.push_back(std::move(row));
    }
}

std::size_t copies_sent(const Explanation& explanation) {
    return std::visit(
        []<class Flow>(const Flow& flow) -> std::size_t {
            if constexpr (std::is_same_v<Flow, std::monostate>) {
                return 0;
            } else {
                return !flow.entry ? 0
                                   : static_cast<std::size_t>(std::ranges::count_if(
                                         flow.entry->copies,
                                         [](const auto& copy) { return copy.frame.has_value(); }));
            }
        },
        explanation.flow);
}

std::string also_text(const Explanation& explanation) {
    std::string text;
    if (explanation.verdict == Verdict::forwarded && explanation.to_control) {
        text += "; a copy goes to control";
    }
    if (explanation.to_kernel) {
        text += "; the kernel's port gets it";
    }
    if (explanation.packet_too_big) {
        text += "; the source is told by ICMPv6 Packet Too Big";
    }
    return text;
}

Json verdict_row(const Explanation& explanation) {
    const auto also = also_text(explanation);
    switch (explanation.verdict) {
        case Verdict::forwarded: {
            const auto copies = copies_sent(explanation);
            Json row =
                step_row("verdict", "forwarded",
                         fmt::format("{} {}{}", copies, copies == 1 ? "copy" : "copies", also));
            row["copies"] = copies;
            return row;
        }
        case Verdict::punted:
            return step_row("verdict", "punted",
                            (explanation.to_control ? "to control" : "to the kernel") + also);
        case Verdict::held:
            return step_row("verdict", "held", "until its entry is there" + also);
        case Verdict::dropped:
            break;
    }
    const auto reason = explanation.reason.value_or(DropReason::runt);
    Json row = step_row("verdict", "dropped",
                        fmt::format("{}: {}{}", name_of(reason), help_of(reason), also));
    row["reason"] = name_of(reason);
    return row;
}

/// Of a captured one as much as the stages have found in it.
std::string packet_text(const Explained& explained) {
    return std::visit(
        [&]<class Flow>(const Flow& flow) {
            if constexpr (!std::is_same_v<Flow, std::monostate>) {
                if (explained.captured) {
                    return fmt::format("{}: {} > {}, TTL {}, {} octets", explained.packet,
                                       to_string(flow.flow.source), to_string(flow.flow.group),
                                       flow.ttl, flow.ip_length);
                }
            }
            return explained.packet;
        },
        explained.explanation.flow);
}

}  // namespace

Json step_row(std::string step, std::string outcome, std::string why, std::string needs) {
    Json row{{"step", std::move(step)}, {"outcome", std::move(outcome)}, {"why", std::move(why)}};
    if (!needs.empty()) {
        row["needs"] = std::move(needs);
    }
    return row;
}

std::vector<Json> explain_rows(Context& context, const Explained& explained) {
    std::vector<Json> rows;
    rows.push_back(step_row("packet", "arrives", packet_text(explained)));
    append_arrival(context, explained, rows);
    append_checks(context, explained, rows);
    std::visit(
        [&]<class Flow>(const Flow& flow) {
            if constexpr (!std::is_same_v<Flow, std::monostate>) {
                append_flow(context, explained, flow, rows);
            }
        },
        explained.explanation.flow);
    rows.push_back(verdict_row(explained.explanation));
    return rows;
}

}  // namespace mgmd::ctl
