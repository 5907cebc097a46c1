// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "common/dataplane_view.hpp"
#include "common/forwarding_table.hpp"
#include "control/mgm/types.hpp"
#include "control/summary.hpp"

namespace mgmd::metrics {

struct InterfaceFigures {
    std::string name;
    std::string port;
    std::uint16_t vlan = 0;
    std::uint16_t outer_vlan = 0;
    TableId table = 0;
    bool up = false;  ///< its port's link
    InterfaceCounters counters;
};

struct RingFigures {
    std::uint64_t items = 0;
    std::uint64_t capacity = 0;
    std::uint64_t refused = 0;
};

struct WorkerFigures {
    std::size_t worker = 0;
    WorkerView view;
    RingFigures events;
    RingFigures control_packets;
    bool stalled = false;  ///< holds up a grace period
    double cycles_per_second = 1;
};

struct ForwardingTableFigures {
    Family family = Family::ipv4;
    TableUsage usage;
};

/// MGM of one routing table in one family.
struct GroupManagerFigures {
    Family family = Family::ipv4;
    TableId table = 0;
    mgm::Usage usage;
};

/// Everything that a scrape shows, as it was within the moments that it took to write it down.
/// Counters count from the start: what an operator clears is not cleared here. Immutable once
/// published; any thread.
struct Snapshot {
    TimePoint taken{};
    std::chrono::system_clock::time_point started{};
    std::uint64_t resident_octets = 0;
    VerdictCounters verdicts;
    std::vector<WorkerFigures> workers;
    std::vector<PortView> ports;
    std::vector<InterfaceFigures> interfaces;
    std::vector<PoolView> pools;
    std::vector<ForwardingTableFigures> tables;
    std::vector<GroupManagerFigures> managers;
    std::uint64_t entries_limit = 0;           ///< of each family
    std::uint64_t negative_entries_limit = 0;  ///< among them
    EventSummary events;
    RefusalSummary refusals;
    std::vector<MembershipSummary> memberships;
    std::vector<ProxySummary> proxies;
    FlowExtract flows;
};

}  // namespace mgmd::metrics
