// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "control/mgm/types.hpp"

namespace mgmd::mgm {

/// A new source: which interface its data should arrive on (documented: PMGM_RPF_CALLBACK).
template <class F>
struct RpfQuery {
    const SourceGroup<F> key;  ///< (S,G)
    /// Where the packet arrived. When an entry is made again without a packet: where the packet
    /// arrived that it was first made for.
    const InterfaceId<F> arrival;
    /// IP header with options and the start of the data; empty when there is no packet.
    const std::span<const std::uint8_t> header;

    /// In: the interface towards the source; none if there is no route. Out: another interface
    /// that the client owns. Anything else is refused with a log line, and all three defaults stay.
    InterfaceId<F> incoming;
    typename F::Address upstream{};  ///< in: next hop of the route. out: what readers see
    RouteUsed<F> route;              ///< in: the route. out: what readers see
};

/// One of the client's own outgoing interfaces of a new entry.
template <class F>
struct OutgoingChoice {
    const InterfaceId<F> interface;
    const bool igmp = false;  ///< IGMP is enabled there
    bool enabled = true;      ///< cleared by the client: this (S,G) does not leave there
};

/// An entry has been made (documented: PMGM_CREATION_ALERT_CALLBACK).
template <class F>
struct CreationAlert {
    SourceGroup<F> key;
    InterfaceId<F> incoming;
    std::span<OutgoingChoice<F>> outgoing;  ///< ascending by interface
};

/// Others want the data (documented: PMGM_JOIN_ALERT_CALLBACK).
template <class F>
struct JoinAlert {
    SourceGroup<F> key;
    bool member_update = false;  ///< because of memberships; otherwise an entry's outgoing list
};

/// Nobody else wants the data any more (documented: PMGM_PRUNE_ALERT_CALLBACK).
template <class F>
struct PruneAlert {
    SourceGroup<F> key;
    /// Where to stop receiving: an entry's incoming interface; for an (S,G) membership the
    /// interface towards S; otherwise none.
    InterfaceId<F> interface;
    bool member_update = false;
    /// Entry alerts. In: how long the negative entry is going to live. Out: how long it shall live,
    /// from the moment when it became negative; 0 or less deletes it at once.
    std::chrono::seconds timeout{};
};

/// Data of a known entry on the wrong interface (documented: PMGM_WRONG_IF_CALLBACK).
template <class F>
struct WrongInterface {
    SourceGroup<F> key;        ///< (S,G) of the packet
    InterfaceId<F> interface;  ///< of arrival; the client owns it
    std::span<const std::uint8_t> header;
    std::uint64_t unreported = 0;  ///< arrivals since the last report that were only counted
};

/// Extension: what the Signals of a route that the client installed asked for.
template <class F>
struct SignalReport {
    SignalKind kind = SignalKind::arrival;
    SourceGroup<F> route;  ///< key of the installed route
    /// (S,G) of the packet that caused it; the route's key if it was silence that did.
    SourceGroup<F> key;
    InterfaceId<F> interface;   ///< of its arrival; none if there was no packet
    std::uint64_t packets = 0;  ///< threshold: of the interval
    std::uint64_t octets = 0;   ///< threshold: of IP, of the interval
};

/// IGMP has or has lost receivers on the client's interface (documented: PMGM_LOCAL_JOIN_CALLBACK,
/// PMGM_LOCAL_LEAVE_CALLBACK).
template <class F>
struct LocalMembership {
    SourceGroup<F> key;
    InterfaceId<F> interface;
};

/// Extension: the sources that IGMP's (*,G) on the client's interface excludes, as a whole.
template <class F>
struct LocalExclude {
    SourceGroup<F> key;  ///< (*,G)
    InterfaceId<F> interface;
    std::span<const typename F::Address> sources;  ///< ascending
};

/// What MGM tells a client. Each callback is optional: the one here accepts the default.
///
/// Who is told what ("Alerts: who is told" and 17 on the design page), where that needs deciding:
/// - N(key) holds components with a membership that counts: the owner's, and IGMP's unless
///   LocalMode::advise withholds it. Boundaries and interface states don't matter.
/// - The owner towards S, and of an incoming interface, is a routing protocol; never IGMP.
/// - An entry alert is left out when the change came from a join-flag add or delete, a
///   release_interface or a resync_done on an interface whose component (before the release) is
///   the owner of the entry's incoming interface. The forward flag and the end of the hand-over
///   window by time count as "another". "Created empty" is always told.
/// - A take or release makes the entries arriving there anew: overrides are gone, up time
///   restarts, an empty outgoing list is "created empty", any other raises no alert. A route change
///   does that only for entries that had no incoming interface; others raise an entry alert, to the
///   owner of the new incoming interface, if their outgoing list became empty or non-empty.
/// - An entry without an incoming interface has no outgoing list and lives
///   TimerSettings::no_route_timeout; nobody is told.
/// - Within one change: on_local_* by (key, interface), join and leave before exclude; membership
///   alerts by key, then in registration order; entry alerts by key.
/// - The answer to an entry's PRUNE applies if the entry is still in the same negative life.
///
/// All run on the control thread. Alerts (join, prune, wrong interface, signal, local) come after
/// the tables are settled and may call MGM freely; what that causes is delivered later, after
/// everything that is already waiting. on_rpf and on_creation_alert run while an entry is built:
/// what they ask of MGM is checked and answered at once, and done after the entry is built and
/// before it is published. on_disable_igmp and on_enable_igmp frame a change of ownership and go to
/// IGMP only. The spans are valid during the call. Callbacks must not throw.
template <class F>
class ProtocolClient {
public:
    virtual ~ProtocolClient() = default;

    virtual void on_rpf(RpfQuery<F>& /*query*/) {}
    virtual void on_creation_alert(const CreationAlert<F>& /*alert*/) {}
    virtual void on_join_alert(const JoinAlert<F>& /*alert*/) {}
    virtual void on_prune_alert(PruneAlert<F>& /*alert*/) {}
    virtual void on_wrong_interface(const WrongInterface<F>& /*report*/) {}
    virtual void on_signal(const SignalReport<F>& /*report*/) {}
    virtual void on_local_join(const LocalMembership<F>& /*membership*/) {}
    virtual void on_local_leave(const LocalMembership<F>& /*membership*/) {}
    virtual void on_local_exclude(const LocalExclude<F>& /*exclude*/) {}
    virtual void on_disable_igmp(const InterfaceId<F>& /*interface*/) {}
    virtual void on_enable_igmp(const InterfaceId<F>& /*interface*/) {}
};

}  // namespace mgmd::mgm
