// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/tap/packet_text.hpp"

#include <ctime>

#include <fmt/format.h>

#include "common/headers.hpp"
#include "common/wire_reader.hpp"

namespace mgmd::mgmctl {
namespace {

constexpr std::string_view kCut = " (cut)";

std::string protocol_text(IpProtocol protocol) {
    switch (protocol) {
        case IpProtocol::hop_by_hop:
            return "hop-by-hop options";
        case IpProtocol::icmp:
            return "ICMP";
        case IpProtocol::igmp:
            return "IGMP";
        case IpProtocol::udp:
            return "UDP";
        case IpProtocol::icmpv6:
            return "ICMPv6";
        case IpProtocol::pim:
            return "PIM";
    }
    return fmt::format("protocol {}", static_cast<unsigned>(protocol));
}

/// "UDP 5000 > 5001", "ICMPv6", behind a hop-by-hop header as well.
std::string payload_text(WireReader& reader, IpProtocol protocol) {
    if (protocol == IpProtocol::hop_by_hop) {
        const auto header = reader.read<HopByHopHeader>();
        if (!header || !reader.skip(header->length() - sizeof *header)) {
            return protocol_text(protocol) + std::string(kCut);
        }
        protocol = header->next_header;
    }
    const auto udp = protocol == IpProtocol::udp ? reader.read<UdpHeader>() : std::nullopt;
    return protocol_text(protocol) +
           (udp ? fmt::format(" {} > {}", udp->source_port.host(), udp->destination_port.host())
                : std::string());
}

std::string flow_text(const auto& header, const std::string& payload, unsigned hops) {
    return fmt::format("{} > {}, {}, TTL {}", to_string(header.source),
                       to_string(header.destination), payload, hops);
}

std::string ipv4_text(WireReader& reader) {
    const auto header = reader.read<Ipv4Header>();
    if (!header) {
        return "IPv4" + std::string(kCut);
    }
    const auto options = header->header_length() < sizeof *header
                             ? std::size_t{0}
                             : header->header_length() - sizeof *header;
    const bool is_first = (header->flags_fragment_offset.host() & Ipv4Header::kOffsetMask) == 0;
    const bool has_payload = reader.skip(options) && is_first;
    return flow_text(
        *header,
        has_payload ? payload_text(reader, header->protocol) : protocol_text(header->protocol),
        header->ttl);
}

std::string ipv6_text(WireReader& reader) {
    const auto header = reader.read<Ipv6Header>();
    if (!header) {
        return "IPv6" + std::string(kCut);
    }
    return flow_text(*header, payload_text(reader, header->next_header), header->hop_limit);
}

bool is_tag(std::uint16_t type) {
    return type == static_cast<std::uint16_t>(EtherType::vlan) ||
           type == static_cast<std::uint16_t>(EtherType::qinq);
}

int digit_of(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string packet_text(std::span<const std::uint8_t> frame) {
    WireReader reader(frame);
    const auto ethernet = reader.read<EthernetHeader>();
    if (!ethernet) {
        return fmt::format("{} octets{}", frame.size(), kCut);
    }
    auto type = ethernet->ether_type.host();
    std::string tags;
    while (is_tag(type)) {
        const auto tag = reader.read<VlanTag>();
        if (!tag) {
            return "VLAN" + std::string(kCut);
        }
        tags += fmt::format("VLAN {}, ", tag->vid());
        type = tag->ether_type.host();
    }
    switch (static_cast<EtherType>(type)) {
        case EtherType::ipv4:
            return tags + ipv4_text(reader);
        case EtherType::ipv6:
            return tags + ipv6_text(reader);
        case EtherType::arp:
            return tags + "ARP";
        default:
            return tags + fmt::format("EtherType {:#06x}", type);
    }
}

std::string time_text(std::int64_t time_ns) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const std::time_t seconds = time_ns / kSecond;
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return fmt::format("{:02}:{:02}:{:02}.{:09}", parts.tm_hour, parts.tm_min, parts.tm_sec,
                       time_ns % kSecond);
}

std::optional<std::vector<std::uint8_t>> from_hexadecimal(std::string_view text) {
    std::vector<std::uint8_t> octets;
    octets.reserve(text.size() / 2);
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const int high = digit_of(text[i]);
        const int low = digit_of(text[i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        octets.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return text.size() % 2 == 0 ? std::optional(std::move(octets)) : std::nullopt;
}

}  // namespace mgmd::mgmctl
