// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/headers.hpp"

/// The IP packet around a message.
namespace mgmd::membership::wire {

/// What of the IP header matters.
template <class F>
struct IpPacket {
    typename F::Address source{};
    typename F::Address destination{};
    std::uint8_t hop_limit = 0;
    bool router_alert = false;
    std::span<const std::uint8_t> payload;
};

/// nullopt: no whole packet of IGMP (IPv4) or ICMPv6 (IPv6, after at most a hop-by-hop header).
template <class F>
std::optional<IpPacket<F>> open_packet(std::span<const std::uint8_t> octets);

/// TTL or hop limit 1, Router Alert, DSCP CS6 (RFC 9776 4). Precondition: the payload fits.
template <class F>
std::vector<std::uint8_t> make_packet(const typename F::Address& source,
                                      const typename F::Address& destination,
                                      std::span<const std::uint8_t> payload);

/// What the checksum of the payload covers beside the payload: for IPv6 the pseudo-header
/// (RFC 8200 8.1), for IPv4 nothing.
template <class F>
std::uint64_t pseudo_header_sum(const typename F::Address& source,
                                const typename F::Address& destination, std::size_t length);

}  // namespace mgmd::membership::wire
