// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/headers.hpp"
#include "common/ip_address.hpp"
#include "common/mac_address.hpp"
#include "tests/support/wire_writer.hpp"

namespace mgmd::test {

/// The station that sends by default.
inline constexpr std::string_view kStationMac = "02:00:00:00:00:99";

/// IGMPv3 or MLDv2 group record (RFC 9776 4.2, RFC 9777 5.2).
struct GroupRecord {
    std::uint8_t type = 2;  ///< 1 is_in, 2 is_ex, 3 to_in, 4 to_ex, 5 allow, 6 block
    std::string group;
    std::vector<std::string> sources;
};

/// Builds one frame, layer by layer, correct unless told otherwise: lengths, checksums, next
/// headers and the group's MAC address follow from the rest, and each can be overridden.
///
///     PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").ttl(16).udp(1000, 2000).payload(64)
///
/// Calls may come in any order; tags stand in the order they were added, outermost first.
/// Malformed addresses throw std::invalid_argument.
class PacketBuilder {
public:
    PacketBuilder();

    // Ethernet. Without eth(): from kStationMac, to the MAC address of the IP destination.
    PacketBuilder& eth(std::string_view destination, std::string_view source = kStationMac);
    PacketBuilder& vlan(std::uint16_t vid, std::uint8_t priority = 0);  ///< 802.1Q tag
    PacketBuilder& service_vlan(std::uint16_t vid);                     ///< 802.1ad tag
    PacketBuilder& ether_type(std::uint16_t type);  ///< of what follows the tags
    PacketBuilder& trailer(std::size_t count, std::uint8_t fill = 0xee);  ///< after the IP packet
    PacketBuilder& truncate(std::size_t frame_length);                    ///< cut the frame

    // The network layer: one of these.
    PacketBuilder& ipv4(std::string_view source, std::string_view destination);
    PacketBuilder& ipv6(std::string_view source, std::string_view destination);
    template <class F>
    PacketBuilder& ip(std::string_view source, std::string_view destination) {
        return F::family == Family::ipv4 ? ipv4(source, destination) : ipv6(source, destination);
    }
    PacketBuilder& arp(std::string_view sender, std::string_view target);  ///< request
    PacketBuilder& raw(std::uint16_t ether_type, Bytes content);           ///< anything else

    // IP header fields; each only where the family has it.
    PacketBuilder& ttl(std::uint8_t value);  ///< TTL or hop limit
    PacketBuilder& hop_limit(std::uint8_t value) { return ttl(value); }
    PacketBuilder& version(std::uint8_t value);
    PacketBuilder& header_words(std::uint8_t ihl);      ///< IPv4 IHL, in 32-bit words
    PacketBuilder& total_length(std::uint16_t octets);  ///< IPv4 total, IPv6 payload length
    PacketBuilder& checksum(std::uint16_t value);       ///< IPv4 header
    PacketBuilder& identification(std::uint16_t value);
    PacketBuilder& dont_fragment();
    PacketBuilder& fragment(std::uint16_t offset_in_8_octets, bool more);
    PacketBuilder& traffic_class(std::uint8_t value);  ///< or type of service
    PacketBuilder& protocol(std::uint8_t value);       ///< or last next header
    PacketBuilder& options(Bytes bytes);               ///< IPv4, padded with zeros to 4 octets
    PacketBuilder& hop_by_hop(Bytes bytes);            ///< IPv6 options, padded with PadN to 8
    PacketBuilder& hop_by_hop_words(std::uint8_t length_in_8_octets);  ///< its length field
    PacketBuilder& router_alert();  ///< RFC 2113 option or RFC 2711 hop-by-hop option

