// SPDX-License-Identifier: Apache-2.0
// What a PacketBuilder's layers look like on the wire.
#include <algorithm>
#include <cstddef>

#include "common/checksum.hpp"
#include "tests/support/packet_builder.hpp"

namespace mgmd::test {

MacAddress PacketBuilder::destination_mac() const {
    if (set_.destination) {
        return *set_.destination;
    }
    if (network_ == Network::ipv4 && is_multicast(destination4_)) {
        return multicast_mac(destination4_);
    }
    if (network_ == Network::ipv6 && is_multicast(destination6_)) {
        return multicast_mac(destination6_);
    }
    return kBroadcastMac;
}

std::uint16_t PacketBuilder::network_type() const {
    if (set_.ether_type) {
        return *set_.ether_type;
    }
    switch (network_) {
        case Network::ipv4:
            return V4::ether_type;
        case Network::ipv6:
            return V6::ether_type;
        default:
            return raw_type_;
    }
}

std::uint8_t PacketBuilder::last_protocol() const {
    return set_.protocol.value_or(transport_.protocol);
}

Bytes PacketBuilder::transport_bytes() const {
    Bytes bytes = transport_.header;
    put(bytes, payload_);
    if (transport_.is_udp) {
        set16(bytes, 4, length_of(bytes));
    }
    if (!transport_.checksum_at) {
        return bytes;
    }
    std::uint64_t sum = 0;
    // RFC 7761 4.9: PIM counts a pseudo-header over IPv6 only.
    if (transport_.is_udp || (transport_.pseudo_header && network_ == Network::ipv6)) {
        sum = network_ == Network::ipv4
                  ? checksum_sum(source4_.bytes) + checksum_sum(destination4_.bytes)
                  : checksum_sum(source6_.bytes) + checksum_sum(destination6_.bytes);
        sum += be16(transport_.protocol).raw() + std::uint64_t{be16(length_of(bytes)).raw()};
    }
    auto value = internet_checksum(bytes, sum).host();
    if (transport_.is_udp && value == 0) {
        value = 0xffff;  // RFC 768: zero means none
    }
    set16(bytes, *transport_.checksum_at, set_.transport_checksum.value_or(value));
    return bytes;
}

Bytes PacketBuilder::ipv4_bytes() const {
    const auto transport = transport_bytes();
    const auto words = static_cast<std::uint8_t>((sizeof(Ipv4Header) + options_.size()) / 4);
    const auto total = sizeof(Ipv4Header) + options_.size() + transport.size();
    Bytes bytes;
    put8(bytes, static_cast<std::uint8_t>(set_.version.value_or(4) << 4 |
                                          set_.header_words.value_or(words)));
    put8(bytes, traffic_class_);
    put16(bytes, set_.total_length.value_or(static_cast<std::uint16_t>(total)));
    put16(bytes, identification_);
    put16(bytes, flags_offset_);
    put8(bytes, ttl_);
    put8(bytes, last_protocol());
    put16(bytes, 0);
    put(bytes, source4_.bytes);
    put(bytes, destination4_.bytes);
    put(bytes, options_);
    set16(bytes, offsetof(Ipv4Header, checksum),
          set_.checksum.value_or(internet_checksum(bytes).host()));
    put(bytes, transport);
    return bytes;
}

Bytes PacketBuilder::hop_by_hop_bytes(bool with_header) const {
    Bytes bytes;
    if (hop_by_hop_ && with_header) {
        const auto words = static_cast<std::uint8_t>((hop_by_hop_->size() + 2) / 8 - 1);
        put8(bytes, last_protocol());
        put8(bytes, set_.hop_by_hop_words.value_or(words));
    }
    if (hop_by_hop_) {
        put(bytes, *hop_by_hop_);
    }
    return bytes;
}

Bytes PacketBuilder::ipv6_bytes() const {
    const auto extension = hop_by_hop_bytes(true);
    const auto transport = transport_bytes();
    const auto length = static_cast<std::uint16_t>(extension.size() + transport.size());
    Bytes bytes;
    put16(bytes, static_cast<std::uint16_t>(set_.version.value_or(6) << 12 | traffic_class_ << 4));
    put16(bytes, 0);
    put16(bytes, set_.total_length.value_or(length));
    put8(bytes, hop_by_hop_ ? 0 : last_protocol());
    put8(bytes, ttl_);
    put(bytes, source6_.bytes);
    put(bytes, destination6_.bytes);
    put(bytes, extension);
    put(bytes, transport);
    return bytes;
}

Bytes PacketBuilder::network_bytes() const {
    switch (network_) {
        case Network::ipv4:
            return ipv4_bytes();
        case Network::ipv6:
            return ipv6_bytes();
        default:
            return raw_;
    }
}

std::size_t PacketBuilder::l2_length() const {
    return sizeof(EthernetHeader) + tags_.size() * sizeof(VlanTag);
}

Bytes PacketBuilder::bytes() const {
    Bytes bytes;
    put(bytes, destination_mac().bytes);
    put(bytes, source_mac_.bytes);
    for (const auto& tag : tags_) {
        put16(bytes, static_cast<std::uint16_t>(tag.type));
        put16(bytes, tag.tci);
    }
    put16(bytes, network_type());
    put(bytes, network_bytes());
    put(bytes, trailer_);
    bytes.resize(std::min(bytes.size(), set_.truncate.value_or(bytes.size())));
    return bytes;
}

}  // namespace mgmd::test
