// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "common/drop_reason.hpp"
#include "common/endian.hpp"
#include "common/mac_address.hpp"
#include "dataplane/arrival_table.hpp"

/// Sources that no multicast data may come from (RFC 1812 5.3.7, RFC 6890 2.2).
namespace mgmd::dataplane {

/// By the first octet of a source: whether it may be one of those that `special_source` knows.
template <class F>
inline constexpr auto kMayBeSpecial = [] {
    std::array<bool, 256> may{};
    for (unsigned first = 0; first < may.size(); ++first) {
        may[first] = F::family == Family::ipv4
                         ? first == 0 || first == 127 || first == 169 || first >= 224
                         : first == 0 || first >= 0xfe;
    }
    return may;
}();

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
    if (kMayBeSpecial<F>[source.bytes[0]]) [[unlikely]] {
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

/// Four octets as a processor loads them.
constexpr std::uint32_t word_of(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return std::bit_cast<std::uint32_t>(std::array{a, b, c, d});
}

/// Whether `mac` is `high` and, behind it, `low`, without putting them together.
[[gnu::always_inline]] inline bool is_mac(const MacAddress& mac, be16 high, std::uint32_t low) {
    be16 mac_high;
    std::uint32_t mac_low;
    std::memcpy(&mac_high, mac.bytes.data(), sizeof(mac_high));
    std::memcpy(&mac_low, mac.bytes.data() + sizeof(mac_high), sizeof(mac_low));
    return mac_low == low && mac_high == high;
}

/// Whether `mac` is multicast_mac(group).
[[gnu::always_inline]] inline bool is_mac_of(const MacAddress& mac, const Ipv4Address& group) {
    const auto mapped = std::bit_cast<std::uint32_t>(group.bytes) & word_of(0, 0x7f, 0xff, 0xff);
    return is_mac(mac, be16{0x0100}, mapped | word_of(0x5e, 0, 0, 0));
}
[[gnu::always_inline]] inline bool is_mac_of(const MacAddress& mac, const Ipv6Address& group) {
    return is_mac(mac, be16{0x3333}, std::bit_cast<std::array<std::uint32_t, 4>>(group.bytes)[3]);
}

/// A multicast MAC address must be the one the group maps to (RFC 1112 6.4, RFC 2464 7). Multicast
/// to the interface's own address (RFC 6085) or to broadcast (RFC 1122 3.3.6) is taken as well.
template <class Address>
[[gnu::always_inline]] inline bool maps_group(const MacAddress& destination, const Address& group) {
    return is_mac_of(destination, group) || !is_group_mac(destination) ||
           destination == kBroadcastMac;
}

}  // namespace mgmd::dataplane
