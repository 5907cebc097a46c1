// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "common/clock.hpp"
#include "common/forwarding_table.hpp"
#include "common/ids.hpp"
#include "common/ip_address.hpp"
#include "common/mac_address.hpp"
#include "common/settings.hpp"
#include "control/mgm/address_pair.hpp"

/// The vocabulary of the Multicast Group Manager. Addresses are in network byte order; an
/// unspecified (all-zero) address is the wildcard. Control thread only.
namespace mgmd::mgm {

/// The documented error numbers of the MGM API, so that the C interface is a cast.
enum class Errc : std::uint32_t {
    not_enough_memory = 8,      ///< a limit was reached; nothing changed
    invalid_parameter = 87,     ///< malformed argument, stale handle, or not the caller's to change
    insufficient_buffer = 122,  ///< not even one record fits: Failure::needed says how much does
    already_exists = 183,
    more_data = 234,          ///< page status, not a failure
    no_more_items = 259,      ///< page status, not a failure
    can_not_complete = 1003,  ///< refused in the present state; may work later
    not_found = 1168,
};

/// Why a call was refused: the documented number, and a text that names item, value and rule.
struct Failure {
    Errc code = Errc::can_not_complete;
    std::string message;
    std::size_t needed = 0;  ///< insufficient_buffer: octets that one record takes
};

template <class T = void>
using Result = tl::expected<T, Failure>;

using ProtocolId = std::uint32_t;
using ComponentId = std::uint32_t;

/// A client's identity. Several components of one protocol are separate clients.
struct ProtocolName {
    ProtocolId protocol = 0;
    ComponentId component = 0;
    friend constexpr auto operator<=>(const ProtocolName&, const ProtocolName&) = default;
};

/// IGMP's documented protocol id (multicast type, vendor 0x137, protocol 10).
inline constexpr ProtocolId kIgmpProtocol = 0x4137000a;
/// MLD's: multicast type, no vendor, 58 (the ICMPv6 next header that carries MLD).
inline constexpr ProtocolId kMldProtocol = 0x4000003a;

/// The protocol id by which a GroupManager<F> knows "IGMP", the client that may share an interface.
template <class F>
inline constexpr ProtocolId kMembershipProtocol =
    F::family == Family::ipv4 ? kIgmpProtocol : kMldProtocol;

/// A registration. Copies of a handle whose client is gone are never mistaken for a later client:
/// the generation differs. A default-constructed one is never valid.
struct ClientHandle {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;
    friend constexpr auto operator<=>(const ClientHandle&, const ClientHandle&) = default;
};

/// A running enumeration; as ClientHandle.
struct EnumerationHandle {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;
    friend constexpr auto operator<=>(const EnumerationHandle&, const EnumerationHandle&) = default;
};

/// An interface as MGM sees it: a link. The next hop is unspecified except on point-to-multipoint
/// interfaces, whose links share an index and are separate interfaces here.
template <class F>
struct InterfaceId {
    InterfaceIndex index = kNoInterface;
    typename F::Address next_hop{};

    bool is_none() const { return index == kNoInterface; }
    friend constexpr auto operator<=>(const InterfaceId&, const InterfaceId&) = default;
};

/// An interface that the configuration knows. Links of one index are given one by one. An entry
/// with several links of one index outgoing is published with that index once and the group's MAC;
/// with a single link, with that link's `next_hop_mac`.
template <class F>
struct InterfaceConfig {
    InterfaceId<F> id;
    std::optional<MacAddress> next_hop_mac;  ///< absent: derived from the group
    std::vector<Prefix<F>> boundaries;       ///< groups that do not cross this interface
    std::uint8_t boundary_scope = 0;  ///< IPv6: groups of this scope and smaller neither; 0: none
    /// Sources that IGMP's memberships without a source ask for; others as if they excluded them.
    MembershipFilter<F> local_sources;
};

/// What a membership, an alert or an entry is about: (S,G), (*,G), (*,G/len) or (*,*).
/// Ordered by group, then source, then length, as numbers.
template <class F>
struct SourceGroup {
    typename F::Address group{};                  ///< host bits past group_length are zero
    typename F::Address source{};                 ///< unspecified: any source
    std::uint8_t group_length = F::address_bits;  ///< 0 only for (*,*)

