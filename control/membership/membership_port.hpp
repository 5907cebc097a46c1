// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "common/clock.hpp"
#include "common/inject_ring.hpp"
#include "common/log_limit.hpp"
#include "control/membership/link_router.hpp"
#include "control/membership/membership_summary.hpp"
#include "control/membership/subscription.hpp"

namespace mgmd {

/// What IGMP and MLD need of their surroundings. What is referred to outlives them.
struct MembershipDoors {
    const Clock& clock;
    /// Runs a task from the event loop, later.
    std::function<void(std::function<void()>)> post;
    /// Sends a packet. False: it could not be queued.
    std::function<bool(const InjectPacket&)> send;
    /// The address that frames of a port carry.
    std::function<MacAddress(PortIndex)> port_mac;
};

/// IGMP (MLD) on one interface: between the packets of its link and MGM. Control thread.
template <class F>
class MembershipPort final : public membership::LinkListener<F> {
public:
    using Address = typename F::Address;

    /// The references outlive it; `client` has taken the interface.
    MembershipPort(mgm::GroupManager<F>& manager, mgm::ClientHandle client,
                   const InterfaceSettings& interface, std::uint16_t mtu,
                   const MembershipDoors& doors);

    membership::LinkRouter<F>& router() { return router_; }
    const membership::LinkRouter<F>& router() const { return router_; }
    Subscription<F>& subscription() { return subscription_; }
    /// After a hand-over: adds everything again.
    void resync();

    bool send(const membership::Query<F>& query, const Address& source) override;
    void on_wanted(const Address& group, const membership::Wanted<F>& wanted) override;

    MembershipSummary summary() const;

private:
    bool send_packet(const membership::Packet<F>& packet);
    void check(const mgm::Result<>& result);

    const InterfaceSettings& interface_;
    std::uint16_t mtu_;
    const MembershipDoors& doors_;
    Subscription<F> subscription_;
    membership::LinkRouter<F> router_;
    LogLimit refusal_log_;
};

}  // namespace mgmd
