// SPDX-License-Identifier: Apache-2.0
#include "control/membership/wire/ip_packet.hpp"

#include <array>

#include "common/checksum.hpp"
#include "common/wire_reader.hpp"
#include "control/membership/wire/writer.hpp"

namespace mgmd::membership::wire {
namespace {

constexpr std::uint8_t kInternetworkControl = 0xc0;  // CS6 (RFC 9776 4)

/// How a family lists options: type, length, value.
struct OptionForm {
    std::uint8_t router_alert;
    std::uint8_t filler;           ///< an option of a single octet
    std::size_t uncounted;         ///< octets of an option that its length field leaves out
    std::optional<unsigned> last;  ///< the type after which nothing follows
};
constexpr OptionForm kIpv4Options{148, 1, 0, 0};           // RFC 2113 2.1, RFC 791 3.1
constexpr OptionForm kIpv6Options{5, 0, 2, std::nullopt};  // RFC 2711 2.1, RFC 8200 4.2

bool has_router_alert(std::span<const std::uint8_t> options, const OptionForm& form) {
    WireReader reader(options);
    while (const auto type = reader.read<std::uint8_t>()) {
        if (*type == form.filler) {
            continue;
        }
        const auto length = *type == form.last ? std::nullopt : reader.read<std::uint8_t>();
        if (!length || *length + form.uncounted < 2 || !reader.skip(*length + form.uncounted - 2)) {
            return false;
        }
        if (*type == form.router_alert) {
            return true;
        }
    }
    return false;
}

}  // namespace

template <>
std::optional<IpPacket<V4>> open_packet<V4>(std::span<const std::uint8_t> octets) {
    const auto header = WireReader(octets).read<Ipv4Header>();
    if (!header || header->version() != 4 || header->header_length() < sizeof(Ipv4Header) ||
        header->total_length.host() < header->header_length() ||
        header->total_length.host() > octets.size() || header->protocol != IpProtocol::igmp) {
        return std::nullopt;
    }
    const auto options = octets.first(header->header_length()).subspan(sizeof(Ipv4Header));
    return IpPacket<V4>{header->source, header->destination, header->ttl,
                        has_router_alert(options, kIpv4Options),
                        octets.first(header->total_length.host()).subspan(header->header_length())};
}

template <>
std::optional<IpPacket<V6>> open_packet<V6>(std::span<const std::uint8_t> octets) {
    WireReader reader(octets);
    const auto header = reader.read<Ipv6Header>();
    if (!header || header->version() != 6 || header->payload_length.host() > reader.remaining()) {
        return std::nullopt;
    }
    IpPacket<V6> packet{header->source, header->destination, header->hop_limit, false,
                        reader.rest().first(header->payload_length.host())};
    auto next = header->next_header;
    if (next == IpProtocol::hop_by_hop) {
        const auto extension = WireReader(packet.payload).read<HopByHopHeader>();
        if (!extension || extension->length() > packet.payload.size()) {
            return std::nullopt;
        }
        packet.router_alert = has_router_alert(
            packet.payload.first(extension->length()).subspan(sizeof(HopByHopHeader)),
            kIpv6Options);
        packet.payload = packet.payload.subspan(extension->length());
        next = extension->next_header;
    }
    return next == IpProtocol::icmpv6 ? std::optional(packet) : std::nullopt;
}

template <>
std::vector<std::uint8_t> make_packet<V4>(const Ipv4Address& source, const Ipv4Address& destination,
                                          std::span<const std::uint8_t> payload) {
    constexpr std::array<std::uint8_t, 4> kRouterAlert{kIpv4Options.router_alert, 4, 0, 0};
    constexpr std::size_t kLength = sizeof(Ipv4Header) + kRouterAlert.size();
    Ipv4Header header{};
    header.version_ihl = static_cast<std::uint8_t>(0x40 | kLength / 4);
    header.type_of_service = kInternetworkControl;
    header.total_length = be16(static_cast<std::uint16_t>(kLength + payload.size()));
    header.flags_fragment_offset = be16(Ipv4Header::kDontFragment);  // no ID: RFC 6864 4.1
    header.ttl = 1;
    header.protocol = IpProtocol::igmp;
    header.source = source;
    header.destination = destination;
    header.checksum = internet_checksum(as_octets(header), checksum_sum(kRouterAlert));
    return Writer().put(header).put(kRouterAlert).put(payload).take();
}

template <>
std::vector<std::uint8_t> make_packet<V6>(const Ipv6Address& source, const Ipv6Address& destination,
                                          std::span<const std::uint8_t> payload) {
    constexpr std::uint8_t kPadN = 1;
    // Router Alert for MLD (RFC 2711 2.1), and PadN of two octets.
    constexpr std::array<std::uint8_t, 6> kOptions{kIpv6Options.router_alert, 2, 0, 0, kPadN, 0};
    const HopByHopHeader extension{IpProtocol::icmpv6, 0};
    Ipv6Header header{};
    header.version_class_label = be32(6u << 28 | std::uint32_t{kInternetworkControl} << 20);
    header.payload_length = be16(static_cast<std::uint16_t>(extension.length() + payload.size()));
    header.next_header = IpProtocol::hop_by_hop;
    header.hop_limit = 1;
    header.source = source;
    header.destination = destination;
    return Writer().put(header).put(extension).put(kOptions).put(payload).take();
}

template <>
std::uint64_t pseudo_header_sum<V4>(const Ipv4Address&, const Ipv4Address&, std::size_t) {
    return 0;
}

template <>
std::uint64_t pseudo_header_sum<V6>(const Ipv6Address& source, const Ipv6Address& destination,
                                    std::size_t length) {
    const be32 upper_length(static_cast<std::uint32_t>(length));
    const be32 next_header(static_cast<std::uint32_t>(IpProtocol::icmpv6));
    return checksum_sum(source.bytes) + checksum_sum(destination.bytes) +
           checksum_sum(as_octets(upper_length)) + checksum_sum(as_octets(next_header));
}

}  // namespace mgmd::membership::wire
