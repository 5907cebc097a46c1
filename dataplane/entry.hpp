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

namespace mgmd::dataplane {

/// Position of an entry in the slab, and of its counters in each worker's. 0: no entry.
using EntryIndex = std::uint32_t;
inline constexpr EntryIndex kNoEntry = 0;

/// Position of a block in the table's arena. 0: none (of plans: the empty plan).
using BlockHandle = std::uint32_t;

/// A RouteKey as words that compare and hash quickly.
template <class F>
struct PackedKey {
    static constexpr std::size_t kAddressWords = F::address_bits * 2 / 64;
    static_assert(kNoInterface == 0);  // the arrival of most keys

    std::array<std::uint64_t, kAddressWords + 1> words;

    static PackedKey from(TableId table, const typename F::Address& source,
                          const typename F::Address& group, std::uint8_t group_length,
                          InterfaceIndex arrival) {
        PackedKey key;
        auto* octets = reinterpret_cast<std::byte*>(key.words.data());
        std::memcpy(octets, source.bytes.data(), sizeof source);
        std::memcpy(octets + sizeof source, group.bytes.data(), sizeof group);
        key.words[kAddressWords] =
            table | std::uint64_t{arrival} << 16 | std::uint64_t{group_length} << 32;
        return key;
    }
    static PackedKey from(const RouteKey<F>& key) {
        return from(key.table, key.source, key.group, key.group_length, key.arrival);
    }
    /// That of a flow's (S,G) entry. Source and group stand one behind the other in both.
    static PackedKey from(const FlowKey<F>& flow) {
        constexpr auto kSource = offsetof(FlowKey<F>, source);
        static_assert(offsetof(FlowKey<F>, group) == kSource + sizeof flow.source);
        PackedKey key;
        std::memcpy(key.words.data(), reinterpret_cast<const std::byte*>(&flow) + kSource,
                    kAddressWords * sizeof key.words[0]);
        key.words[kAddressWords] = flow.table | std::uint64_t{F::address_bits} << 32;
        return key;
    }
    RouteKey<F> unpack() const {
        RouteKey<F> key;
        const auto* octets = reinterpret_cast<const std::byte*>(words.data());
        std::memcpy(key.source.bytes.data(), octets, sizeof key.source);
        std::memcpy(key.group.bytes.data(), octets + sizeof key.source, sizeof key.group);
        const std::uint64_t rest = words[kAddressWords];
        key.table = static_cast<TableId>(rest);
        key.arrival = static_cast<InterfaceIndex>(rest >> 16);
        key.group_length = static_cast<std::uint8_t>(rest >> 32);
        return key;
    }

    /// Without a branch or a call: most comparisons succeed.
    friend bool operator==(const PackedKey& a, const PackedKey& b) {
        std::uint64_t difference = 0;
        for (std::size_t i = 0; i < a.words.size(); ++i) {
            difference |= a.words[i] ^ b.words[i];
        }
        return difference == 0;
    }
};

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
    /// Some outgoing interface is accepted as well, or has boundaries: not every packet may leave
    /// by it. Otherwise nobody need look.
    bool may_leave_out : 1 = false;
};
static_assert(sizeof(Entry<V4>) == 64 && sizeof(Entry<V6>) == 64);

}  // namespace mgmd::dataplane