    static SourceGroup any() { return {{}, {}, 0}; }
    bool is_any() const { return group_length == 0; }
    bool has_source() const { return !is_unspecified(source); }
    bool is_single_group() const { return group_length == F::address_bits; }
    /// Precondition: `other` is an (S,G).
    bool covers(const SourceGroup& other) const {
        return (!has_source() || source == other.source) &&
               Prefix<F>{group, group_length}.contains(other.group);
    }
    friend constexpr bool operator==(const SourceGroup&, const SourceGroup&) = default;
    friend constexpr std::strong_ordering operator<=>(const SourceGroup& a, const SourceGroup& b) {
        const auto addresses =
            AddressPair<F>(a.group, a.source) <=> AddressPair<F>(b.group, b.source);
        return addresses != 0 ? addresses : a.group_length <=> b.group_length;
    }
};

/// "(10.0.0.1,232.1.1.1)", "(*,239.0.0.0/8)", "(*,*)".
template <class F>
std::string to_string(const SourceGroup<F>& key);
/// "3", or "3 via 10.0.0.2" for a link of a point-to-multipoint interface.
template <class F>
std::string to_string(const InterfaceId<F>& id);

/// What add_membership and delete_membership do; bits.
enum class MembershipFlags : std::uint8_t {
    none = 0,
    join = 1,     ///< the membership, and existing entries, with alerts
    forward = 2,  ///< only the interface in the outgoing list of the existing (S,G) entry
    join_and_forward = 3,
};
constexpr bool has(MembershipFlags flags, MembershipFlags flag) {
    return (static_cast<unsigned>(flags) & static_cast<unsigned>(flag)) != 0;
}

template <class F>
struct Membership {
    SourceGroup<F> key;
    InterfaceId<F> interface;
    MembershipFlags flags = MembershipFlags::join;
    /// IGMP's (*,G) with `join` only: sources that this membership does not ask for. The whole set:
    /// adding again replaces it. Any order; duplicates are ignored.
    std::vector<typename F::Address> exclude;
};

/// What IGMP's memberships do on an interface that a routing protocol owns.
enum class LocalMode : std::uint8_t {
    forward,  ///< they count like the owner's own
    advise,   ///< they only raise on_local_*; the owner adds its own
};

/// The route towards a source that an entry was made by; informational.
template <class F>
struct RouteUsed {
    std::uint32_t protocol = 0;  ///< MIB_IPFORWARD_PROTO number; 0: none
    Prefix<F> network;
    friend constexpr auto operator<=>(const RouteUsed&, const RouteUsed&) = default;
};

/// An entry as readers see it. Times in whole seconds, rounded down.
template <class F>
struct MfeRecord {
    SourceGroup<F> key;
    InterfaceId<F> incoming;           ///< none: no route, or an installed route (see `accept`)
    ProtocolId incoming_protocol = 0;  ///< as protocol_on_interface(incoming); 0: nobody
    typename F::Address upstream{};    ///< unspecified: connected, or unknown
    RouteUsed<F> route;
    std::chrono::seconds up_time{};        ///< since made
    std::chrono::seconds expiry_time{};    ///< left to live; 0: never ages (installed)
    std::chrono::seconds timeout{};        ///< whole life: idle timeout, or negative life
    bool negative = false;                 ///< drops
    bool installed = false;                ///< by install_route
    AcceptSet accept;                      ///< as published
    std::vector<InterfaceId<F>> outgoing;  ///< ascending
    friend bool operator==(const MfeRecord&, const MfeRecord&) = default;
};

using Centiseconds = std::chrono::duration<std::int64_t, std::centi>;

/// Links that share an index are counted as one: the first of an entry's list shows it.
template <class F>
struct OutgoingStats {
    InterfaceId<F> interface;
    std::uint64_t ttl_too_low = 0;
    std::uint64_t too_big = 0;
    std::uint64_t out_packets = 0;
    std::uint64_t out_discards = 0;
    friend bool operator==(const OutgoingStats&, const OutgoingStats&) = default;
};

/// Statistics of an entry. Times in 1/100 s; expiry 0: never ages.
template <class F>
struct MfeStats {
    SourceGroup<F> key;
    InterfaceId<F> incoming;
    ProtocolId incoming_protocol = 0;
    typename F::Address upstream{};
    RouteUsed<F> route;
    Centiseconds up_time{};
    Centiseconds expiry_time{};
    std::uint64_t packets = 0;  ///< accepted
    std::uint64_t octets = 0;
    std::uint64_t wrong_interface = 0;
    std::uint64_t queue_overflow = 0;  ///< packets that found no room to wait for the entry
    std::uint64_t uninitialised = 0;   ///< arrivals reported while the entry was being made
    std::uint64_t negative_hits = 0;
    std::uint64_t discards = 0;              ///< copies not sent, over all outgoing interfaces
    std::uint64_t header_errors = 0;         ///< TTL expired
    std::uint64_t total_out = 0;             ///< copies sent, over all outgoing interfaces
    std::vector<OutgoingStats<F>> outgoing;  ///< ascending
    friend bool operator==(const MfeStats&, const MfeStats&) = default;
};

/// Octets that a record takes in a buffer of the documented API; with IPv6 each address takes 16.
template <class F>
constexpr std::size_t mfe_octets(std::size_t outgoing) {
    constexpr std::size_t wider = sizeof(typename F::Address) - 4;
    return 60 + 6 * wider + outgoing * (16 + wider);
}
/// Which of the two documented statistics structures a caller has room for.
enum class StatsForm : std::uint8_t {
    basic,     ///< MGM_MFE_STATS_0
    extended,  ///< MGM_MFE_STATS_1
};
template <class F>
constexpr std::size_t mfe_stats_octets(std::size_t outgoing, StatsForm form = StatsForm::extended) {
    constexpr std::size_t wider = sizeof(typename F::Address) - 4;
    return (form == StatsForm::basic ? 64 : 84) + 6 * wider + outgoing * (28 + wider);
}
/// Of one item of a group enumeration: source, source mask, group, group mask.
template <class F>
constexpr std::size_t source_group_octets() {
    return 4 * sizeof(typename F::Address);
}

/// A page of a retrieval: as many whole records as fit. `more` is the documented ERROR_MORE_DATA;
/// otherwise it is ERROR_NO_MORE_ITEMS, and there still are 0 .. n records.
template <class Record>
struct Page {
    bool more = false;
    std::vector<Record> records;
    Errc status() const { return more ? Errc::more_data : Errc::no_more_items; }
};

enum class EnumerationType : std::uint8_t {
    any_source = 0,   ///< each joined group once, source zero
    all_sources = 1,  ///< each (source, group) once, wildcards as zero
};

/// One outgoing interface of an installed route.
template <class F>
struct RouteOutgoing {
    InterfaceId<F> interface;
    std::optional<std::uint8_t> ttl_threshold;  ///< absent: the interface's setting
    std::optional<MacAddress> next_hop_mac;     ///< absent: the interface's, else the group's
};

/// A route that a client installs itself: static mroutes, bidirectional trees, proxies, mirrors.
template <class F>
struct InstalledRoute {
    SourceGroup<F> key;
    /// Where packets may arrive: interfaces that the client owns. Ignored when `accept_any`. With
    /// Action::drop it may be empty: packets are dropped wherever they arrive.
    std::vector<InterfaceId<F>> accept;
    /// Every interface that the client owns, at any time.
    bool accept_any = false;
    std::vector<RouteOutgoing<F>> outgoing;  ///< any configured interfaces, unique
    Action action = Action::forward;
    Signals signals;

