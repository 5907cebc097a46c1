// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "common/endian.hpp"
#include "common/ip_address.hpp"
#include "common/mac_address.hpp"

/// Header layouts of everything the router reads or writes, each with the proof of its size.
/// They describe bytes: nothing here checks lengths; that is the reader's task (wire_reader.hpp).
namespace mgmd {

enum class EtherType : std::uint16_t {
    ipv4 = 0x0800,
    arp = 0x0806,
    vlan = 0x8100,  // IEEE 802.1Q customer tag
    ipv6 = 0x86dd,
    qinq = 0x88a8,  // IEEE 802.1ad service tag
};

enum class IpProtocol : std::uint8_t {
    hop_by_hop = 0,
    icmp = 1,
    igmp = 2,
    udp = 17,
    icmpv6 = 58,
    pim = 103,
};

struct EthernetHeader {
    MacAddress destination;
    MacAddress source;
    be16 ether_type;
};
static_assert(sizeof(EthernetHeader) == 14 && alignof(EthernetHeader) == 1);

/// What follows the tag's own EtherType (IEEE 802.1Q 9.6): priority and VID, then the next type.
struct VlanTag {
    be16 tci;
    be16 ether_type;

    constexpr std::uint16_t vid() const { return tci.host() & 0x0fff; }
};
static_assert(sizeof(VlanTag) == 4 && alignof(VlanTag) == 1);

/// RFC 791 3.1.
struct Ipv4Header {
    std::uint8_t version_ihl;
    std::uint8_t type_of_service;
    be16 total_length;
    be16 identification;
    be16 flags_fragment_offset;
    std::uint8_t ttl;
    IpProtocol protocol;
    be16 checksum;
    Ipv4Address source;
    Ipv4Address destination;

    static constexpr std::uint16_t kDontFragment = 0x4000;
    static constexpr std::uint16_t kMoreFragments = 0x2000;
    static constexpr std::uint16_t kOffsetMask = 0x1fff;

    constexpr std::uint8_t version() const { return version_ihl >> 4; }
    constexpr std::size_t header_length() const { return (version_ihl & 0x0fu) * 4u; }
};
static_assert(sizeof(Ipv4Header) == 20 && alignof(Ipv4Header) == 1);

/// RFC 8200 3.
struct Ipv6Header {
    be32 version_class_label;
    be16 payload_length;
    IpProtocol next_header;
    std::uint8_t hop_limit;
    Ipv6Address source;
    Ipv6Address destination;

    constexpr std::uint8_t version() const {
        return static_cast<std::uint8_t>(version_class_label.host() >> 28);
    }
};
static_assert(sizeof(Ipv6Header) == 40 && alignof(Ipv6Header) == 1);

/// First two octets of the hop-by-hop options header (RFC 8200 4.3).
struct HopByHopHeader {
    IpProtocol next_header;
    std::uint8_t length_in_8_octets;  ///< not counting the first eight

    constexpr std::size_t length() const { return (length_in_8_octets + 1u) * 8u; }
};
static_assert(sizeof(HopByHopHeader) == 2 && alignof(HopByHopHeader) == 1);

struct UdpHeader {
    be16 source_port;
    be16 destination_port;
    be16 length;
    be16 checksum;
};
static_assert(sizeof(UdpHeader) == 8 && alignof(UdpHeader) == 1);

/// RFC 4443 2.1, with the 32-bit field that Packet Too Big (3.2) uses for the MTU.
struct Icmpv6Header {
    std::uint8_t type;
    std::uint8_t code;
    be16 checksum;
    be32 data;

    static constexpr std::uint8_t kPacketTooBig = 2;
};
static_assert(sizeof(Icmpv6Header) == 8 && alignof(Icmpv6Header) == 1);

/// The IP header of each family: the bridge from `V4`/`V6` to the layouts above.
template <class F>
using IpHeader = std::conditional_t<F::family == Family::ipv4, Ipv4Header, Ipv6Header>;

static_assert(std::is_trivially_copyable_v<Ipv4Header> && std::is_trivially_copyable_v<Ipv6Header>);

}  // namespace mgmd
