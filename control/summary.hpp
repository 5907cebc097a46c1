// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "common/dataplane_view.hpp"
#include "common/settings.hpp"

namespace mgmd {

/// One flow as a person reads it: names, not numbers.
struct FlowSummary {
    TableId table = 0;
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

/// What control saw come out of the rings.
struct EventSummary {
    std::uint64_t no_entry = 0;
    std::uint64_t wrong_interface = 0;
    std::uint64_t other = 0;
    std::uint64_t igmp = 0;
    std::uint64_t mld = 0;
    std::uint64_t other_control = 0;
    std::uint64_t refused = 0;  ///< by full rings
};

/// What a run leaves to tell. The references outlive it.
struct Summary {
    const Settings& settings;
    const DataplaneView& view;
    std::vector<FlowSummary> flows;
    EventSummary events;
};

/// In tables, for people.
void print_summary(std::ostream& out, const Summary& summary);

/// As one JSON object, for programs: flows, interfaces, ports, verdicts, drops, events, workers.
void print_summary_json(std::ostream& out, const Summary& summary);

}  // namespace mgmd
