// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/clock.hpp"
#include "common/entry_budget.hpp"
#include "common/event_ring.hpp"
#include "common/forwarding_table.hpp"
#include "common/settings.hpp"
#include "control/mgm/outlook.hpp"
#include "control/mgm/page_range.hpp"
#include "control/mgm/protocol_client.hpp"
#include "control/mgm/types.hpp"
#include "control/monitor/reporter.hpp"
#include "control/rib.hpp"

/// The Multicast Group Manager: which protocol owns which interface, who wants which group where,
/// what each protocol has to be told, and the forwarding entries that follow from it. Clause
/// numbers are those of the design page "The Multicast Group Manager".
namespace mgmd::mgm {

template <class F>
class Engine;

/// What a GroupManager works with. All of it outlives the GroupManager.
template <class F>
struct Dependencies {
    const Clock& clock;
    /// The manager becomes its listener and passes interface states on to it.
    Rib<F>& rib;
    ForwardingTable<F>& table;
    /// Runs a task from the event loop, later, never from inside the call.
    std::function<void(std::function<void()>)> post;
    /// Where several managers fill one forwarding table: how much of it is this one's.
    EntryShare share{};
    /// Of the table: who is told of what happens, beside the clients.
    monitor::Reporter reporter{};
};

struct Options {
    TableId table = 0;
    LimitSettings limits;
    TimerSettings timers;
};

/// One (table, family). Control thread only; nothing is locked because nothing is shared.
///
/// Errors that several calls share: a handle that is stale or was never given is
/// `invalid_parameter`. Arguments are checked in the order handle, form, existence of the
/// interface, ownership, hand-over, limits, and the first rule that is broken is the one reported.
/// From inside on_rpf and on_creation_alert, a call that changes something other than registrations
/// and enumerations is checked and answered at once and done before the entry being built is
/// published (18); if it fails then, that is logged.
template <class F>
class GroupManager {
public:
    using Address = typename F::Address;
    using Key = SourceGroup<F>;
    using Interface = InterfaceId<F>;

    GroupManager(const Dependencies<F>& dependencies, const Options& options,
                 std::vector<InterfaceConfig<F>> interfaces);
    ~GroupManager();
    GroupManager(const GroupManager&) = delete;
    GroupManager& operator=(const GroupManager&) = delete;

    // --- clients and interfaces (1 - 8, 16, 27) ---------------------------------------------

    /// `client` outlives the registration. already_exists: the same name is registered, or, for the
    /// IGMP (MLD) protocol id, any component of it: there is one IGMP client.
    Result<ClientHandle> register_protocol(ProtocolName name, ProtocolClient<F>& client);

    /// can_not_complete: the client has open interfaces, or is in the middle of a take or release.
    /// Ends its enumerations and removes the installed routes that it still has.
    Result<> deregister_protocol(ClientHandle client);

    /// A routing protocol becomes the owner; IGMP becomes enabled. `local` is how IGMP's
    /// memberships count there while a routing protocol owns it; IGMP's own value is ignored.
    /// can_not_complete: no such interface, or a hand-over of it is in progress (a call from inside
    /// on_disable_igmp or on_enable_igmp). already_exists: another routing protocol owns it, or
    /// the client itself has it.
    ///
    /// With IGMP enabled there, a window opens (7) in which IGMP's memberships are stale. Whatever
    /// `local`, those that were there when the window opened count, re-added or not, until it
    /// closes, so that the owner can add its own without a gap.
    Result<> take_interface(ClientHandle client, Interface interface,
                            LocalMode local = LocalMode::forward);

    /// invalid_parameter: no such interface, or the client doesn't have it. can_not_complete: a
    /// hand-over of it is in progress. What the client has there goes as if it had deleted it,
    /// alerts included. Interfaces leave the accept set of the client's installed routes; a route
    /// that accepted only this one is removed.
    Result<> release_interface(ClientHandle client, Interface interface);

    /// Extension of take_interface: the owner changes how IGMP's memberships count there, as a
    /// designated router or querier that is elected or loses an election does. Nobody is told of
    /// more than what the memberships that begin or cease to count imply; the client itself hears
    /// of no entries by it. invalid_parameter: no such interface, or the client doesn't own it.
    /// can_not_complete: a hand-over of it is in progress.
    Result<> set_local_mode(ClientHandle client, Interface interface, LocalMode local);

    /// Extension: the client would answer on_rpf otherwise now. The entries arriving on `interface`
    /// are examined again, as if their routes had changed (24). Errors as set_local_mode.
    Result<> rpf_changed(ClientHandle client, Interface interface);

    /// The routing protocol, else IGMP; not_found: neither, or no such interface.
    Result<ProtocolName> protocol_on_interface(Interface interface) const;

