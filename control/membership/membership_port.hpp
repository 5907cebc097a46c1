// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/log_limit.hpp"
#include "control/membership/link_router.hpp"
#include "control/membership/membership_doors.hpp"
#include "control/membership/membership_summary.hpp"
#include "control/membership/subscription.hpp"

namespace mgmd {

/// IGMP (MLD) on one interface: between the packets of its link and MGM. Control thread.
template <class F>
class MembershipPort final : public membership::LinkListener<F> {
public:
    using Address = typename F::Address;

    /// The references outlive it; `client` has taken the interface. `port`: that it is on.
    MembershipPort(mgm::GroupManager<F>& manager, mgm::ClientHandle client,
                   const InterfaceSettings& interface, const PortSettings& port,
                   const MembershipDoors& doors);

    membership::LinkRouter<F>& router() { return router_; }
    const membership::LinkRouter<F>& router() const { return router_; }
    Subscription<F>& subscription() { return subscription_; }
    /// The interface's settings have changed where they are.
    mgm::Result<> reconfigure();
    /// After a hand-over: adds everything again.
    void resync();

    bool send(const membership::Query<F>& query, const Address& source) override;
    void on_wanted(const Address& group, const membership::Wanted<F>& wanted) override;

    MembershipSummary summary() const;

private:
    void check(const mgm::Result<>& result);

    const InterfaceSettings& interface_;
    const PortSettings& port_;
    const MembershipDoors& doors_;
    Subscription<F> subscription_;
    membership::LinkRouter<F> router_;
    LogLimit refusal_log_;
};

}  // namespace mgmd
