// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "control/mgm/components.hpp"
#include "control/mgm/types.hpp"

/// Who is told what: a pure function of what a change did ("Alerts: who is told", 17).
namespace mgmd::mgm {

enum class AlertKind : std::uint8_t {
    local_join,
    local_leave,
    local_exclude,
    join,
    prune,
    wrong_interface,
    signal,
};

/// One call of one callback, to be made.
template <class F>
struct Alert {
    AlertKind kind = AlertKind::join;
    ClientIndex recipient = kNobody;
    SourceGroup<F> key{};
    InterfaceId<F> interface {};
    bool member_update = false;
    std::uint32_t life = 0;                      ///< entry alerts: Mfe::life
    std::chrono::seconds timeout{};              ///< entry prunes
    std::vector<typename F::Address> sources{};  ///< local_exclude
    std::vector<std::uint8_t> header{};          ///< wrong_interface
    std::uint64_t unreported = 0;                ///< wrong_interface
    SignalKind signal = SignalKind::arrival;     ///< signal: this and the rest
    SourceGroup<F> route{};
    std::uint64_t packets = 0;
    std::uint64_t octets = 0;
    friend bool operator==(const Alert&, const Alert&) = default;
};

/// IGMP's memberships on an owned link changed.
template <class F>
struct LocalChange {
    AlertKind kind = AlertKind::local_join;  ///< one of local_*
    ClientIndex owner = kNobody;
    SourceGroup<F> key;
    InterfaceId<F> interface;
    std::vector<typename F::Address> sources{};  ///< local_exclude
};

/// N(key), or for (S,G) the owner towards S, was one thing and is another.
template <class F>
struct KeyChange {
    SourceGroup<F> key;
    Components before{};
    Components after{};
    // (S,G) only:
    ClientIndex owner_before = kNobody;  ///< of the interface towards S
    ClientIndex owner_after = kNobody;
    InterfaceId<F> towards_before{};
    InterfaceId<F> towards_after{};
    bool taken = false;  ///< the owner is new because it took the interface: it enumerates instead
};

/// An entry's outgoing list was one thing and is another, or the entry is new.
template <class F>
struct EntryChange {
    SourceGroup<F> key;
    ClientIndex owner = kNobody;  ///< of the incoming interface, now
    InterfaceId<F> incoming;
    bool created = false;
    bool was_empty = false;  ///< unless created
    bool is_empty = false;
    std::uint32_t life = 0;
    std::chrono::seconds timeout{};  ///< of the negative entry
    std::string_view what{};         ///< for those who watch; empty: nothing is another
};

/// What one call or event did.
template <class F>
struct Change {
    /// The component whose own membership call this is, so that it hears of no entry that became
    /// empty or non-empty by it; kNobody: "another" cause. Entries that are new are not its doing.
    ClientIndex cause = kNobody;
    std::vector<LocalChange<F>> locals{};
    std::vector<KeyChange<F>> keys{};
    boost::container::small_vector<EntryChange<F>, 1> entries{};
};

/// The alerts that follow from a change, in order of delivery. `clients`: all that are registered,
/// in registration order. Sorts the parts of the change.
template <class F>
std::vector<Alert<F>> alerts_of(Change<F>& change, std::span<const ClientIndex> clients);

}  // namespace mgmd::mgm