    /// IGMP has re-added all it has on `interface` after a hand-over: the window closes and what is
    /// still stale goes as if IGMP had deleted it, without on_local_leave, since the present owner
    /// never heard of it. Nothing to do if no window is open. invalid_parameter: not IGMP, or IGMP
    /// is not enabled there. not_found: no such interface. can_not_complete: from inside the
    /// hand-over. Without it the window closes after TimerSettings::igmp_handover_hold.
    Result<> resync_done(ClientHandle client, Interface interface);

    // --- memberships (9 - 15) ----------------------------------------------------------------

    /// invalid_parameter: neither flag; (S,*) or (S,G/len); a group range that is not multicast,
    /// lies inside the link-local scopes or has host bits; a multicast source; `forward` with a
    /// wildcard; an exclude set on anything but IGMP's (*,G) join; an interface that the client
    /// doesn't own (IGMP: is not enabled on). not_found: no such interface; with `forward`, no
    /// (S,G) entry. can_not_complete: IGMP, during a hand-over. not_enough_memory: groups of the
    /// interface, or sources of the group on it (exclude sets count apart, against the same bound).
    ///
    /// With both flags the join stays even if the forward part then is not_found; together they are
    /// one change, the component's own.
    /// A new join of the owner ends forward-adds and vetoes there, of every entry that it covers;
    /// adding what is there changes nothing, except that IGMP's exclude set is replaced.
    Result<> add_membership(ClientHandle client, const Membership<F>& membership);

    /// As add_membership. not_found: also when there is no such membership (stale ones are none);
    /// with both flags the forward part is then not done. The exclude set must be empty.
    Result<> delete_membership(ClientHandle client, const Membership<F>& membership);

    // --- entries -------------------------------------------------------------------------------

    /// Changes the upstream neighbour that readers see (25). not_found: no such entry.
    /// invalid_parameter: the client doesn't own the entry's incoming interface, or the entry is an
    /// installed route.
    Result<> set_mfe_upstream(ClientHandle client, const Key& key, const Address& upstream);

    /// For operators: ends an entry that data made, as if its time were up; the next packet is a
    /// new source. Not from inside a callback. not_found: no such entry.
    Result<> end_mfe(const Key& key);

    /// Installs or, for a key that the client has installed before, changes a route (28).
    /// (*,*) is published once for each accepted interface. Data-made entries that it covers are
    /// deleted after it is published; those of (*,*) are the ones with an accepted incoming
    /// interface, and the ones whose first packet arrived on one (links of one index are alike). A
    /// take that adds to `accept_any` is a change; a release gives up what arrived there.
    /// invalid_parameter: malformed key; an interface to accept on that is unknown or
    /// not the client's; no interface to accept on, unless `accept_any` or to drop; unknown,
    /// repeated or more than kMaxOutgoing outgoing interfaces; unknown ones in `signals`.
    /// already_exists: another client's. not_enough_memory: the bound of entries, or the forwarding
    /// table refused it (a change then leaves the old route).
    Result<> install_route(ClientHandle client, const InstalledRoute<F>& route);

    /// not_found: the client has installed no route with this key.
    Result<> remove_route(ClientHandle client, const Key& key);

    // --- reading (30 - 32); no registration needed ------------------------------------------

    /// Both kinds of entries: made by data, and installed. not_found: no such entry.
    /// insufficient_buffer: the record takes more than `buffer_octets` (see mfe_octets).
    Result<MfeRecord<F>> get_mfe(const Key& key, std::size_t buffer_octets = kUnlimited) const;
    Result<MfeStats<F>> get_mfe_stats(const Key& key, std::size_t buffer_octets = kUnlimited,
                                      StatsForm form = StatsForm::extended) const;

    /// A page from the beginning, or from the first entry after `start`, which need not exist.
    /// insufficient_buffer: not even one record fits; Failure::needed says how much the first
    /// takes.
    Result<Page<MfeRecord<F>>> first_mfes(std::size_t buffer_octets) const;
    Result<Page<MfeRecord<F>>> next_mfes(const Key& start, std::size_t buffer_octets) const;
    /// `form` decides how much a record takes (see mfe_stats_octets), not what is in it.
    Result<Page<MfeStats<F>>> first_mfes_stats(std::size_t buffer_octets,
                                               StatsForm form = StatsForm::extended) const;
    Result<Page<MfeStats<F>>> next_mfes_stats(const Key& start, std::size_t buffer_octets,
                                              StatsForm form = StatsForm::extended) const;

    /// The same as C++ ranges: `for (const MfeRecord<F>& mfe : manager.mfes())`. Safe against any
    /// change between two steps.
    PageRange<MfeRecord<F>> mfes() const;
    PageRange<MfeStats<F>> mfes_stats() const;

