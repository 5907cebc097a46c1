// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

struct EventText {
    std::uint64_t EventSummary::*count;
    std::string_view name;
    std::string_view meaning;
};

constexpr std::array<EventText, 11> kEvents{{
    {&EventSummary::no_entry, "no_entry", "first packets of new flows"},
    {&EventSummary::wrong_interface, "wrong_interface", "reports of packets that came elsewhere"},
    {&EventSummary::hold_overflow, "no_room_to_wait",
     "packets that could not wait for their entry"},
    {&EventSummary::arrival, "arrival", "arrivals that a protocol asked for"},
    {&EventSummary::threshold, "threshold", "thresholds of traffic crossed"},
    {&EventSummary::link_state, "link_state", "links that went up or down"},
    {&EventSummary::port_error, "port_error", "reports of devices' errors and losses"},
    {&EventSummary::igmp, "igmp", "IGMP packets"},
    {&EventSummary::mld, "mld", "MLD packets"},
    {&EventSummary::other_control, "other_control", "other packets for control"},
    {&EventSummary::refused, "refused", "any of these that a full ring refused"},
}};

struct LimitText {
    std::uint64_t RefusalSummary::*count;
    std::string_view name;
    std::string_view meaning;
};

constexpr std::array<LimitText, 6> kLimits{{
    {&RefusalSummary::memberships, "limit_memberships", "memberships past a limit"},
    {&RefusalSummary::entries, "limit_entries", "entries past a limit"},
    {&RefusalSummary::replaced_negatives, "replaced_negatives",
     "negative entries that newer ones took the place of"},
    {&RefusalSummary::outgoing, "limit_outgoing", "interfaces that an entry had no room for"},
    {&RefusalSummary::table_changes, "limit_table",
     "changes that the forwarding table had no room for"},
    {&RefusalSummary::answers, "refused_answers", "answers to workers whose queue was full"},
}};

}  // namespace

/// Limits count from the start: they are not cleared.
Outcome<AnswerPtr> show_events(Context& context, const Arguments& /*arguments*/) {
    std::vector<Json> rows;
    const auto add = [&rows](std::string_view name, std::uint64_t count, std::string_view meaning) {
        rows.push_back({{"event", name}, {"count", count}, {"meaning", meaning}});
    };
    const auto events = context.control.events();
    for (const auto& event : kEvents) {
        add(event.name, events.*event.count - context.events_before.*event.count, event.meaning);
    }
    const auto refusals = context.control.refusals();
    for (const auto& limit : kLimits) {
        if (refusals.*limit.count > 0) {
            add(limit.name, refusals.*limit.count, limit.meaning);
        }
    }
    return answer(std::move(rows));
}

}  // namespace mgmd::ctl
