// SPDX-License-Identifier: Apache-2.0
#include "tests/support/packet_builder.hpp"

#include <numeric>
#include <stdexcept>

namespace mgmd::test {
namespace {

template <class T>
T need(std::optional<T> value, std::string_view text) {
    if (!value) {
        throw std::invalid_argument("malformed address: " + std::string(text));
    }
    return *value;
}

Ipv4Address address4(std::string_view text) {
    return need(parse_address<V4>(text), text);
}
Ipv6Address address6(std::string_view text) {
    return need(parse_address<V6>(text), text);
}

template <class Address, class Parse>
Bytes group_records(const std::vector<GroupRecord>& records, Parse parse) {
    Bytes bytes;
    put16(bytes, 0);
    put16(bytes, static_cast<std::uint16_t>(records.size()));
    for (const auto& record : records) {
        put8(bytes, record.type);
        put8(bytes, 0);
        put16(bytes, static_cast<std::uint16_t>(record.sources.size()));
        put(bytes, parse(record.group).bytes);
        for (const auto& source : record.sources) {
            put(bytes, parse(source).bytes);
        }
    }
    return bytes;
}

}  // namespace

Bytes padded_hop_by_hop(Bytes options) {
    const auto missing = (8 - (options.size() + 2) % 8) % 8;
    if (missing == 1) {
        put8(options, 0);  // Pad1
    } else if (missing > 1) {
        put8(options, 1);  // PadN
        put8(options, static_cast<std::uint8_t>(missing - 2));
        options.insert(options.end(), missing - 2, 0);
    }
    return options;
}

PacketBuilder::PacketBuilder() : source_mac_(need(parse_mac(kStationMac), kStationMac)) {}

PacketBuilder& PacketBuilder::eth(std::string_view destination, std::string_view source) {
    set_.destination = need(parse_mac(destination), destination);
    source_mac_ = need(parse_mac(source), source);
    return *this;
}

PacketBuilder& PacketBuilder::vlan(std::uint16_t vid, std::uint8_t priority) {
    tags_.push_back({EtherType::vlan, static_cast<std::uint16_t>(vid | priority << 13)});
    return *this;
}

PacketBuilder& PacketBuilder::service_vlan(std::uint16_t vid) {
    tags_.push_back({EtherType::qinq, vid});
    return *this;
}

PacketBuilder& PacketBuilder::ether_type(std::uint16_t type) {
    set_.ether_type = type;
    return *this;
}

PacketBuilder& PacketBuilder::trailer(std::size_t count, std::uint8_t fill) {
    trailer_.assign(count, fill);
    return *this;
}

PacketBuilder& PacketBuilder::truncate(std::size_t frame_length) {
    set_.truncate = frame_length;
    return *this;
}

PacketBuilder& PacketBuilder::ipv4(std::string_view source, std::string_view destination) {
    network_ = Network::ipv4;
    source4_ = address4(source);
    destination4_ = address4(destination);
    return *this;
}

PacketBuilder& PacketBuilder::ipv6(std::string_view source, std::string_view destination) {
    network_ = Network::ipv6;
    source6_ = address6(source);
    destination6_ = address6(destination);
    return *this;
}

PacketBuilder& PacketBuilder::arp(std::string_view sender, std::string_view target) {
    Bytes bytes{0, 1, 8, 0, 6, 4, 0, 1};  // Ethernet, IPv4, request (RFC 826)
    put(bytes, source_mac_.bytes);
    put(bytes, address4(sender).bytes);
    put(bytes, MacAddress{}.bytes);
    put(bytes, address4(target).bytes);
    return raw(static_cast<std::uint16_t>(EtherType::arp), std::move(bytes));
}

PacketBuilder& PacketBuilder::raw(std::uint16_t ether_type, Bytes content) {
    network_ = Network::raw;
    raw_type_ = ether_type;
    raw_ = std::move(content);
    return *this;
}

PacketBuilder& PacketBuilder::ttl(std::uint8_t value) {
    ttl_ = value;
    return *this;
}

PacketBuilder& PacketBuilder::version(std::uint8_t value) {
    set_.version = value;
    return *this;
}

PacketBuilder& PacketBuilder::header_words(std::uint8_t ihl) {
    set_.header_words = ihl;
    return *this;
}

PacketBuilder& PacketBuilder::total_length(std::uint16_t octets) {
    set_.total_length = octets;
    return *this;
}

PacketBuilder& PacketBuilder::checksum(std::uint16_t value) {
    set_.checksum = value;
    return *this;
}

PacketBuilder& PacketBuilder::identification(std::uint16_t value) {
    identification_ = value;
    return *this;
}

PacketBuilder& PacketBuilder::dont_fragment() {
    flags_offset_ |= Ipv4Header::kDontFragment;
    return *this;
}

PacketBuilder& PacketBuilder::fragment(std::uint16_t offset_in_8_octets, bool more) {
    flags_offset_ =
        static_cast<std::uint16_t>((flags_offset_ & Ipv4Header::kDontFragment) |
                                   (more ? Ipv4Header::kMoreFragments : 0) | offset_in_8_octets);
    return *this;
}

PacketBuilder& PacketBuilder::traffic_class(std::uint8_t value) {
    traffic_class_ = value;
    return *this;
}

PacketBuilder& PacketBuilder::protocol(std::uint8_t value) {
    set_.protocol = value;
    return *this;
}

PacketBuilder& PacketBuilder::options(Bytes bytes) {
    options_ = std::move(bytes);
    options_.resize((options_.size() + 3) / 4 * 4);
    return *this;
}

PacketBuilder& PacketBuilder::hop_by_hop(Bytes bytes) {
    hop_by_hop_ = padded_hop_by_hop(std::move(bytes));
    return *this;
}

PacketBuilder& PacketBuilder::hop_by_hop_words(std::uint8_t length_in_8_octets) {
    set_.hop_by_hop_words = length_in_8_octets;
    return *this;
}

PacketBuilder& PacketBuilder::router_alert() {
    options({0x94, 4, 0, 0});
    return hop_by_hop({5, 2, 0, 0});
}

PacketBuilder& PacketBuilder::transport(Transport transport) {
    transport_ = std::move(transport);
    return *this;
}

PacketBuilder& PacketBuilder::udp(std::uint16_t source_port, std::uint16_t destination_port) {
    Bytes header;
    put16(header, source_port);
    put16(header, destination_port);
    header.resize(sizeof(UdpHeader));
    return transport({17, std::move(header), 6, true, true});
}

PacketBuilder& PacketBuilder::igmp(std::uint8_t type, std::string_view group,
                                   std::uint8_t max_response) {
    Bytes message{type, max_response, 0, 0};
    put(message, address4(group).bytes);
    return transport({2, std::move(message), 2});
}

PacketBuilder& PacketBuilder::igmpv3_report(const std::vector<GroupRecord>& records) {
    Bytes message{0x22, 0, 0, 0};
    put(message, group_records<Ipv4Address>(records, address4));
    return transport({2, std::move(message), 2});
}

PacketBuilder& PacketBuilder::mld(std::uint8_t type, std::string_view group,
                                  std::uint16_t max_response) {
    Bytes message{type, 0, 0, 0};
    put16(message, max_response);
    put16(message, 0);
    put(message, address6(group).bytes);
    return transport({58, std::move(message), 2, true});
}

PacketBuilder& PacketBuilder::mldv2_report(const std::vector<GroupRecord>& records) {
    Bytes message{143, 0, 0, 0};
    put(message, group_records<Ipv6Address>(records, address6));
    return transport({58, std::move(message), 2, true});
}

PacketBuilder& PacketBuilder::icmpv6(std::uint8_t type, std::uint8_t code, Bytes body) {
    Bytes message{type, code, 0, 0};
    put(message, body);
    return transport({58, std::move(message), 2, true});
}

PacketBuilder& PacketBuilder::pim(std::uint8_t type) {
    return transport({103, {static_cast<std::uint8_t>(0x20 | type), 0, 0, 0}, 2, true});
}

PacketBuilder& PacketBuilder::transport_checksum(std::uint16_t value) {
    set_.transport_checksum = value;
    return *this;
}

PacketBuilder& PacketBuilder::payload(std::size_t count) {
    payload_.resize(count);
    std::iota(payload_.begin(), payload_.end(), std::uint8_t{0});
    return *this;
}

PacketBuilder& PacketBuilder::payload(Bytes bytes) {
    payload_ = std::move(bytes);
    return *this;
}

PacketBuilder& PacketBuilder::segments(std::vector<std::size_t> lengths) {
    segments_ = std::move(lengths);
    return *this;
}

}  // namespace mgmd::test
