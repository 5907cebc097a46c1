// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/ids.hpp"

namespace mgmd {

/// One interface of a proxy, in one family, as a person reads it.
struct ProxySummary {
    TableId table = 0;
    std::string family;  ///< "ipv4", "ipv6"
    std::string interface;
    std::string side;          ///< "upstream", "downstream"
    std::string state;         ///< "in use", "standby", "no link"; "forwarding", "not querier"
    std::string reports;       ///< upstream: what it reports with, "igmpv3"
    std::uint64_t groups = 0;  ///< upstream: reported there now; downstream: with members
    /// Upstream: by name, those that are not zero.
    std::vector<std::pair<std::string_view, std::uint64_t>> counters;
};

}  // namespace mgmd
