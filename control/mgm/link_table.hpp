// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "control/mgm/client_registry.hpp"
#include "control/mgm/types.hpp"

namespace mgmd::mgm {

/// Position of a link in the LinkTable; ascending by InterfaceId.
using Slot = std::uint16_t;
inline constexpr Slot kNoSlot = 0xffff;
/// For a moment: most lists of links are short enough to need no memory of their own.
using SlotList = boost::container::small_vector<Slot, 64>;

/// An interface and who has it.
template <class F>
struct Link {
    InterfaceConfig<F> config;
    ClientIndex owner = kNobody;  ///< the routing protocol
    bool igmp = false;            ///< IGMP is enabled
    LocalMode local = LocalMode::forward;
    bool in_handover = false;             ///< between on_disable_igmp and on_enable_igmp
    std::optional<TimePoint> window_end;  ///< IGMP may still re-add what is stale
    std::uint32_t arrived_entries = 0;    ///< made for packets that arrived here
    std::uint32_t arrived_negatives = 0;  ///< among them
};

/// The configured interfaces (3, 4).
template <class F>
class LinkTable {
public:
    using Address = typename F::Address;

    explicit LinkTable(std::vector<InterfaceConfig<F>> interfaces);

    std::size_t size() const { return links_.size(); }
    Link<F>& operator[](Slot slot) { return links_[slot]; }
    const Link<F>& operator[](Slot slot) const { return links_[slot]; }

    /// kNoSlot: not configured.
    Slot find(const InterfaceId<F>& id) const;
    /// The link that a packet is said to arrive on: workers know the index only. With several links
    /// of an index that is the one without a next hop, else the lowest.
    Slot arrival(InterfaceIndex index) const;
    /// The link towards a next hop: of exactly that one, else as arrival().
    Slot towards(InterfaceIndex index, const Address& next_hop) const;

    /// {} for kNoSlot.
    InterfaceId<F> id(Slot slot) const;
    ClientIndex owner(Slot slot) const { return slot == kNoSlot ? kNobody : links_[slot].owner; }
    /// For whom a membership on the link counts (13): the owner, else IGMP where it is enabled.
    ClientIndex component(Slot slot, ClientIndex igmp) const;
    /// A boundary of the link covers the whole range.
    bool is_bounded(Slot slot, const Address& group, std::uint8_t length = F::address_bits) const;

private:
    std::vector<Link<F>> links_;  // by InterfaceId
    std::array<Slot, kMaxInterfaces> first_of_index_;
};

}  // namespace mgmd::mgm
