// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "common/forwarding_table.hpp"
#include "control/mgm/types.hpp"

/// What one can see of a manager, in a form that can be compared and printed.
namespace mgmd::mgm::differential {

/// The state that readers see.
template <class F>
struct Look {
    std::vector<MfeRecord<F>> records;
    std::vector<MfeStats<F>> stats;
    std::vector<MembershipRecord<F>> memberships;
    Usage usage;
    std::optional<TimePoint> deadline;
};

template <class F>
bool operator==(const Look<F>& left, const Look<F>& right);

template <class F>
std::vector<std::string> describe(const Look<F>& look);

template <class F>
std::string describe(const MfeRecord<F>& record);
template <class F>
std::string describe(const MfeStats<F>& stats);
template <class F>
std::string describe(const ForwardingEntry<F>& entry);
template <class F>
std::string describe(const RouteKey<F>& key);
std::string describe(Errc code);

}  // namespace mgmd::mgm::differential
