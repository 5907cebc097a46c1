// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "common/clock.hpp"
#include "common/settings.hpp"
#include "control/busiest_flows.hpp"
#include "control/membership/membership_client.hpp"
#include "control/mgm/group_manager.hpp"
#include "control/protocols/proxy/proxy_client.hpp"
#include "control/protocols/static_client.hpp"
#include "control/rib.hpp"
#include "control/summary.hpp"

namespace mgmd {

/// Control of one routing table (VRF) in one family: its routes, its MGM and MGM's clients.
/// Control thread.
template <class F>
class TableControl {
public:
    /// All references outlive it.
    TableControl(const Settings& settings, TableId table, ForwardingTable<F>& forwarding,
                 const MembershipDoors& doors, EntryShare share = {});

    /// Starts the clients: static entries are published when it returns.
    Expected<> start();

    /// The settings have changed where they are; `before`: what they were. What both have is left
    /// alone. An error says what MGM refused: part of it may be done then.
    Expected<> reconfigure(const Settings& before);
    /// Afterwards: IGMP and the static protocol leave the interfaces that are not theirs any more.
    void let_go();
    /// Afterwards: what the configuration has is there, whatever operators have done to it.
    void restore() { static_.restore(); }

    mgm::GroupManager<F>& manager() { return manager_; }
    MembershipClient<F>& membership() { return membership_; }
    StaticClient<F>& static_protocol() { return static_; }
    const Rib<F>& rib() const { return rib_; }

    /// A packet of IGMP (MLD).
    void on_membership_packet(const ControlPacket& packet);
    void on_interface_state(InterfaceIndex interface, bool up);
    /// Of the manager and of its clients.
    std::optional<TimePoint> next_deadline() const;
    void run_timers(TimePoint now);

    /// All flows, by group, then source.
    void visit_flows(const FlowVisitor& visit) const;
    /// nullopt: no such flow.
    std::optional<FlowSummary> flow(const mgm::SourceGroup<F>& key) const;
    void extract_flows(BusiestFlows& flows) const;
    void append_memberships(std::vector<MembershipSummary>& memberships) const {
        membership_.append_summaries(memberships);
    }
    void append_proxies(std::vector<ProxySummary>& proxies) const {
        proxy_.append_summaries(proxies);
    }

private:
    void load_routes(const Settings& settings);
    void change_routes(const Settings& before);
    void change_interfaces(const Settings& before);
    void tell_proxy_of_queriers();
    FlowSummary summarise(const mgm::MfeRecord<F>& mfe) const;

    const Settings& settings_;
    TableId table_;
    Rib<F> rib_;
    mgm::GroupManager<F> manager_;
    // Clients end before the manager they are registered with.
    MembershipClient<F> membership_;
    StaticClient<F> static_;
    ProxyClient<F> proxy_;
};

}  // namespace mgmd
