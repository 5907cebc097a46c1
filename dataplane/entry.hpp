// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "common/forwarding_table.hpp"
#include "common/ids.hpp"
#include "common/ip_address.hpp"
#include "dataplane/packed_key.hpp"

namespace mgmd::dataplane {

/// Position of an entry in the slab, and of its counters in each worker's. 0: no entry.
using EntryIndex = std::uint32_t;
inline constexpr EntryIndex kNoEntry = 0;

/// Position of a block in the table's arena. 0: none (of plans: the empty plan).
using BlockHandle = std::uint32_t;

enum class AcceptKind : std::uint8_t {
    one,  ///< `accept` is the interface; kNoInterface: none at all
    set,  ///< `accept` is the handle of an AcceptBits
    any,
};

/// One bit per interface.
struct AcceptBits {
    std::array<std::uint64_t, kMaxInterfaces / 64> words{};

    void set(InterfaceIndex interface) {
        words[interface / 64] |= std::uint64_t{1} << (interface % 64);
    }
    bool test(InterfaceIndex interface) const {
        return (words[interface / 64] >> (interface % 64) & 1) != 0;
    }
};

/// One version of a forwarding entry: all that a packet without exceptions needs, in one cache
/// line. Written by control before it is published and after its grace period, never between.
template <class F>
struct alignas(64) Entry {
    PackedKey<F> key;
    /// Counts installations in the table: later entries have greater numbers.
    std::uint64_t sequence = 0;
    BlockHandle plan = 0;
    std::uint32_t accept = kNoInterface;  ///< by accept_kind
    BlockHandle signals = 0;              ///< 0: nothing to report
    std::uint16_t lowest_mtu = 0xffff;    ///< of all outgoing: no larger packet is too big
    /// Of all outgoing: with a TTL as received above it no threshold need be looked at.
    std::uint8_t highest_ttl_threshold = 0;
    Action action : 4 = Action::drop;
    AcceptKind accept_kind : 3 = AcceptKind::one;
    /// Some outgoing interface is accepted as well, or a boundary of it may cover the group: not
    /// every packet may leave by it. Otherwise nobody need look.
    bool may_leave_out : 1 = false;
};
static_assert(sizeof(Entry<V4>) == 64 && sizeof(Entry<V6>) == 64);

}  // namespace mgmd::dataplane
