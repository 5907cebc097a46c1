// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "config/draft.hpp"
#include "config/field.hpp"

/// The settings of the process: workers, memory, limits, timers, log, socket; and of a whole file.
namespace mgmd::config {

using namespace std::chrono_literals;

template <>
inline constexpr std::array kChoices<IdlePolicy>{
    Choice{"busy", static_cast<std::int64_t>(IdlePolicy::busy)},
    Choice{"adaptive", static_cast<std::int64_t>(IdlePolicy::adaptive)}};

template <>
inline constexpr std::array kChoices<ControlPolicy>{
    Choice{"sleep", static_cast<std::int64_t>(ControlPolicy::sleep)},
    Choice{"poll", static_cast<std::int64_t>(ControlPolicy::poll)}};

template <>
inline constexpr std::array kChoices<Hugepages>{
    Choice{"auto", static_cast<std::int64_t>(Hugepages::automatic)},
    Choice{"yes", static_cast<std::int64_t>(Hugepages::yes)},
    Choice{"no", static_cast<std::int64_t>(Hugepages::no)}};

template <>
inline constexpr std::array kChoices<LogLevel>{
    Choice{"trace", static_cast<std::int64_t>(LogLevel::trace)},
    Choice{"debug", static_cast<std::int64_t>(LogLevel::debug)},
    Choice{"info", static_cast<std::int64_t>(LogLevel::info)},
    Choice{"warning", static_cast<std::int64_t>(LogLevel::warning)},
    Choice{"error", static_cast<std::int64_t>(LogLevel::error)},
    Choice{"off", static_cast<std::int64_t>(LogLevel::off)}};

namespace {

constexpr std::array kWorkers{
    value<WorkerDraft, &WorkerDraft::given_count>("count", "Forwarding threads.")
        .within(1, kMaxWorkers)
        .otherwise("as many as `cores`, else 1"),
    value<WorkerDraft, &WorkerDraft::core_ranges>(
        "cores", "The CPU of each worker, in numbers or ranges like `2-5`.")
        .otherwise("chosen at start"),
    value<WorkerDraft, &WorkerDraft::control_core>("control_core", "The CPU of the control thread.")
        .within(0, kMaxCore)
        .otherwise("chosen at start"),
    value<WorkerDraft, &WorkerDraft::idle>(
        "idle",
        "What a worker without packets does: `busy` polls on, `adaptive` sleeps: until a packet "
        "comes where all its devices have receive interrupts, else for moments."),
    value<WorkerDraft, &WorkerDraft::idle_max_sleep>(
        "idle_max_sleep",
        "Longest sleep of an idle worker: no longer than a receive queue takes to fill at the peak "
        "rate.")
        .within(1us, 100ms),
    value<WorkerDraft, &WorkerDraft::control>(
        "control", "Whether the control thread sleeps until it is woken, or polls."),
    value<WorkerDraft, &WorkerDraft::burst>("burst", "Packets taken in one receive call.")
        .within(1, 64),
    value<WorkerDraft, &WorkerDraft::stage_cycles>(
        "stage_cycles",
        "Whether workers count the cycles of each stage, which the final summary shows. Costs them "
        "some cycles itself."),
};

constexpr std::array kMemory{
    value<MemoryDraft, &MemoryDraft::hugepages>(
        "hugepages", "Whether packet memory is in huge pages; `auto`: where there are any."),
    value<MemoryDraft, &MemoryDraft::mbufs>(
        "mbufs", "Packet buffers; 0: computed from ports, queues and workers.")
        .within(0, 16'777'216),
    value<MemoryDraft, &MemoryDraft::given_eal_args>(
        "eal_args", "Further arguments for DPDK's EAL, passed on as they are.")
        .within(1, 1024),
};

constexpr std::array kReplication{
    value<ReplicationDraft, &ReplicationDraft::copy_max_octets>(
        "copy_max_octets",
        "Frames up to this length are copied for each rewrite class; longer ones share their "
        "payload, where `chain` allows it.")
        .within(60, 9622),
    value<ReplicationDraft, &ReplicationDraft::chain>(
        "chain",
        "Whether frames may be sent in several segments. Costs the fast transmit path of some "
        "drivers."),
};

constexpr std::array kLimits{
    value<LimitDraft, &LimitDraft::entries>(
        "entries",
        "Forwarding entries per address family. Of several routing tables each is sure of an equal "
        "part of half of them; the other half goes to whichever needs it first.")
        .within(16, 16'777'216),
    value<LimitDraft, &LimitDraft::negative_entries>(
        "negative_entries", "Those among them that only drop; at most `entries`.")
        .within(1, 16'777'216)
        .changes_live(),
    value<LimitDraft, &LimitDraft::per_interface_percent>(
        "per_interface_percent",
        "Share of both that the packets arriving on one interface may take, in percent.")
        .within(1, 100)
        .changes_live(),
    value<LimitDraft, &LimitDraft::groups_per_interface>("groups_per_interface",
                                                         "Groups joined on one interface.")
        .within(1, 16'777'216)
        .changes_live(),
    value<LimitDraft, &LimitDraft::sources_per_group>(
        "sources_per_group", "Sources joined in one group on one interface.")
        .within(1, 1'048'576)
        .changes_live(),
    value<LimitDraft, &LimitDraft::no_entry_rate>(
        "no_entry_rate", "Unknown flows a second that a worker reports per arrival interface.")
        .within(1, 10'000'000),
    value<LimitDraft, &LimitDraft::held_flows>(
        "held_flows", "Unknown flows per worker whose first packets wait for their entry.")
        .within(1, 1'048'576),
    value<LimitDraft, &LimitDraft::held_packets_per_flow>("held_packets_per_flow",
                                                          "Packets that wait in each.")
        .within(1, 255),
    value<LimitDraft, &LimitDraft::packet_too_big_rate>(
        "packet_too_big_rate", "ICMPv6 Packet Too Big messages a second per worker.")
        .within(0, 1'000'000),
};

constexpr std::array kTimers{
    value<TimerDraft, &TimerDraft::mfe_idle_timeout>("mfe_idle_timeout",
                                                     "Life of a forwarding entry without packets.")
        .within(1s, 86400s)
        .changes_live(),
    value<TimerDraft, &TimerDraft::negative_timeout>(
        "negative_timeout", "Life of a negative entry whose owner names no other.")
        .within(1s, 86400s)
        .changes_live(),
    value<TimerDraft, &TimerDraft::no_route_timeout>(
        "no_route_timeout", "Life of a negative entry for a source without a route.")
        .within(1s, 86400s)
        .changes_live(),
    value<TimerDraft, &TimerDraft::igmp_handover_hold>(
        "igmp_handover_hold",
        "How long memberships outlast a change of the interface's owner until IGMP adds them "
        "again.")
        .within(1s, 3600s)
        .changes_live(),
    value<TimerDraft, &TimerDraft::hold_timeout>("hold_timeout",
                                                 "How long a packet waits for its entry.")
        .within(1s, 60s),
};

constexpr std::array kLog{
    value<LogDraft, &LogDraft::level>("level", "The least severe messages to write."),
    value<LogDraft, &LogDraft::file>("file", "The file to append to.")
        .within(1, 4095)
        .otherwise("standard error"),
};

constexpr std::array kControlSocket{
    value<ControlSocketDraft, &ControlSocketDraft::path>(
        "path", "The UNIX socket on which `mgmctl` finds the router.")
        .within(1, 107)
        .otherwise("none"),
    value<ControlSocketDraft, &ControlSocketDraft::mode, ModeCodec>("mode", "Its permissions."),
    value<ControlSocketDraft, &ControlSocketDraft::group>("group", "The group that it belongs to.")
        .within(1, 32)
        .otherwise("the process's"),
};

constexpr std::array kMetrics{
    value<MetricsDraft, &MetricsDraft::listen, EndpointCodec>(
        "listen",
        "Where Prometheus scrapes `/metrics` by HTTP: no secret, no password and no encryption, so "
        "an address that only those can reach who may read it. Port 0: the system chooses one, and "
        "the log names it.")
        .otherwise("none"),
    value<MetricsDraft, &MetricsDraft::flows>(
        "flows",
        "How many of the busiest flows have metrics of their own, six each, over all tables; 0: "
        "none. The others are counted together.")
        .within(0, 10'000),
};

constexpr std::array kFile{
    value<Draft, &Draft::router_mac>(
        "router_mac",
        "One MAC address for all ports: copies for untagged links then are one and the same frame.")
        .otherwise("each device's own"),
    section<Draft, &Draft::ports>("ports", "The devices, at most 32 with those of `kernel_port`.")
        .mandatory(),
    section<Draft, &Draft::interfaces>("interfaces", "The links that packets are routed between.")
        .mandatory(),
    section<Draft, &Draft::routes>("routes", "Where sources are, beyond the interfaces' subnets.")
        .in_any_order()
        .changes_live(),
    section<Draft, &Draft::mroutes>("mroutes", "Static multicast routes.")
        .in_any_order()
        .changes_live(),
    section<Draft, &Draft::proxies>("proxies", "IGMP and MLD proxying, at most one in a table.")
        .changes_live(),
    section<Draft, &Draft::protocols>("protocols", "Routing protocols in shared objects."),
    section<Draft, &Draft::workers>("workers", "Threads and CPUs."),
    section<Draft, &Draft::memory>("memory", "Packet memory and DPDK."),
    section<Draft, &Draft::replication>("replication", "How copies are made."),
    section<Draft, &Draft::limits>("limits", "Bounds on what packets and hosts can make it hold."),
    section<Draft, &Draft::timers>("timers", "How long things last."),
    section<Draft, &Draft::log>("log", "Messages.").changes_live(),
    section<Draft, &Draft::control_socket>("control_socket", "Where `mgmctl` connects.")
        .changes_live(),
    section<Draft, &Draft::metrics>("metrics", "What Prometheus scrapes.").changes_live(),
};

}  // namespace

const Record& WorkerDraft::record() {
    static constexpr Record kRecord{"workers", "Threads, their CPUs, and what they do when idle.",
                                    kWorkers, "count"};
    return kRecord;
}

const Record& MemoryDraft::record() {
    static constexpr Record kRecord{"memory", "Packet memory and DPDK's EAL.", kMemory};
    return kRecord;
}

const Record& ReplicationDraft::record() {
    static constexpr Record kRecord{"replication", "How the copies of a packet are made.",
                                    kReplication};
    return kRecord;
}

const Record& LimitDraft::record() {
    static constexpr Record kRecord{
        "limits", "Past a limit a request is refused and counted; what is there stays.", kLimits};
    return kRecord;
}

const Record& TimerDraft::record() {
    static constexpr Record kRecord{"timers", "How long things last without being refreshed.",
                                    kTimers};
    return kRecord;
}

const Record& LogDraft::record() {
    static constexpr Record kRecord{"log", "What is written for people.", kLog, "level"};
    return kRecord;
}

const Record& ControlSocketDraft::record() {
    static constexpr Record kRecord{"control_socket", "The socket for operating the router.",
                                    kControlSocket, "path"};
    return kRecord;
}

const Record& MetricsDraft::record() {
    static constexpr Record kRecord{
        "metrics",
        "Metrics for Prometheus, listed in `docs/metrics.md`. The figures are taken when somebody "
        "scrapes, at most once a second.",
        kMetrics, "listen"};
    return kRecord;
}

const Record& Draft::record() {
    static constexpr Record kRecord{"configuration", "A whole file.", kFile};
    return kRecord;
}

}  // namespace mgmd::config
