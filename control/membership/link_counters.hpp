// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "control/membership/wire/codec.hpp"

namespace mgmd::membership {

/// What is counted of IGMP (MLD) on one link: messages by what became of them, then what was left
/// out of those that were taken.
enum class LinkCount : std::uint8_t {
    queries_received,
    reports_received,        ///< of the version that the router speaks
    older_reports_received,  ///< of an older one, without leaves
    leaves_received,         ///< IGMPv2 leaves, MLDv1 dones
    queries_sent,
    queries_not_sent,
    own_query,
    unspecified_query,
    unspecified_report,
    older_querier,
    newer_version,
    no_router_alert,
    report_rate,
    unknown_record,
    bad_group,
    link_scope_group,
    group_denied,
    group_limit,
    ssm_range,
    older_hosts,
    bad_source,
    source_denied,
    source_limit,
    immediate_leave,
    refused_by_mgm,
    count
};
inline constexpr std::size_t kLinkCounts = static_cast<std::size_t>(LinkCount::count);

struct LinkCountText {
    LinkCount counter;
    std::string_view name;  ///< as in the enumeration; stable, used by tools
    std::string_view help;  ///< one line for an operator
};

inline constexpr std::array<LinkCountText, kLinkCounts> kLinkCountTexts{{
    {LinkCount::queries_received, "queries_received", "queries of other routers"},
    {LinkCount::reports_received, "reports_received", "reports of the current version"},
    {LinkCount::older_reports_received, "older_reports_received", "reports of an older version"},
    {LinkCount::leaves_received, "leaves_received", "IGMPv2 leaves, MLDv1 dones"},
    {LinkCount::queries_sent, "queries_sent", "queries of this router"},
    {LinkCount::queries_not_sent, "queries_not_sent", "queries that no ring had room for"},
    {LinkCount::own_query, "own_query", "queries that came back, or from the same address"},
    {LinkCount::unspecified_query, "unspecified_query", "queries without a source, left alone"},
    {LinkCount::unspecified_report, "unspecified_report", "MLD reports from ::, left alone"},
    {LinkCount::older_querier, "older_querier", "queries of an older version than configured"},
    {LinkCount::newer_version, "newer_version", "reports of a newer version than configured"},
    {LinkCount::no_router_alert, "no_router_alert", "messages without Router Alert, left alone"},
    {LinkCount::report_rate, "report_rate", "reports beyond report_rate"},
    {LinkCount::unknown_record, "unknown_record", "records of types that nobody has defined"},
    {LinkCount::bad_group, "bad_group", "records about what is no multicast address"},
    {LinkCount::link_scope_group, "link_scope_group", "records about groups of the link itself"},
    {LinkCount::group_denied, "group_denied", "records about groups that are not allowed"},
    {LinkCount::group_limit, "group_limit", "joins beyond max_groups"},
    {LinkCount::ssm_range, "ssm_range", "joins without a source of source-specific groups"},
    {LinkCount::older_hosts, "older_hosts",
     "records that older hosts on the link forbid to follow"},
    {LinkCount::bad_source, "bad_source", "sources that no host can have"},
    {LinkCount::source_denied, "source_denied", "sources that are not allowed"},
    {LinkCount::source_limit, "source_limit", "sources beyond max_sources_per_group"},
    {LinkCount::immediate_leave, "immediate_leave", "leaves of the last host, followed at once"},
    {LinkCount::refused_by_mgm, "refused_by_mgm", "changes that MGM refused"},
}};

namespace detail {
constexpr bool link_counts_in_order() {
    for (std::size_t i = 0; i < kLinkCounts; ++i) {
        if (static_cast<std::size_t>(kLinkCountTexts[i].counter) != i) {
            return false;
        }
    }
    return true;
}
}  // namespace detail
static_assert(detail::link_counts_in_order());

/// Control thread.
class LinkCounters {
public:
    void add(LinkCount counter, std::uint64_t by = 1) { counts_[index(counter)] += by; }
    void add(Malformed reason) { ++malformed_[index(reason)]; }
    std::uint64_t operator[](LinkCount counter) const { return counts_[index(counter)]; }
    std::uint64_t operator[](Malformed reason) const { return malformed_[index(reason)]; }

private:
    template <class Enum>
    static constexpr std::size_t index(Enum value) {
        return static_cast<std::size_t>(value);
    }

    std::array<std::uint64_t, kLinkCounts> counts_{};
    std::array<std::uint64_t, static_cast<std::size_t>(Malformed::count)> malformed_{};
};

}  // namespace mgmd::membership
