// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "control/mgm/types.hpp"

/// What MGM makes of a flow, or would if its first packet came now: for operators. Control thread.
namespace mgmd::mgm {

/// What keeps a link out of an entry's outgoing list, however much the flow is wanted there (15).
enum class OutgoingBar : std::uint8_t {
    no_incoming,  ///< the entry has no incoming interface: nobody knows where the source is
    incoming,     ///< the link is where the entry's packets come from
    vetoed,       ///< by its component: a forward-delete, or the answer to a creation alert
    boundary,     ///< of the link, covers the group
};

/// A link, and the flow.
template <class F>
struct LinkOutlook {
    InterfaceId<F> interface;
    bool listed = false;  ///< in the outgoing list
    bool wanted = false;  ///< by a membership that counts, and asks for this source
    bool forced = false;  ///< by a forward-add
    std::optional<OutgoingBar> bar;
    std::optional<ProtocolName> owner;  ///< the routing protocol; nullopt: nobody
    bool igmp = false;                  ///< IGMP (MLD) is enabled
    LocalMode local = LocalMode::forward;
    /// All that cover the flow, whether they count or not; the most specific first.
    std::vector<MembershipRecord<F>> memberships;
};

template <class F>
struct FlowOutlook {
    bool exists = false;     ///< data has made the entry already
    bool installed = false;  ///< a client has installed a route, which comes first
    /// Where its packets have to arrive. Without an entry: by the route, before the owner of that
    /// interface (without a route: of the arrival interface) is asked, who may choose another.
    InterfaceId<F> incoming;
    typename F::Address upstream{};     ///< unspecified: connected, or unknown
    RouteUsed<F> route;                 ///< protocol 0: none
    std::optional<ProtocolName> owner;  ///< who is asked
    std::vector<LinkOutlook<F>> links;  ///< of all interfaces, ascending
};

}  // namespace mgmd::mgm
