// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "common/checksum.hpp"
#include "common/headers.hpp"
#include "control/ctl/handlers/explain_steps.hpp"

namespace mgmd::ctl {
namespace {

static_assert(PacketOctets::kMostOctets == ArrivingFrame::kMostOctets);

constexpr std::uint8_t kTtl = 64;
constexpr std::uint32_t kLength = 200;
/// A station's that nobody has: locally administered (IEEE 802 8.4).
constexpr MacAddress kSenderMac{{0x02, 0, 0x5e, 0, 0x53, 1}};

/// What is put together octet by octet.
class FrameWriter {
public:
    template <class Header>
    void add(const Header& header) {
        const auto* octets = reinterpret_cast<const std::uint8_t*>(&header);
        octets_.insert(octets_.end(), octets, octets + sizeof(header));
    }
    std::vector<std::uint8_t> take() { return std::move(octets_); }

private:
    std::vector<std::uint8_t> octets_;
};

be16 ether_type(EtherType type) {
    return be16{static_cast<std::uint16_t>(type)};
}

/// Up to what stands behind the tags, which is of type `type`.
void add_link_header(FrameWriter& frame, const InterfaceSettings& in, const MacAddress& destination,
                     std::uint16_t type) {
    const auto outermost = in.outer_vlan != 0 ? ether_type(EtherType::qinq)
                           : in.vlan != 0     ? ether_type(EtherType::vlan)
                                              : be16{type};
    frame.add(EthernetHeader{destination, kSenderMac, outermost});
    if (in.outer_vlan != 0) {
        frame.add(VlanTag{be16{in.outer_vlan}, ether_type(EtherType::vlan)});
    }
    if (in.vlan != 0) {
        frame.add(VlanTag{be16{in.vlan}, be16{type}});
    }
}

Ipv4Header ip_header(const Ipv4Address& source, const Ipv4Address& group, std::uint8_t ttl,
                     std::uint16_t length) {
    Ipv4Header header{};
    header.version_ihl = 0x45;
    header.total_length = be16{length};
    header.ttl = ttl;
    header.protocol = IpProtocol::udp;
    header.source = source;
    header.destination = group;
    header.checksum =
        internet_checksum({reinterpret_cast<const std::uint8_t*>(&header), sizeof(header)});
    return header;
}

Ipv6Header ip_header(const Ipv6Address& source, const Ipv6Address& group, std::uint8_t ttl,
                     std::uint16_t length) {
    Ipv6Header header{};
    header.version_class_label = be32{6u << 28};
    header.payload_length = be16{static_cast<std::uint16_t>(length - sizeof(header))};
    header.next_header = IpProtocol::udp;
    header.hop_limit = ttl;
    header.source = source;
    header.destination = group;
    return header;
}

std::string tags_text(const InterfaceSettings& in) {
    return in.outer_vlan != 0 ? fmt::format("VLAN {} in {}", in.vlan, in.outer_vlan)
           : in.vlan != 0     ? fmt::format("VLAN {}", in.vlan)
                              : "untagged";
}

/// A packet made up, and what it is for a person.
struct Probe {
    PacketOctets frame;
    std::string text;
};

/// A UDP packet to the group, as a host on the interface would send it.
template <class F>
Outcome<Probe> probe(const InterfaceSettings& in, const Arguments& arguments,
                     const typename F::Address& source, const typename F::Address& group) {
    constexpr std::uint32_t kHeaders = sizeof(IpHeader<F>) + sizeof(UdpHeader);
    const auto length = arguments.number("length").value_or(kLength);
    const auto ttl = static_cast<std::uint8_t>(arguments.number("ttl").value_or(kTtl));
    if (length < kHeaders) {
        return refuse(Refused::invalid_argument,
                      fmt::format("length: {} must be at least {}, the headers of IP and UDP",
                                  length, kHeaders));
    }
    FrameWriter writer;
    add_link_header(writer, in, multicast_mac(group), F::ether_type);
    writer.add(ip_header(source, group, ttl, static_cast<std::uint16_t>(length)));
    Probe made;
    made.frame.octets = writer.take();
    made.frame.length = static_cast<std::uint32_t>(made.frame.octets.size() - sizeof(IpHeader<F>)) +
                        std::max<std::uint32_t>(length, 46);  // IEEE 802.3 3.2.7
    made.text =
        fmt::format("{} > {}, UDP, {} {}, {} octets, {}", to_string(source), to_string(group),
                    F::family == Family::ipv4 ? "TTL" : "hop limit", ttl, length, tags_text(in));
    return made;
}

Outcome<Probe> probe_of(const InterfaceSettings& in, const Arguments& arguments) {
    return std::visit(
        [&]<class F>(const Prefix<F>& group) -> Outcome<Probe> {
            const auto source = arguments.prefix("source");
            const auto* of_family = std::get_if<Prefix<F>>(&*source);
            if (of_family == nullptr) {
                return refuse(Refused::invalid_argument, "source: is not of the group's family");
            }
            return probe<F>(in, arguments, of_family->address, group.address);
        },
        *arguments.prefix("group"));
}

/// One of the two ways to say which packet it is about, and only one.
Outcome<Probe> packet_of(const InterfaceSettings& in, const Arguments& arguments) {
    const bool made_up = arguments.has("source") && arguments.has("group");
    const bool given = arguments.has("packet");
    const bool described = arguments.has("source") || arguments.has("group") ||
                           arguments.has("ttl") || arguments.has("length");
    if (given && described) {
        return refuse(Refused::invalid_argument,
                      "packet: it has its own source, group, ttl and length");
    }
    if (!given && !made_up) {
        return refuse(Refused::invalid_argument,
                      "explain: a source and a group, or a packet, are required");
    }
    if (made_up) {
        return probe_of(in, arguments);
    }
    auto frame = *arguments.packet("packet");
    auto text = fmt::format("a captured frame of {} octets", frame.length);
    return Probe{std::move(frame), std::move(text)};
}

}  // namespace

Outcome<AnswerPtr> explain(Context& context, const Arguments& arguments) {
    const auto in = find_interface(context.settings, *arguments.text("in"));
    if (!in) {
        return tl::make_unexpected(in.error());
    }
    const auto out_name = arguments.text("out");
    const auto out = out_name ? find_interface(context.settings, *out_name)
                              : Outcome<const InterfaceSettings*>(nullptr);
    if (!out) {
        return tl::make_unexpected(out.error());
    }
    if (*out != nullptr && (*out)->table != (*in)->table) {
        return refuse(Refused::invalid_argument,
                      fmt::format("out: {} is of table {}, not {}, where packets from {} stay",
                                  (*out)->name, (*out)->table, (*in)->table, (*in)->name));
    }
    auto packet = packet_of(**in, arguments);
    if (!packet) {
        return tl::make_unexpected(std::move(packet.error()));
    }
    auto explanation = context.control.doors().ops.explain(
        {.port = (*in)->port, .octets = packet->frame.octets, .length = packet->frame.length});
    if (!explanation) {
        return refuse(Refused::conflict, explanation.error().message);
    }
    return answer(explain_rows(context, {.in = **in,
                                         .out = *out,
                                         .packet = std::move(packet->text),
                                         .captured = arguments.has("packet"),
                                         .explanation = std::move(*explanation)}));
}

}  // namespace mgmd::ctl
