// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "common/control_packet_ring.hpp"
#include "common/dataplane_ops.hpp"
#include "common/dataplane_view.hpp"
#include "common/event_ring.hpp"
#include "common/inject_ring.hpp"
#include "common/log_limit.hpp"
#include "control/event_loop.hpp"
#include "control/loop_timer.hpp"
#include "control/monitor/drop_watch.hpp"
#include "control/monitor/hub.hpp"
#include "control/protocols/plugin/plugin_set.hpp"
#include "control/table_control.hpp"
#include "control/table_watch.hpp"
#include "control/worker_watch.hpp"

namespace mgmd {

/// Everything of the dataplane that control works with. All of it outlives the control plane.
struct Doors {
    struct Rings {
        EventRing& events;
        ControlPacketRing& control_packets;
    };
    ForwardingTable<V4>& ipv4;
    ForwardingTable<V6>& ipv6;
    std::vector<Rings> workers;
    EventRing& port_events;
    const DataplaneView& view;
    DataplaneOps& ops;
    /// Queues a packet with the worker that can send it. False: its ring is full.
    std::function<bool(const InjectPacket&)> inject;
};

/// All tables of both families, fed by the workers' rings and the clock. Control thread.
class ControlPlane {
public:
    /// All references outlive it.
    ControlPlane(const Settings& settings, const Clock& clock, EventLoop& loop, Doors doors);

    /// Publishes what the configuration asks for and begins to listen to the rings and the timers.
    Expected<> start();

    /// The settings have changed where they are; `before`: what they were, with the same tables.
    /// Flows that both know are left alone. After an error part of it is done: the settings are to
    /// be changed back, and this to be called again.
    Expected<> reconfigure(const Settings& before);
    /// Afterwards: what operators have changed or taken away of the configuration's is back.
    void restore();

    /// Handles what still waits in the rings, at the end.
    void drain();

    /// All flows, by table, family, group, source.
    void visit_flows(const FlowVisitor& visit) const;
    /// At most `most` of them: those with the most packets, forwarded or unwanted.
    FlowExtract flows(std::size_t most) const;
    EventSummary events() const;
    RefusalSummary refusals() const;
    std::vector<MembershipSummary> memberships() const;  ///< by table, family, interface
    std::vector<ProxySummary> proxies() const;           ///< likewise
    /// One that has stopped polling its queues; nullopt: all poll.
    std::optional<std::size_t> silent_worker() const { return worker_watch_.silent(); }

    template <class F>
    using Tables = std::map<TableId, std::unique_ptr<TableControl<F>>>;

    /// For those who operate the router.
    template <class F>
    Tables<F>& tables() {
        if constexpr (F::family == Family::ipv4) {
            return ipv4_;
        } else {
            return ipv6_;
        }
    }
    const Doors& doors() const { return doors_; }
    const plugin::PluginSet& plugins() const { return plugins_; }
    /// Where those who watch begin and end.
    monitor::Hub& monitor() { return hub_; }

private:
    void add_rings();
    void on_event(const Event& event);
    template <class F>
    void on_flow_event(const Event& event);
    void find_links();
    void set_link(PortIndex port, bool up);
    void on_port_error(const Event& event);
    void on_control_packet(const ControlPacket& packet);
    template <class F>
    void on_membership_packet(const ControlPacket& packet);
    MembershipDoors membership_doors();
    void schedule_timers();
    void run_timers();
    void schedule_housekeeping();
    void housekeeping();
    void warn_of_stalled_worker();
    void report_link(const InterfaceSettings& interface, bool up) const;

    const Settings& settings_;
    const Clock& clock_;
    EventLoop& loop_;
    Doors doors_;
    monitor::Hub hub_;
    const monitor::Reporter reporter_{hub_};
    std::vector<TableId> table_ids_;
    EntryBudget ipv4_budget_;  ///< of the forwarding table, which all tables share
    EntryBudget ipv6_budget_;
    Tables<V4> ipv4_;
    Tables<V6> ipv6_;
    plugin::PluginSet plugins_;  ///< end before their tables
    EventSummary events_;
    std::vector<LogLimit> link_changes_;  ///< by InterfaceIndex
    std::vector<LogLimit> port_errors_;   ///< by PortIndex
    LogLimit stalls_;
    LoopTimer mgm_timer_;
    std::optional<TimePoint> mgm_deadline_;  ///< what mgm_timer_ waits for
    LoopTimer housekeeping_timer_;
    bool workers_refused_ = false;  ///< what they had to take over last
    bool grace_warned_ = false;
    TableWatch ipv4_watch_{"IPv4"};
    TableWatch ipv6_watch_{"IPv6"};
    WorkerWatch worker_watch_;
    monitor::DropWatch drop_watch_{reporter_};
};

}  // namespace mgmd
