// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "control/membership/message.hpp"

/// Octets to messages and back: IGMPv1 (RFC 1112 App. I), IGMPv2 (RFC 2236), IGMPv3 (RFC 9776),
/// MLDv1 (RFC 2710), MLDv2 (RFC 9777). Packets are as they cross the rings, from the IP header on.
/// Control thread.
namespace mgmd::membership {

/// Why octets are no message.
enum class Malformed : std::uint8_t {
    network_header,  ///< not a whole IP packet that carries the protocol
    truncated,       ///< ends inside a header, a record or a list of sources
    checksum,
    query_length,  ///< of no version: RFC 9776 7.1, RFC 9777 8.1
    unknown_type,  ///< RFC 9776 4: ignored; other ICMPv6 never comes here
    group,         ///< not a multicast address where only one makes sense
    count
};

struct MalformedText {
    Malformed reason;
    std::string_view name;
    std::string_view help;
};
inline constexpr std::array<MalformedText, static_cast<std::size_t>(Malformed::count)>
    kMalformedTexts{{
        {Malformed::network_header, "malformed_network_header", "no whole IP packet of this kind"},
        {Malformed::truncated, "malformed_truncated", "ends inside a header, record or list"},
        {Malformed::checksum, "malformed_checksum", "wrong checksum"},
        {Malformed::query_length, "malformed_query_length", "a query as long as no version's"},
        {Malformed::unknown_type, "unknown_type", "message type that nobody has defined"},
        {Malformed::group, "malformed_group", "about a group that is no multicast address"},
    }};

/// Reads one packet. `packet` begins with the IP header; what follows the IP length is ignored.
/// The IPv4 header checksum is not looked at: frames are checked where they are received.
template <class F>
tl::expected<Message<F>, Malformed> decode(std::span<const std::uint8_t> packet);

/// A packet to send, with TTL (hop limit) 1, Router Alert and all checksums.
template <class F>
struct Packet {
    typename F::Address destination{};
    std::vector<std::uint8_t> octets;  ///< from the IP header on
};

/// As a querier: to all nodes, or to the group that is asked about. Times that the version can't
/// express become the greatest it can. Precondition: `query.sources` are few enough for a packet.
template <class F>
Packet<F> encode(const Query<F>& query, const typename F::Address& source);

/// As a host: generation `third` sends all records in one message; the older ones take one record
/// and send it as a report, or as a leave if it is TO_IN({}).
template <class F>
Packet<F> encode(const Report<F>& report, const typename F::Address& source);

/// How many sources a query has room for in a packet of `mtu` octets.
template <class F>
constexpr std::size_t sources_per_query(std::size_t mtu) {
    constexpr std::size_t kHeaders = F::family == Family::ipv4 ? 24 + 12 : 48 + 28;
    return mtu <= kHeaders ? 0 : (mtu - kHeaders) / sizeof(typename F::Address);
}

}  // namespace mgmd::membership
