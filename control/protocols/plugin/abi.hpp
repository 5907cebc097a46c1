// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <mgmd/plugin_abi.h>
#include <optional>

#include "control/mgm/types.hpp"

/// The types of the C interface by address family, and how its values become MGM's.
namespace mgmd::plugin {

template <class F>
struct Abi;

template <>
struct Abi<V4> {
    using Address = DWORD;
    using Functions = mgmd_mgm;
    using Callbacks = ROUTING_PROTOCOL_CONFIG;
    using IfEntry = MGM_IF_ENTRY;
    using RpfRoute = mgmd_rpf_route;
    using Route = mgmd_route;
    using SourceGroup = SOURCE_GROUP_ENTRY;
    using Mfe = MIB_IPMCAST_MFE;
    using Oif = MIB_IPMCAST_OIF;
    using Stats = MIB_IPMCAST_MFE_STATS;
    using StatsEx = MIB_IPMCAST_MFE_STATS_EX;
    using OifStats = MIB_IPMCAST_OIF_STATS;
};

template <>
struct Abi<V6> {
    using Address = in6_addr;
    using Functions = mgmd_mgm6;
    using Callbacks = ROUTING_PROTOCOL_CONFIG6;
    using IfEntry = MGM_IF_ENTRY6;
    using RpfRoute = mgmd_rpf_route6;
    using Route = mgmd_route6;
    using SourceGroup = SOURCE_GROUP_ENTRY6;
    using Mfe = MIB_IPMCAST_MFE6;
    using Oif = MIB_IPMCAST_OIF6;
    using Stats = MIB_IPMCAST_MFE_STATS6;
    using StatsEx = MIB_IPMCAST_MFE_STATS_EX6;
    using OifStats = MIB_IPMCAST_OIF_STATS6;
};

template <class F>
using AbiAddress = typename Abi<F>::Address;

/// Both are the octets in network byte order.
template <class F>
typename F::Address from_abi(const AbiAddress<F>& address) {
    return std::bit_cast<typename F::Address>(address);
}
template <class F>
AbiAddress<F> to_abi(const typename F::Address& address) {
    return std::bit_cast<AbiAddress<F>>(address);
}

/// The first `length` bits are ones.
template <class F>
typename F::Address mask_of(std::uint8_t length) {
    typename F::Address ones;
    ones.bytes.fill(0xff);
    return masked(ones, length);
}
template <class F>
AbiAddress<F> abi_mask(std::uint8_t length) {
    return to_abi<F>(mask_of<F>(length));
}

/// nullopt: not ones followed by zeros.
template <class F>
std::optional<std::uint8_t> prefix_length(const AbiAddress<F>& mask) {
    int length = 0;
    for (const auto octet : from_abi<F>(mask).bytes) {
        length += std::popcount(octet);
    }
    const auto bits = static_cast<std::uint8_t>(length);
    return mask_of<F>(bits) == from_abi<F>(mask) ? std::optional(bits) : std::nullopt;
}

/// Source and group with their masks; nullopt: masks that don't fit the addresses.
template <class F>
std::optional<mgm::SourceGroup<F>> key_from_abi(const AbiAddress<F>& source,
                                                const AbiAddress<F>& source_mask,
                                                const AbiAddress<F>& group,
                                                const AbiAddress<F>& group_mask) {
    const auto source_bits = prefix_length<F>(source_mask);
    const auto group_bits = prefix_length<F>(group_mask);
    const mgm::SourceGroup<F> key{from_abi<F>(group), from_abi<F>(source), group_bits.value_or(0)};
    const bool source_fits = source_bits == (key.has_source() ? F::address_bits : 0);
    const bool group_fits = group_bits && (*group_bits == 0) == is_unspecified(key.group);
    return source_fits && group_fits ? std::optional(key) : std::nullopt;
}

/// An index that no interface can have becomes none.
template <class F>
mgm::InterfaceId<F> interface_from_abi(DWORD index, const AbiAddress<F>& next_hop) {
    const bool fits = index < kMaxInterfaces;
    return {fits ? static_cast<InterfaceIndex>(index) : kNoInterface, from_abi<F>(next_hop)};
}

}  // namespace mgmd::plugin
