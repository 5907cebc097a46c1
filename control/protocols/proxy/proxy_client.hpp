// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "common/control_packet_ring.hpp"
#include "common/error.hpp"
#include "common/log_limit.hpp"
#include "common/settings.hpp"
#include "control/mgm/group_manager.hpp"
#include "control/protocols/proxy/membership_database.hpp"
#include "control/protocols/proxy/proxy_summary.hpp"
#include "control/protocols/proxy/proxy_upstream.hpp"
#include "control/rib.hpp"

namespace mgmd {

/// The proxy as a multicast protocol: multicast type, no vendor, "IGMP only".
inline constexpr mgm::ProtocolId kProxyProtocol = 0x4000000a;

/// IGMP (MLD) proxying (RFC 4605) as a routing protocol of MGM, one per table and family. It owns
/// its upstream and downstream interfaces and
/// - reports on one upstream interface what the members on all downstream interfaces want
///   together, and what other protocols of the table ask of it;
/// - wants everything there, by a (*,*) membership, so that what downstream sources send leaves
///   upstream as well (RFC 4605 4.2);
/// - lets the members on a downstream interface count, in MGM, only while IGMP (MLD) is querier
///   there (RFC 4605 4.2);
/// - tells MGM that a source without a route of its own is where its packets come from: on the
///   downstream interface that they arrive on, or on the upstream interface in use.
/// The upstream interface in use is the first one whose link is up: it moves at once when a link
/// goes, and back at once when one that comes first returns. Control thread.
template <class F>
class ProxyClient final : public mgm::ProtocolClient<F> {
public:
    using Address = typename F::Address;

    /// `manager`, `rib`, `settings` and what `doors` refers to outlive the client; what it posts
    /// may run after its end. Does nothing while no proxy is configured for the table and family.
    ProxyClient(mgm::GroupManager<F>& manager, const Rib<F>& rib, const Settings& settings,
                TableId table, MembershipDoors doors);
    ~ProxyClient() override;
    ProxyClient(const ProxyClient&) = delete;
    ProxyClient& operator=(const ProxyClient&) = delete;

    /// Registers and takes its interfaces, before anybody can be a member there. An error names the
    /// item MGM refused and why.
    Expected<> start();
    /// Releases everything and deregisters. Also by the destructor.
    void stop();

    /// The settings have changed where they are. Takes what is new before it lets go of what is
    /// gone; upstream it leaves what it has joined where it is not any more. Errors as of start:
    /// part of it is done then.
    Expected<> reconfigure();
    /// Where it needs to be told who is querier. Without a proxy: nowhere.
    std::vector<InterfaceIndex> downstream() const;

    /// A packet of IGMP (MLD); those of interfaces that are not upstream are left alone.
    void on_packet(const ControlPacket& packet);
    /// Also before the start. Precondition: MGM has not been told yet, so that what it asks then is
    /// answered with the upstream interface that will be in use.
    void on_interface_state(InterfaceIndex interface, bool up);
    /// Whether IGMP (MLD) is querier on an interface.
    void on_querier(InterfaceIndex interface, bool is_querier);

    std::optional<TimePoint> next_deadline() const;
    void run_timers(TimePoint now);

    /// Upstream interfaces first, each in the order of the configuration.
    void append_summaries(std::vector<ProxySummary>& summaries) const;

    void on_rpf(mgm::RpfQuery<F>& query) override;
    void on_join_alert(const mgm::JoinAlert<F>& alert) override;
    void on_prune_alert(mgm::PruneAlert<F>& alert) override;
    void on_local_join(const mgm::LocalMembership<F>& membership) override;
    void on_local_leave(const mgm::LocalMembership<F>& membership) override;
    void on_local_exclude(const mgm::LocalExclude<F>& exclude) override;

private:
    using Upstream = ProxyUpstream<F>;

    using Taken = std::map<InterfaceIndex, mgm::LocalMode>;  ///< and as what it was taken

    std::uint16_t mtu_of(const InterfaceSettings& interface) const;
    std::unique_ptr<Upstream> make_upstream(InterfaceIndex interface);
    Expected<> take_interfaces();
    Expected<> take(InterfaceIndex interface, mgm::LocalMode local);
    /// All whose place in the proxy is another one than `wanted` has.
    void release_but(const Taken& wanted);
    /// nullopt: no proxy of the table, or no members of the family.
    static std::optional<ProxySettings> proxy_of(const Settings& settings, TableId table);
    static Taken places_in(const ProxySettings& proxy);
    bool is(const ProxySettings& wanted) const;
    Expected<> become(const ProxySettings& wanted);
    /// What others want already: MGM tells of what is new.
    void join_for_others();
    void release_what_becomes_upstream();
    void change_upstreams();
    void examine_standby();
    void forget_departed();
    void end();
    Upstream* upstream(InterfaceIndex interface) const;
    /// The first one whose link is up; without any, the one in use, if it is one still.
    Upstream& best_upstream() const;
    void use(Upstream& next);
    void want_everything(const Upstream& upstream, bool want);
    void report_changes();
    void update();
    void check(const mgm::Result<>& result);
    ProxySummary summary(InterfaceIndex interface) const;
    ProxySummary summary(const Upstream& upstream) const;

    mgm::GroupManager<F>& manager_;
    const Rib<F>& rib_;
    const Settings& settings_;
    const TableId table_;
    std::optional<ProxySettings> proxy_;  ///< nullopt: nothing is proxied
    MembershipDoors doors_;
    std::mt19937_64 random_;
    std::optional<mgm::ClientHandle> handle_;
    Taken taken_;
    std::vector<std::unique_ptr<Upstream>> upstreams_;  ///< by preference
    Upstream* in_use_ = nullptr;                        ///< from the start on
    std::vector<std::unique_ptr<Upstream>> departing_;  ///< upstream no more: say so until heard
    std::set<InterfaceIndex> down_;                     ///< interfaces whose links are
    std::set<InterfaceIndex> querier_on_;               ///< downstream interfaces
    MembershipDatabase<F> database_;                    ///< kNoInterface: other protocols
    bool update_posted_ = false;
    LogLimit refusal_log_;
    LogLimit querier_log_;
    LogLimit switch_log_;
    /// Tells posted tasks whether the client still is there.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace mgmd
