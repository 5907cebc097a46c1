// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/metric_family.h>
#include <vector>

#include "control/metrics/family_list.hpp"
#include "control/metrics/snapshot.hpp"

/// What a snapshot looks like to Prometheus. Names follow its conventions: `mgmd_`, the thing, what
/// is counted, the base unit, `_total` for what only grows. Labels carry names as configured.
namespace mgmd::metrics {

/// All of it; `now` by the clock of Snapshot::taken.
std::vector<prometheus::MetricFamily> families_of(const Snapshot& snapshot, TimePoint now);

// Its parts.
void add_workers(const Snapshot& snapshot, FamilyList& list);
void add_ports(const Snapshot& snapshot, FamilyList& list);
void add_interfaces(const Snapshot& snapshot, FamilyList& list);
void add_tables(const Snapshot& snapshot, FamilyList& list);
void add_protocols(const Snapshot& snapshot, FamilyList& list);
void add_flows(const Snapshot& snapshot, FamilyList& list);

/// "ipv4", "ipv6": the value of the label `family`.
inline const char* family_name(Family family) {
    return family == Family::ipv4 ? "ipv4" : "ipv6";
}

template <class Number>
double number(Number value) {
    return static_cast<double>(value);
}

}  // namespace mgmd::metrics