    /// A snapshot of the joined groups of all clients, in no particular order: every membership
    /// that is not stale, also where it is inactive (boundary, LocalMode::advise). (*,*) and
    /// (*,G/len) are groups of their own.
    Result<EnumerationHandle> start_group_enumeration(ClientHandle client, EnumerationType type);
    /// insufficient_buffer as above (see source_group_octets). invalid_parameter: ended, or of a
    /// client that is gone.
    Result<Page<Key>> next_groups(EnumerationHandle enumeration, std::size_t buffer_octets);
    Result<> end_group_enumeration(EnumerationHandle enumeration);

    /// For operators, stale ones left out, ordered by key, then interface.
    void visit_memberships(const std::function<void(const MembershipRecord<F>&)>& visit) const;
    /// Those of exactly this key, by interface.
    std::vector<MembershipRecord<F>> memberships(const Key& key) const;
    /// The first key after the given one, or the very first, that has memberships, maybe only stale
    /// ones; nullopt: no more.
    std::optional<Key> next_membership_key(const std::optional<Key>& after) const;
    /// Why the flow goes where it goes; calls nobody. `key` is an (S,G), `arrival` where a packet
    /// of it comes in.
    FlowOutlook<F> outlook(const Key& key, InterfaceIndex arrival) const;
    /// Who is registered, in that order.
    std::vector<ClientRecord<F>> clients() const;
    Usage usage() const;

    // --- what feeds it ---------------------------------------------------------------------------

    /// A worker's no-entry event. Always answered: by publishing an entry, by publishing again the
    /// entry or installed route that is there already, or by ForwardingTable::refuse. Refused: a
    /// group or source that no entry may have, an unknown interface, a bound that was reached.
    void on_no_entry(const Event& event);

    /// A worker's hold_overflow event: counts as queue overflow of the entry, if data made it.
    void on_hold_overflow(const Event& event);

    /// An arrival or threshold event, for the client whose installed route asked for it.
    void on_signal(const Event& event);

    /// A worker's wrong-interface event, for the owner of the arrival interface.
    void on_wrong_interface(const Event& event);

    /// Passes the state on to the Rib, which reports the routes that this changes. Outgoing lists
    /// stay as they are: workers send nothing on a link that is down, and count it.
    void on_interface_state(InterfaceIndex interface, bool up);

    /// The best routes of sources inside these prefixes may have changed; the Rib calls it. Entries
    /// and (S,G) memberships whose route or its interface is another than before depend on it; the
    /// same route with another metric is no other.
    void on_routes_changed(std::span<const Prefix<F>> prefixes);

    /// The boundaries of an interface, after a reload. not_found: no such interface.
    Result<> set_boundaries(Interface interface, std::vector<Prefix<F>> boundaries,
                            std::uint8_t boundary_scope);

    /// What workers know of these interfaces is another now: the entries that leave by any of them
    /// are published once more. Nobody is told.
    void republish_leaving(const std::vector<InterfaceIndex>& interfaces);

    /// InterfaceConfig::local_sources of an interface, after a reload. not_found: no such
    /// interface.
    Result<> set_local_sources(Interface interface, const MembershipFilter<F>& sources);

    /// After a reload; `limits.entries` is as at the start. What is past a limit stays. Active
    /// entries get the new idle timeout with their next reading at the latest; negative ones, and
    /// windows that are open, keep the time that they have.
    void set_limits(const LimitSettings& limits, const TimerSettings& timers);

    /// When run_timers has something to do; nullopt: nothing is pending. In the past when the last
    /// call did as much as one slice may.
    std::optional<TimePoint> next_deadline() const;

    /// Does what is due, at most kTimerSlice entries of it, the longest overdue first.
    ///
    /// An active entry's counter is read every sixteenth of mfe_idle_timeout, from the moment when
    /// it became active. Accepted packets seen by a reading count as having come an interval ago;
    /// the reading that falls mfe_idle_timeout after the last such moment deletes the entry: it
    /// lives mfe_idle_timeout after its last packet at most, and up to a sixteenth less. Each
    /// reading schedules the next one from the time when it is done. A negative entry's hits are
    /// noticed when a bound makes MGM look for the one longest without (in batches of up to 64).
    void run_timers(TimePoint now);

    static constexpr std::size_t kUnlimited = ~std::size_t{0};
    static constexpr std::size_t kTimerSlice = 512;  ///< about a millisecond
    /// Rounds of alerts, each caused by the callbacks of the one before, that one outermost call
    /// delivers. What is left is delivered from the event loop.
    static constexpr std::size_t kAlertRounds = 1000;

private:
    std::unique_ptr<Engine<F>> engine_;
};

}  // namespace mgmd::mgm
