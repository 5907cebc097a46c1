// SPDX-License-Identifier: Apache-2.0
#include "dataplane/packet_too_big.hpp"

#include <algorithm>
#include <cstring>

#include "common/checksum.hpp"
#include "common/headers.hpp"
#include "dataplane/frame.hpp"
#include "dataplane/rewrite.hpp"
#include "dataplane/transmit.hpp"

namespace mgmd::dataplane {
namespace {

constexpr std::uint32_t kMinIpv6Mtu = 1280;        // RFC 8200 5
constexpr std::uint8_t kHopLimit = 64;             // RFC 1700, as other routers
constexpr std::uint8_t kFirstInformational = 128;  // RFC 4443 2.1

/// Everything in the message but the packet that it is about.
struct Message {
    Ipv6Header ip;
    Icmpv6Header icmp;
};
static_assert(sizeof(Message) == 48);

/// RFC 4443 2.4 (e.1): no error about an error.
bool is_icmpv6_error(const Packet& packet) {
    const auto& ip = *ip_header<V6>(packet.mbuf);
    auto protocol = ip.next_header;
    if (protocol == IpProtocol::hop_by_hop && packet.header_length > sizeof(Ipv6Header)) {
        protocol = rte_pktmbuf_mtod_offset(packet.mbuf, const HopByHopHeader*, sizeof(Ipv6Header))
                       ->next_header;
    }
    if (protocol != IpProtocol::icmpv6 || packet.ip_length <= packet.header_length) {
        return false;
    }
    std::uint8_t type;
    copy_octets(*packet.mbuf, packet.header_length, sizeof(type), &type);
    return type < kFirstInformational;
}

MacAddress sender_of(const Packet& packet) {
    const auto* link = rte_pktmbuf_mtod(packet.mbuf, const EthernetHeader*);
    MacAddress sender;
    std::memcpy(&sender,
                reinterpret_cast<const std::uint8_t*>(link) - packet.l2_length +
                    offsetof(EthernetHeader, source),
                sizeof(sender));
    return sender;
}

/// RFC 4443 2.3: over a pseudo-header (RFC 8200 8.1) and the message.
be16 icmpv6_checksum(const Message& message, std::span<const std::uint8_t> quoted) {
    const auto octets = [](const auto& field) {
        return std::span(reinterpret_cast<const std::uint8_t*>(&field), sizeof(field));
    };
    const struct {
        be32 length;
        be32 next_header;
    } rest{be32{message.ip.payload_length.host()},
           be32{static_cast<std::uint8_t>(IpProtocol::icmpv6)}};
    const auto sum = checksum_sum(octets(message.ip.source)) +
                     checksum_sum(octets(message.ip.destination)) + checksum_sum(octets(rest)) +
                     checksum_sum(octets(message.icmp));
    return internet_checksum(quoted, sum);
}

Message header_of(const Packet& packet, const Ipv6Address& source, std::uint32_t quoted,
                  std::uint16_t mtu) {
    Message message{};
    message.ip.version_class_label = be32{6u << 28};
    message.ip.payload_length = be16{static_cast<std::uint16_t>(sizeof(Icmpv6Header) + quoted)};
    message.ip.next_header = IpProtocol::icmpv6;
    message.ip.hop_limit = kHopLimit;
    message.ip.source = source;
    message.ip.destination = ip_header<V6>(packet.mbuf)->source;
    message.icmp.type = Icmpv6Header::kPacketTooBig;
    // RFC 8201 4: a node discards what tells it of less than the minimum.
    message.icmp.data = be32{std::max<std::uint32_t>(mtu, kMinIpv6Mtu)};
    return message;
}

/// The message without link header. `mbuf`: an empty buffer.
void write(rte_mbuf& mbuf, const Packet& packet, const Ipv6Address& source, std::uint16_t mtu) {
    // RFC 4443 3.2: as much of the packet as fits without exceeding the minimum IPv6 MTU.
    const auto quoted = std::min<std::uint32_t>(packet.ip_length, kMinIpv6Mtu - sizeof(Message));
    auto* to = rte_pktmbuf_mtod(&mbuf, std::uint8_t*);
    auto* quote = to + sizeof(Message);
    copy_octets(*packet.mbuf, 0, quoted, quote);
    reinterpret_cast<Ipv6Header*>(quote)->hop_limit = packet.ttl;  // as it was received
    Message message = header_of(packet, source, quoted, mtu);
    message.icmp.checksum = icmpv6_checksum(message, {quote, quoted});
    std::memcpy(to, &message, sizeof(message));
    set_packet_length(mbuf, sizeof(Message) + quoted);
}

}  // namespace

void packet_too_big(WorkerContext& ctx, const Packet& packet, std::uint16_t mtu) {
    const auto& interface = (*ctx.interfaces)[packet.interface];
    const auto sender = sender_of(packet);
    const bool may_be_sent = !is_unspecified(interface.icmpv6_source) && !is_group_mac(sender) &&
                             !is_icmpv6_error(packet) && ctx.packet_too_big.take(ctx.now);
    rte_mbuf* mbuf = may_be_sent ? rte_pktmbuf_alloc(ctx.pools.packets) : nullptr;
    if (mbuf == nullptr) {
        ctx.counters->packet_too_big_suppressed.add();
        return;
    }
    write(*mbuf, packet, interface.icmpv6_source, mtu);
    FrameHeader(interface, sender, V6::ether_type).write(*mbuf);
    const TxOwner owner{TxOwner::kNoOwner, packet.interface, Family::ipv6};
    transmit(ctx, interface.port, owner, {&mbuf, 1}, mbuf->pkt_len);
    ctx.counters->packet_too_big_sent.add();
}

}  // namespace mgmd::dataplane
