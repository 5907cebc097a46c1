// SPDX-License-Identifier: Apache-2.0
#include "control/metrics/families.hpp"

#include <array>
#include <chrono>

#include "common/drop_reason.hpp"
#include "common/version.hpp"

namespace mgmd::metrics {
namespace {

constexpr auto kCounter = prometheus::MetricType::Counter;
constexpr auto kGauge = prometheus::MetricType::Gauge;

struct EventText {
    const char* name;
    std::uint64_t EventSummary::*count;
};
constexpr std::array<EventText, 10> kEvents{{{"no_entry", &EventSummary::no_entry},
                                             {"wrong_interface", &EventSummary::wrong_interface},
                                             {"no_room_to_wait", &EventSummary::hold_overflow},
                                             {"arrival", &EventSummary::arrival},
                                             {"threshold", &EventSummary::threshold},
                                             {"link_state", &EventSummary::link_state},
                                             {"port_error", &EventSummary::port_error},
                                             {"igmp", &EventSummary::igmp},
                                             {"mld", &EventSummary::mld},
                                             {"other_control", &EventSummary::other_control}}};

struct RefusalText {
    const char* name;
    std::uint64_t RefusalSummary::*count;
};
constexpr std::array<RefusalText, 6> kRefusals{
    {{"limit_memberships", &RefusalSummary::memberships},
     {"limit_entries", &RefusalSummary::entries},
     {"replaced_negatives", &RefusalSummary::replaced_negatives},
     {"limit_outgoing", &RefusalSummary::outgoing},
     {"limit_table", &RefusalSummary::table_changes},
     {"refused_answers", &RefusalSummary::answers}}};

void add_router(const Snapshot& snapshot, TimePoint now, FamilyList& list) {
    using Seconds = std::chrono::duration<double>;
    list.begin(kGauge, "mgmd_build_info", "1, and the version in a label.");
    list.sample(1, {{"version", kVersion}});
    list.begin(kGauge, "mgmd_start_time_seconds", "When the router started, in Unix time.");
    list.sample(Seconds(snapshot.started.time_since_epoch()).count());
    list.begin(kGauge, "mgmd_snapshot_age_seconds",
               "How old these figures are: more than a few seconds when control is at its limit.");
    list.sample(Seconds(now - snapshot.taken).count());
    list.begin(kGauge, "mgmd_resident_memory_bytes", "Memory of the process in RAM.");
    list.sample(snapshot.resident_octets);
}

void add_counts(const Snapshot& snapshot, FamilyList& list) {
    list.begin(kCounter, "mgmd_dropped_packets_total",
               "Packets dropped, by reason; `mgmctl show drops` explains them.");
    for (const auto& text : kDropReasonTexts) {
        list.sample(snapshot.verdicts.dropped[static_cast<std::size_t>(text.reason)],
                    {{"reason", std::string(text.name)}});
    }
    list.begin(kCounter, "mgmd_events_total", "What workers told control, by kind.");
    for (const auto& event : kEvents) {
        list.sample(snapshot.events.*event.count, {{"event", event.name}});
    }
    list.begin(kCounter, "mgmd_refusals_total",
               "What limits and full queues refused; `mgmctl show events` explains them.");
    for (const auto& refusal : kRefusals) {
        list.sample(snapshot.refusals.*refusal.count, {{"what", refusal.name}});
    }
}

}  // namespace

std::vector<prometheus::MetricFamily> families_of(const Snapshot& snapshot, TimePoint now) {
    FamilyList list;
    add_router(snapshot, now, list);
    add_counts(snapshot, list);
    add_workers(snapshot, list);
    add_ports(snapshot, list);
    add_interfaces(snapshot, list);
    add_tables(snapshot, list);
    add_protocols(snapshot, list);
    add_flows(snapshot, list);
    return list.take();
}

}  // namespace mgmd::metrics
