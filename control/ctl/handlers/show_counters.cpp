// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

/// Counters of one thing, as rows.
class Section {
public:
    Section(std::vector<Json>& rows, std::string of) : rows_(rows), of_(std::move(of)) {}
    void add(std::string_view counter, std::uint64_t value) {
        rows_.push_back({{"of", of_}, {"counter", counter}, {"value", value}});
    }

private:
    std::vector<Json>& rows_;
    std::string of_;
};

void add_verdicts(const Context& context, std::vector<Json>& rows) {
    const auto verdicts = context.view.verdicts();
    Section section(rows, "packets");
    section.add("received", verdicts.received);
    section.add("forwarded", verdicts.forwarded);
    section.add("dropped", verdicts.dropped_total());
    section.add("to_control", verdicts.punted);
    section.add("copied_to_control", verdicts.punt_copies);
    section.add("held", verdicts.held);
}

void add_interface(const Context& context, const InterfaceSettings& interface,
                   std::vector<Json>& rows) {
    const auto counters = context.view.interface_counters(interface.index);
    Section section(rows, "interface " + interface.name);
    section.add("rx_packets", counters.rx_packets);
    section.add("rx_octets", counters.rx_octets);
    section.add("tx_packets", counters.tx_packets);
    section.add("tx_octets", counters.tx_octets);
    section.add("ttl_too_low", counters.ttl_too_low);
    section.add("too_big", counters.too_big);
    section.add("discarded", counters.discarded);
    section.add("unreported_wrong_interface", counters.unreported_wrong_interface);
}

void add_ports(const Context& context, const InterfaceSettings* only, std::vector<Json>& rows) {
    const auto ports = context.view.ports();
    for (std::size_t i = 0; i < ports.size(); ++i) {
        if (only != nullptr && only->port != i) {
            continue;
        }
        Section section(rows, "port " + ports[i].name);
        section.add("rx_packets", ports[i].rx_packets);
        section.add("tx_packets", ports[i].tx_packets);
        section.add("rx_missed", ports[i].rx_missed);
        section.add("rx_errors", ports[i].rx_errors);
        section.add("rx_no_buffer", ports[i].rx_no_mbuf);
        section.add("tx_errors", ports[i].tx_errors);
    }
}

/// Since the start: protocols' counters are not cleared.
void add_memberships(const Context& context, const InterfaceSettings* only,
                     std::vector<Json>& rows) {
    for (const auto& membership : context.control.memberships()) {
        if (only != nullptr && only->name != membership.interface) {
            continue;
        }
        Section section(rows, membership.protocol + " on " + membership.interface);
        for (const auto& [name, value] : membership.counters) {
            section.add(name, value);
        }
    }
}

}  // namespace

Outcome<AnswerPtr> show_counters(Context& context, const Arguments& arguments) {
    const auto only = interface_argument(context, arguments);
    if (!only) {
        return tl::make_unexpected(only.error());
    }
    std::vector<Json> rows;
    if (*only == nullptr) {
        add_verdicts(context, rows);
    }
    for (const auto& interface : context.settings.interfaces) {
        if (*only == nullptr || *only == &interface) {
            add_interface(context, interface, rows);
        }
    }
    add_ports(context, *only, rows);
    add_memberships(context, *only, rows);
    return answer(std::move(rows));
}

}  // namespace mgmd::ctl
