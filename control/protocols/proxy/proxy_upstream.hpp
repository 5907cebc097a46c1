// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/settings.hpp"
#include "control/membership/host/link_host.hpp"
#include "control/membership/membership_doors.hpp"

namespace mgmd {

/// A proxy as a host on one of its upstream interfaces. Control thread.
template <class F>
class ProxyUpstream final : public membership::HostSender<F> {
public:
    using Address = typename F::Address;
    using Records = typename membership::LinkHost<F>::Changes;

    /// The references outlive it.
    ProxyUpstream(const ProxySettings& proxy, const InterfaceSettings& interface, std::uint16_t mtu,
                  const MembershipDoors& doors, typename membership::LinkHost<F>::Random random);

    InterfaceIndex index() const { return interface_.index; }
    const std::string& name() const { return interface_.name; }
    bool is_up() const { return up_; }

    /// From now on.
    void reconfigure(const ProxySettings& proxy, std::uint16_t mtu);

    void link_up() { up_ = true; }
    /// Forgets what it has reported: nobody can be told.
    void link_down();

    /// Wants this of these groups from now on; nothing while the link is down.
    void want(const Records& records);
    /// Wants nothing any more, and says so.
    void leave_all();

    void receive(std::span<const std::uint8_t> packet) {
        host_.receive(packet, doors_.clock.now());
    }
    void run_timers(TimePoint now) { host_.run_timers(now); }
    std::optional<TimePoint> next_deadline() const { return host_.next_deadline(); }

    const membership::LinkHost<F>& host() const { return host_; }

    bool send(const membership::Report<F>& report) override;

private:
    void report(const Address& group, const membership::Wanted<F>& wanted) const;

    const InterfaceSettings& interface_;
    const MembershipDoors& doors_;
    Address address_;  ///< of reports; IPv4: unspecified without one (RFC 9776 4.2.13)
    membership::LinkHost<F> host_;
    bool up_ = true;
};

}  // namespace mgmd
