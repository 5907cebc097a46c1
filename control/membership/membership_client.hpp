// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/control_packet_ring.hpp"
#include "common/error.hpp"
#include "common/settings.hpp"
#include "control/membership/deadline_queue.hpp"
#include "control/membership/membership_port.hpp"
#include "control/mgm/group_manager.hpp"

namespace mgmd {

/// IGMP (MLD) as MGM sees it: the client that may share an interface with a routing protocol and
/// hands over when one comes or goes. It tells MGM what the hosts on each interface want, and
/// holds static joins: hosts that never leave. One per table and family. Control thread.
template <class F>
class MembershipClient final : public mgm::ProtocolClient<F> {
public:
    /// `manager`, `settings` and what `doors` refers to outlive the client; what it posts may run
    /// after its end.
    MembershipClient(mgm::GroupManager<F>& manager, const Settings& settings, TableId table,
                     MembershipDoors doors);
    ~MembershipClient() override;
    MembershipClient(const MembershipClient&) = delete;
    MembershipClient& operator=(const MembershipClient&) = delete;

    /// Who is told, whenever it may have changed, whether this router is querier on an interface.
    using QuerierListener = std::function<void(InterfaceIndex, bool is_querier)>;
    /// Before the start.
    void tell_queriers(QuerierListener listener) { querier_listener_ = std::move(listener); }

    /// Registers, takes the interfaces where IGMP (MLD) is enabled, joins, and begins to ask. An
    /// error names the item MGM refused and why.
    Expected<> start();
    /// Releases everything and deregisters. Also by the destructor.
    void stop();

    // A reload: the settings have changed where they are, `before` is what they were. Errors as of
    // the start.

    /// Begins where IGMP (MLD) is enabled now and was not.
    Expected<> start_new();
    /// Tells the interfaces where it was enabled before.
    Expected<> reconfigure(const Settings& before);
    /// Ends where it is not enabled any more.
    void stop_old();

    /// A packet of the protocol; those of interfaces without it are left alone.
    void on_packet(const ControlPacket& packet);
    /// Also before the start: interfaces are up until told otherwise.
    void on_interface_state(InterfaceIndex interface, bool up);

    std::optional<TimePoint> next_deadline() const { return deadlines_.next(); }
    void run_timers(TimePoint now);

    /// By interface.
    void append_summaries(std::vector<MembershipSummary>& summaries) const;

    /// What the hosts of an interface have reported; nullptr: the protocol is not enabled there.
    const membership::LinkRouter<F>* router(InterfaceIndex interface) const;

    void on_disable_igmp(const mgm::InterfaceId<F>& interface) override;
    void on_enable_igmp(const mgm::InterfaceId<F>& interface) override;

private:
    using Port = MembershipPort<F>;

    bool enabled_on(const InterfaceSettings& interface) const;
    Expected<> start_on(const InterfaceSettings& interface);
    void report(const mgm::Result<>& result) const;
    Port* port(InterfaceIndex interface);
    /// After anything that a port has been told.
    void settle(InterfaceIndex interface, Port& port);

    mgm::GroupManager<F>& manager_;
    const Settings& settings_;
    TableId table_;
    MembershipDoors doors_;
    std::optional<mgm::ClientHandle> handle_;
    std::map<InterfaceIndex, std::unique_ptr<Port>> ports_;  ///< of the interfaces taken
    std::set<InterfaceIndex> down_;
    membership::DeadlineQueue<InterfaceIndex> deadlines_;
    QuerierListener querier_listener_;
    /// Tells posted tasks whether the client still is there.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace mgmd
