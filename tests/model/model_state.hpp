// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/clock.hpp"
#include "common/ip_address.hpp"
#include "control/mgm/protocol_client.hpp"
#include "control/mgm/types.hpp"
#include "control/rib.hpp"

/// What the executable model of the Multicast Group Manager remembers: what callers said and what
/// packets showed. Everything that follows from it is computed anew whenever it is needed, so that
/// nothing can be out of date.
namespace mgmd::mgm::model {

/// The n-th registration ever made; also the order of registration. Never used again.
using ClientId = std::uint32_t;

template <class F>
struct Client {
    ProtocolName name;
    ProtocolClient<F>* callbacks = nullptr;
    int changing_ownership = 0;  ///< takes and releases of it that are under way
};

/// An interface.
template <class F>
struct Link {
    InterfaceConfig<F> config;
    std::optional<ClientId> owner;  ///< a routing protocol
    LocalMode local = LocalMode::forward;
    bool igmp_enabled = false;
    bool handing_over = false;              ///< between on_disable_igmp and on_enable_igmp
    std::optional<TimePoint> window_until;  ///< stale memberships are kept until then
};

/// A membership of IGMP.
template <class F>
struct LocalMember {
    bool stale = false;  ///< not yet added again in the present hand-over window
    bool held = false;   ///< was there when the window opened: counts until it closes
    std::set<typename F::Address> exclude;
};

/// An (S,G) entry made by data.
template <class F>
struct Entry {
    SourceGroup<F> key;
    InterfaceId<F> arrival;  ///< of the packet that it was first made for
    InterfaceId<F> incoming;
    typename F::Address upstream{};
    RouteUsed<F> route;
    std::optional<Route<F>> looked_up;      ///< the route that the default came from
    std::map<InterfaceId<F>, bool> forced;  ///< true: forward-added; false: vetoed
    std::set<InterfaceId<F>> outgoing;      ///< as last settled
    bool negative = false;
    bool published = false;
    std::uint64_t life = 0;  ///< the n-th turn of any entry to active or negative
    TimePoint made;
    TimePoint since;             ///< active: idle since then at the latest; negative: since when
    TimePoint next_reading;      ///< active only
    std::uint64_t accepted = 0;  ///< at the last reading
    Duration timeout{};
    std::uint64_t uninitialised = 0;
    std::uint64_t queue_overflow = 0;
};

template <class F>
struct Installed {
    InstalledRoute<F> route;
    ClientId client = 0;
    TimePoint made;
};

/// The facts, and the rules of the design page as plain functions of them. Each rule looks at
/// everything there is: slow and obvious. Numbers are clauses of "The Multicast Group Manager".
template <class F>
struct State {
    using Key = SourceGroup<F>;
    using Interface = InterfaceId<F>;
    using Member = std::pair<Key, Interface>;

    std::map<ClientId, Client<F>> clients;  ///< the registered ones
    std::map<Interface, Link<F>> links;
    std::set<Member> owned;                  ///< memberships of the owners of the interfaces
    std::map<Member, LocalMember<F>> local;  ///< IGMP's
    std::map<Key, Entry<F>> entries;
    std::map<Key, Installed<F>> installed;

    /// What a membership, and what an entry, may be about (9).
    static bool is_valid(const Key& key);
    static bool may_have_entry(const Key& key);

    /// IGMP (MLD), if it is registered (2).
    std::optional<ClientId> igmp() const;
    /// The routing protocol that has taken the interface.
    std::optional<ClientId> owner_of(const Interface& interface) const;
    /// Whose wish a membership on the interface is (13).
    std::optional<ClientId> component_on(const Interface& interface) const;

    /// The interface that `route` leads to; none without a route. Links of a point-to-multipoint
    /// interface are told apart by the next hop.
    Interface towards(const std::optional<Route<F>>& route) const;
    /// The interface that a worker means by its index.
    Interface link_of(InterfaceIndex index) const;

    /// Does a boundary of the interface cover all groups of the key (15)?
    bool is_bounded(const Interface& interface, const Key& key) const;
    /// N(key): the components with a membership of exactly that key.
    std::set<ClientId> components_wanting(const Key& key) const;
    /// wanted(X, key): somebody else has a membership of exactly that key.
    bool is_wanted(ClientId client, const Key& key) const;
    /// Keys of all memberships, stale ones included.
    std::set<Key> membership_keys() const;

    /// Does IGMP or the owner of the interface ask for the flow there (14, 15)?
    bool is_asked_for(const Interface& interface, const Key& flow) const;
    /// The outgoing list of an (S,G) entry (15); empty without an incoming interface.
    std::set<Interface> outgoing_list(const Entry<F>& entry) const;

    /// The installed route that a packet meets (28); nullptr: none.
    const Installed<F>* installed_for(const Key& flow, InterfaceIndex arrival) const;
    /// Where packets of an installed route may arrive.
    std::set<Interface> accepted_links(const Installed<F>& route) const;
};

}  // namespace mgmd::mgm::model
