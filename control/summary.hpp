// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "common/dataplane_view.hpp"
#include "common/settings.hpp"
#include "control/membership/membership_summary.hpp"
#include "control/protocols/proxy/proxy_summary.hpp"

namespace mgmd {

/// One flow as a person reads it: names, not numbers.
struct FlowSummary {
    TableId table = 0;
    Family family = Family::ipv4;
    std::string source;
    std::string group;
    std::string incoming;  ///< interface name, "any", or empty without route
    std::string state;     ///< "active", "negative", "installed", …
    std::uint64_t packets = 0;
    std::uint64_t octets = 0;
    std::uint64_t wrong_interface = 0;
    std::uint64_t negative_hits = 0;
    struct Out {
        std::string interface;
        std::uint64_t sent = 0;
        std::uint64_t ttl_too_low = 0;
        std::uint64_t too_big = 0;
        std::uint64_t discarded = 0;
    };
    std::vector<Out> outgoing;
};

/// Flows for a person to read.
struct FlowExtract {
    std::vector<FlowSummary> flows;  ///< by table, family, group, source
    std::uint64_t others = 0;        ///< that had no more packets than any of these
};
/// Flows that the text of a summary has room for.
inline constexpr std::size_t kFlowsInText = 200;

using FlowVisitor = std::function<void(const FlowSummary&)>;

/// What control saw come out of the rings.
struct EventSummary {
    std::uint64_t no_entry = 0;
    std::uint64_t wrong_interface = 0;
    std::uint64_t hold_overflow = 0;
    std::uint64_t arrival = 0;
    std::uint64_t threshold = 0;
    std::uint64_t link_state = 0;
    std::uint64_t port_error = 0;
    std::uint64_t igmp = 0;
    std::uint64_t mld = 0;
    std::uint64_t other_control = 0;
    std::uint64_t refused = 0;  ///< by full rings
};

/// What limits and full queues refused, over all tables.
struct RefusalSummary {
    std::uint64_t memberships = 0;
    std::uint64_t entries = 0;
    std::uint64_t replaced_negatives = 0;
    std::uint64_t outgoing = 0;       ///< interfaces that an entry had no room for
    std::uint64_t table_changes = 0;  ///< by the forwarding tables
    std::uint64_t answers = 0;        ///< to workers whose queue was full
    std::uint64_t unattributed_exceptions = 0;
    std::uint64_t unsent_handed_over = 0;
};

/// What a run leaves to tell. The references outlive it.
struct Summary {
    const Settings& settings;
    const DataplaneView& view;
    FlowExtract flows;
    EventSummary events;
    RefusalSummary refusals;
    std::vector<MembershipSummary> memberships{};
    std::vector<ProxySummary> proxies{};
};

/// In tables, for people.
void print_summary(std::ostream& out, const Summary& summary);

/// As one JSON object, for programs: the same, and more of each. Of flows, which `visit_flows`
/// hands to its argument one by one, all: they are written as they come, a line each.
void print_summary_json(std::ostream& out, const Summary& summary,
                        const std::function<void(const FlowVisitor&)>& visit_flows);

}  // namespace mgmd
