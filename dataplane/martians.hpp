// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>

#include "common/drop_reason.hpp"
#include "common/endian.hpp"
#include "common/mac_address.hpp"
#include "dataplane/arrival_table.hpp"

/// Sources that no multicast data may come from (RFC 1812 5.3.7, RFC 6890 2.2).
namespace mgmd::dataplane {

/// Whether a source may be one of those that `special_source` knows: a look at its first octet.
constexpr bool may_be_special(const Ipv4Address& source) {
    const auto first = source.bytes[0];
    return first == 0 || first == 127 || first == 169 || first >= 224;
}
constexpr bool may_be_special(const Ipv6Address& source) {
    const auto first = source.bytes[0];
    return first == 0 || first >= 0xfe;
}

/// Why an address is no source of data, wherever it arrives; nullopt: it may be one.
constexpr std::optional<DropReason> special_source(const Ipv4Address& source) {
    const auto first = source.bytes[0];
    if (is_multicast(source)) {
        return DropReason::source_multicast;  // RFC 1812 5.3.7
    }
    if (source == Ipv4Address{{255, 255, 255, 255}}) {
        return DropReason::source_broadcast;  // RFC 1812 4.2.2.11
    }
    if (first == 127) {
        return DropReason::source_loopback;  // RFC 1812 4.2.2.11
    }
    if (is_unspecified(source)) {
        return DropReason::source_unspecified;  // RFC 1812 4.2.2.11
    }
    if (first == 0 || first >= 240) {
        return DropReason::source_reserved;  // RFC 1812 4.2.2.11, RFC 1112 4
    }
    if (is_link_local(source)) {
        return DropReason::link_local_source;  // RFC 3927 2.7
    }
    return std::nullopt;
}

constexpr std::optional<DropReason> special_source(const Ipv6Address& source) {
    constexpr Ipv6Address kLoopback{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
    constexpr Prefix<V6> kMapped{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}}, 96};
    if (is_multicast(source)) {
        return DropReason::source_multicast;  // RFC 4291 2.7
    }
    if (is_unspecified(source)) {
        return DropReason::source_unspecified;  // RFC 4291 2.5.2
    }
    if (source == kLoopback) {
        return DropReason::source_loopback;  // RFC 4291 2.5.3
    }
    if (kMapped.contains(source)) {
        return DropReason::source_mapped;  // RFC 6890 2.2.3
    }
    if (is_link_local(source)) {
        return DropReason::link_local_source;  // RFC 4291 2.5.6
    }
    return std::nullopt;
}

/// Why data from `source` that arrived here is dropped; nullopt: it may go on.
template <class F>
[[gnu::always_inline]] inline std::optional<DropReason> check_source(
    const ArrivalTable& arrivals, const Arrival& arrival, const typename F::Address& source) {
    if (may_be_special(source)) [[unlikely]] {
        if (const auto reason = special_source(source)) {
            return reason;
        }
    }
    const auto kind = arrivals.local<F>().find(arrival.table, arrival.index, source);
    if (kind == LocalKind::none) [[likely]] {
        return std::nullopt;
    }
    return kind == LocalKind::own ? DropReason::source_own : DropReason::source_broadcast;
}

/// A MAC address in two words, as a processor loads six octets.
struct MacWords {
    be32 high;
    be16 low;
};
static_assert(sizeof(MacWords) == sizeof(MacAddress));

/// Whether `mac` is multicast_mac(group), without putting that together octet by octet.
constexpr bool is_mac_of(const MacAddress& mac, const Ipv4Address& group) {
    const auto words = std::bit_cast<MacWords>(mac.bytes);
    const auto mapped = std::bit_cast<be32>(group.bytes).host() & 0x007fffff;
    return words.high.host() == (0x01005e00 | mapped >> 16) &&
           words.low.host() == (mapped & 0xffff);
}
constexpr bool is_mac_of(const MacAddress& mac, const Ipv6Address& group) {
    const auto words = std::bit_cast<MacWords>(mac.bytes);
    const auto mapped = std::bit_cast<std::array<be32, 4>>(group.bytes)[3].host();
    return words.high.host() == (0x33330000 | mapped >> 16) &&
           words.low.host() == (mapped & 0xffff);
}

/// A multicast MAC address must be the one the group maps to (RFC 1112 6.4, RFC 2464 7). Multicast
/// to the interface's own address (RFC 6085) or to broadcast (RFC 1122 3.3.6) is taken as well.
template <class Address>
[[gnu::always_inline]] constexpr bool maps_group(const MacAddress& destination,
                                                 const Address& group) {
    return is_mac_of(destination, group) || !is_group_mac(destination) ||
           destination == kBroadcastMac;
}

}  // namespace mgmd::dataplane
