// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "control/membership/wire/codec.hpp"

namespace mgmd::membership {

/// What is counted of the host side on one link. Control thread.
struct HostCounters {
    std::uint64_t queries_received = 0;
    std::uint64_t older_queries = 0;
    std::uint64_t reports_sent = 0;
    std::uint64_t leaves_sent = 0;
    std::uint64_t reports_not_sent = 0;
    std::uint64_t reports_heard = 0;
    std::uint64_t suppressed = 0;
    std::uint64_t ssm_range = 0;
    std::uint64_t sources_left_out = 0;
    std::array<std::uint64_t, static_cast<std::size_t>(Malformed::count)> malformed{};
};

struct HostCounterText {
    std::uint64_t HostCounters::*counter;
    std::string_view name;  ///< stable, used by tools
    std::string_view help;  ///< one line for an operator
};

inline constexpr std::array kHostCounterTexts{
    HostCounterText{&HostCounters::queries_received, "queries_received", "queries of routers"},
    HostCounterText{&HostCounters::older_queries, "older_queries",
                    "general queries of a version older than the newest spoken here"},
    HostCounterText{&HostCounters::reports_sent, "reports_sent", "reports, as messages"},
    HostCounterText{&HostCounters::leaves_sent, "leaves_sent", "IGMPv2 leaves, MLDv1 dones"},
    HostCounterText{&HostCounters::reports_not_sent, "reports_not_sent",
                    "reports and leaves that no ring had room for"},
    HostCounterText{&HostCounters::reports_heard, "reports_heard", "reports of other hosts"},
    HostCounterText{&HostCounters::suppressed, "suppressed",
                    "answers left to another host, as older versions do"},
    HostCounterText{&HostCounters::ssm_range, "ssm_range",
                    "source-specific groups that an older version can't report"},
    HostCounterText{&HostCounters::sources_left_out, "sources_left_out",
                    "excluded sources that a report had no room for"},
};

}  // namespace mgmd::membership
