// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <immintrin.h>
#include <optional>
#include <span>

#include "common/checksum.hpp"
#include "common/drop_reason.hpp"
#include "common/headers.hpp"
#include "dataplane/hop_by_hop.hpp"
#include "dataplane/ipv4_options.hpp"

/// Header checks before anything else trusts the packet (forwarding rules 1.2).
namespace mgmd::dataplane {

/// What the checked IP header says.
template <class F>
struct IpFacts {
    const IpHeader<F>* header = nullptr;
    std::uint16_t ip_length = 0;            ///< of the IP packet; at most what the frame carries
    std::uint16_t header_length = 0;        ///< IPv4 with options; IPv6 with hop-by-hop header
    IpProtocol protocol = IpProtocol::udp;  ///< of what follows those
    bool router_alert = false;              ///< IPv6 only
};

/// The first octet of an IPv4 header without options.
inline constexpr std::uint8_t kVersionWithoutOptions = 0x45;

/// The checksum's sum over an IPv4 header without options, in words of 64 bits and with end-around
/// carry (RFC 1071 2 C).
[[gnu::always_inline]] inline std::uint64_t header_sum(const Ipv4Header& header) {
    unsigned long long first;
    unsigned long long second;
    std::uint32_t last;
    const auto* octets = reinterpret_cast<const std::byte*>(&header);
    std::memcpy(&first, octets, sizeof(first));
    std::memcpy(&second, octets + sizeof(first), sizeof(second));
    std::memcpy(&last, octets + sizeof(first) + sizeof(second), sizeof(last));
    unsigned long long sum = 0;
    auto carry = _addcarry_u64(0, first, second, &sum);
    carry = _addcarry_u64(carry, sum, last, &sum);
    _addcarry_u64(carry, sum, 0, &sum);
    return sum;
}

/// RFC 1812 5.2.2, in its order.
[[gnu::always_inline]] inline std::optional<DropReason> check_header(
    std::span<const std::uint8_t> bytes, IpFacts<V4>& facts) {
    const Ipv4Header& header = *facts.header;
    std::size_t length = sizeof(Ipv4Header);
    if (header.version_ihl != kVersionWithoutOptions) [[unlikely]] {
        length = header.header_length();
        if (header.version() != 4) {
            return DropReason::bad_version;  // RFC 1812 5.2.2 (3)
        }
        if (length < sizeof(Ipv4Header) || length > bytes.size()) {
            return DropReason::bad_header_length;  // RFC 1812 5.2.2 (4)
        }
    }
    // RFC 1812 5.2.2 (2), over the whole header, the checksum included.
    const auto sum =
        length == sizeof(Ipv4Header) ? header_sum(header) : checksum_sum(bytes.first(length));
    if (!checksum_holds(sum)) [[unlikely]] {
        return DropReason::bad_checksum;
    }
    facts.header_length = static_cast<std::uint16_t>(length);
    facts.ip_length = header.total_length.host();
    facts.protocol = header.protocol;
    if (length > sizeof(Ipv4Header)) [[unlikely]] {
        return check_ipv4_options(bytes.subspan(sizeof(Ipv4Header), length - sizeof(Ipv4Header)));
    }
    return std::nullopt;
}

/// RFC 8200 3 and 4.3.
[[gnu::always_inline]] inline std::optional<DropReason> check_header(
    std::span<const std::uint8_t> bytes, IpFacts<V6>& facts) {
    const Ipv6Header& header = *facts.header;
    if (header.version() != 6) [[unlikely]] {
        return DropReason::bad_version;
    }
    const auto length = sizeof(Ipv6Header) + header.payload_length.host();
    if (length > UINT16_MAX) [[unlikely]] {
        return DropReason::bad_total_length;  // what follows counts in 16 bits
    }
    facts.ip_length = static_cast<std::uint16_t>(length);
    facts.header_length = sizeof(Ipv6Header);
    facts.protocol = header.next_header;
    if (header.next_header == IpProtocol::hop_by_hop) [[unlikely]] {
        const auto packet = bytes.first(std::min(bytes.size(), length));
        const auto options = walk_hop_by_hop(packet.subspan(sizeof(Ipv6Header)));
        if (!options) {
            return DropReason::hop_by_hop;
        }
        facts.header_length = static_cast<std::uint16_t>(sizeof(Ipv6Header) + options->length);
        facts.protocol = options->next_header;
        facts.router_alert = options->router_alert;
    }
    return std::nullopt;
}

/// Checks the IP packet that starts at `bytes`, the part of it that is contiguous, in a frame that
/// has `available` octets from there on. nullopt: all is well and `facts` is filled in.
template <class F>
[[gnu::always_inline]] inline std::optional<DropReason> check_ip(
    std::span<const std::uint8_t> bytes, std::size_t available, IpFacts<F>& facts) {
    if (bytes.size() < sizeof(IpHeader<F>)) [[unlikely]] {
        return DropReason::bad_header_length;
    }
    facts.header = reinterpret_cast<const IpHeader<F>*>(bytes.data());
    if (const auto reason = check_header(bytes, facts)) [[unlikely]] {
        return reason;
    }
    // RFC 1812 5.2.2 (5), RFC 8200 3: no longer than what arrived, no shorter than its header.
    if (facts.ip_length > available || facts.ip_length < facts.header_length) [[unlikely]] {
        return DropReason::bad_total_length;
    }
    return std::nullopt;
}

}  // namespace mgmd::dataplane