    bool drops_everywhere() const {
        return action == Action::drop && accept.empty() && !accept_any;
    }
};

/// What an installed route's Signals report.
enum class SignalKind : std::uint8_t {
    arrival,    ///< a packet came in on a watched interface
    threshold,  ///< the packets or octets of an interval crossed the threshold
};

/// A membership as an operator sees it.
template <class F>
struct MembershipRecord {
    SourceGroup<F> key;
    InterfaceId<F> interface;
    bool by_owner = false;
    bool by_igmp = false;
    bool inactive = false;  ///< a boundary of the interface covers the whole group range
    std::vector<typename F::Address> exclude;  ///< ascending
};

/// A registered client as an operator sees it.
template <class F>
struct ClientRecord {
    ProtocolName name;
    std::vector<InterfaceId<F>>
        interfaces;  ///< that it owns or, for IGMP, is enabled on; ascending
};

/// How full MGM is, and what its limits refused since it started.
struct Usage {
    std::uint64_t entries = 0;  ///< made by data, negative ones included
    std::uint64_t negative_entries = 0;
    std::uint64_t installed_routes = 0;
    std::uint64_t memberships = 0;  ///< (key, interface) pairs
    std::uint64_t refused_memberships = 0;
    std::uint64_t refused_entries = 0;  ///< no-entry events and install_route calls
    std::uint64_t replaced_negatives = 0;
    std::uint64_t refused_changes = 0;  ///< by the forwarding table; tried again
    /// Decisions to leave an interface out of an entry that has kMaxOutgoing of them.
    std::uint64_t refused_outgoing = 0;
};

}  // namespace mgmd::mgm
