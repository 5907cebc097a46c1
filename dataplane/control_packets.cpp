// SPDX-License-Identifier: Apache-2.0
#include "dataplane/control_packets.hpp"

#include <algorithm>

namespace mgmd::dataplane {
namespace {

constexpr std::size_t kIgmpLength = 8;    // RFC 9776 4: no message is shorter
constexpr std::size_t kMldLength = 24;    // RFC 2710 3, RFC 9777 5.1
constexpr std::size_t kMldv2Length = 8;   // RFC 9777 5.2: a report without records
constexpr std::size_t kIcmpv6Length = 4;  // RFC 4443 2.1
constexpr std::size_t kPimLength = 4;     // RFC 7761 4.9

enum class Icmpv6Type : std::uint8_t {
    mld_query = 130,
    mld_report = 131,
    mld_done = 132,
    nd_first = 133,  // router solicitation
    nd_last = 137,   // redirect
    mldv2_report = 143,
};

constexpr Inspection to_control(ControlProtocol protocol) {
    return {Destiny::control, protocol};
}
constexpr Inspection dropped(DropReason reason) {
    return {Destiny::dropped, ControlProtocol::link_local, reason};
}

bool is_mld(Icmpv6Type type) {
    return type == Icmpv6Type::mld_query || type == Icmpv6Type::mld_report ||
           type == Icmpv6Type::mld_done || type == Icmpv6Type::mldv2_report;
}

bool is_neighbour_discovery(Icmpv6Type type) {  // RFC 4861 4
    return type >= Icmpv6Type::nd_first && type <= Icmpv6Type::nd_last;
}

bool on_subnet(const Arrival& arrival, const Ipv4Address& source) {
    return std::any_of(arrival.ipv4_subnets.begin(), arrival.ipv4_subnets.end(),
                       [&](const Prefix<V4>& subnet) { return subnet.contains(source); });
}

Inspection inspect_igmp(const Arrival& arrival, const IpFacts<V4>& facts,
                        std::span<const std::uint8_t> payload) {
    const Ipv4Header& header = *facts.header;
    // Messages fit into any MTU: a fragment is none.
    constexpr std::uint16_t kFragment = Ipv4Header::kMoreFragments | Ipv4Header::kOffsetMask;
    if (payload.size() < kIgmpLength || (header.flags_fragment_offset.host() & kFragment) != 0) {
        return dropped(DropReason::control_malformed);
    }
    if (arrival.check_igmp_ttl && header.ttl != 1) {
        return dropped(DropReason::control_ttl);  // RFC 9776 4: every message has a TTL of 1
    }
    // RFC 9776 4.2.13: a report may come from 0.0.0.0, when the host has no address yet. A query
    // from there is taken too; that it never wins the election is the querier's to see to.
    if (arrival.check_igmp_source && !is_unspecified(header.source) &&
        !on_subnet(arrival, header.source)) {
        return dropped(DropReason::control_source);  // RFC 9776 9.2 (forged reports)
    }
    return to_control(ControlProtocol::igmp);
}

Inspection inspect_mld(Icmpv6Type type, const IpFacts<V6>& facts,
                       std::span<const std::uint8_t> payload) {
    const Ipv6Header& header = *facts.header;
    if (payload.size() < (type == Icmpv6Type::mldv2_report ? kMldv2Length : kMldLength)) {
        return dropped(DropReason::control_malformed);
    }
    // RFC 9777 5: a link-local source, a hop limit of 1, and a Router Alert option.
    if (header.hop_limit != 1) {
        return dropped(DropReason::control_ttl);
    }
    if (!facts.router_alert) {
        return dropped(DropReason::control_router_alert);
    }
    if (is_link_local(header.source)) {
        return to_control(ControlProtocol::mld);
    }
    // RFC 9777 5.2.13: hosts may report from ::, for switches that listen; routers do not.
    return dropped(is_unspecified(header.source) && type != Icmpv6Type::mld_query
                       ? DropReason::control_unspecified_source
                       : DropReason::control_source);
}

/// Of packets to the link or to the router, which never are data.
Inspection addressed(IpProtocol protocol, std::size_t payload, ControlProtocol otherwise) {
    if (protocol != IpProtocol::pim) {
        return to_control(otherwise);
    }
    return payload < kPimLength ? dropped(DropReason::control_malformed)
                                : to_control(ControlProtocol::pim);
}

}  // namespace

template <>
Inspection inspect(const ArrivalTable& arrivals, const Arrival& arrival, const IpFacts<V4>& facts,
                   std::span<const std::uint8_t> payload) {
    const auto& destination = facts.header->destination;
    const bool multicast = is_multicast(destination);
    if (!multicast &&
        arrivals.local<V4>().find(arrival.table, kNoInterface, destination) != LocalKind::own) {
        return {Destiny::other};
    }
    if (facts.protocol == IpProtocol::igmp) {
        return inspect_igmp(arrival, facts, payload);
    }
    // RFC 5771 4: 224.0.0.0/24 is never forwarded. Everything else that is multicast was data.
    return addressed(facts.protocol, payload.size(),
                     multicast ? ControlProtocol::link_local : ControlProtocol::unicast);
}

template <>
Inspection inspect(const ArrivalTable& arrivals, const Arrival& arrival, const IpFacts<V6>& facts,
                   std::span<const std::uint8_t> payload) {
    const auto& destination = facts.header->destination;
    const bool multicast = is_multicast(destination);
    // RFC 4291 2.7: scope 0 is reserved, and scope 1 does not leave its node.
    if (multicast && multicast_scope(destination) < 2) {
        return dropped(DropReason::group_scope);
    }
    const bool link = multicast && is_link_scope_group(destination);
    if (!multicast &&
        arrivals.local<V6>().find(arrival.table, kNoInterface, destination) != LocalKind::own) {
        return {Destiny::other};
    }
    if (facts.protocol == IpProtocol::icmpv6 && payload.size() >= kIcmpv6Length) {
        const auto type = static_cast<Icmpv6Type>(payload[0]);
        if (is_mld(type)) {
            return inspect_mld(type, facts, payload);
        }
        if (is_neighbour_discovery(type) && (link || !multicast)) {
            return to_control(ControlProtocol::nd);
        }
    } else if (facts.protocol == IpProtocol::icmpv6) {
        return dropped(DropReason::control_malformed);
    }
    if (multicast && !link) {
        return {Destiny::data};
    }
    return addressed(facts.protocol, payload.size(),
                     multicast ? ControlProtocol::link_local : ControlProtocol::unicast);
}

}  // namespace mgmd::dataplane