    // The transport layer: at most one of these.
    PacketBuilder& udp(std::uint16_t source_port, std::uint16_t destination_port);
    /// IGMPv1/2 message or query (RFC 2236 2): 8 octets.
    PacketBuilder& igmp(std::uint8_t type, std::string_view group, std::uint8_t max_response = 0);
    PacketBuilder& igmpv3_report(const std::vector<GroupRecord>& records);
    /// MLDv1 message or query (RFC 2710 3): 24 octets.
    PacketBuilder& mld(std::uint8_t type, std::string_view group, std::uint16_t max_response = 0);
    PacketBuilder& mldv2_report(const std::vector<GroupRecord>& records);
    PacketBuilder& icmpv6(std::uint8_t type, std::uint8_t code, Bytes body);  ///< after checksum
    PacketBuilder& pim(std::uint8_t type);                                    ///< RFC 7761 4.9
    PacketBuilder& transport_checksum(std::uint16_t value);

    /// Octets 0, 1, 2, ... behind the transport header.
    PacketBuilder& payload(std::size_t count);
    PacketBuilder& payload(Bytes bytes);

    /// Lengths of the first mbuf segments; the rest goes into one more. Empty: a single segment.
    PacketBuilder& segments(std::vector<std::size_t> lengths);
    const std::vector<std::size_t>& segments() const { return segments_; }

    /// The frame, without FCS and without padding to 60 octets.
    Bytes bytes() const;
    std::size_t l2_length() const;  ///< octets of Ethernet header and tags
    Bytes network_bytes() const;    ///< from the IP or ARP header on, without trailer

    /// A Python expression for scapy whose raw() is bytes().
    std::string scapy() const;

private:
    enum class Network : std::uint8_t { none, ipv4, ipv6, raw };

    struct Tag {
        EtherType type;
        std::uint16_t tci;
    };
    /// Header bytes with a zero checksum, where that stands, and whether a pseudo-header counts.
    struct Transport {
        std::uint8_t protocol = 255;  ///< reserved (RFC 5237): nothing takes it for its own
        Bytes header;
        std::optional<std::size_t> checksum_at;
        bool pseudo_header = false;
        bool is_udp = false;
    };
    /// Fields that follow from the rest unless set.
    struct Overrides {
        std::optional<MacAddress> destination;
        std::optional<std::uint16_t> ether_type;
        std::optional<std::uint8_t> version;
        std::optional<std::uint8_t> header_words;
        std::optional<std::uint16_t> total_length;
        std::optional<std::uint16_t> checksum;
        std::optional<std::uint8_t> protocol;
        std::optional<std::uint8_t> hop_by_hop_words;
        std::optional<std::uint16_t> transport_checksum;
        std::optional<std::size_t> truncate;
    };

    MacAddress destination_mac() const;
    std::uint16_t network_type() const;
    std::uint8_t last_protocol() const;
    Bytes hop_by_hop_bytes(bool with_header) const;
    Bytes transport_bytes() const;
    Bytes ipv4_bytes() const;
    Bytes ipv6_bytes() const;
    PacketBuilder& transport(Transport transport);
    std::string scapy_link() const;
    std::string scapy_ipv4() const;
    std::string scapy_ipv6() const;
    std::string scapy_transport() const;

    MacAddress source_mac_;
    std::vector<Tag> tags_;
    Network network_ = Network::none;
    std::uint16_t raw_type_ = 0;
    Bytes raw_;
    Ipv4Address source4_, destination4_;
    Ipv6Address source6_, destination6_;
    std::uint8_t ttl_ = 64;
    std::uint8_t traffic_class_ = 0;
    std::uint16_t identification_ = 1;
    std::uint16_t flags_offset_ = 0;
    Bytes options_;
    std::optional<Bytes> hop_by_hop_;
    Transport transport_;
    Bytes payload_;
    Bytes trailer_;
    std::vector<std::size_t> segments_;
    Overrides set_;
};

/// The wire form of hop-by-hop or destination options, padded with Pad1 or PadN to 8n - 2 octets.
Bytes padded_hop_by_hop(Bytes options);

}  // namespace mgmd::test
