// SPDX-License-Identifier: Apache-2.0
#include "common/checksum.hpp"
#include "control/membership/wire/codec.hpp"
#include "control/membership/wire/floating_code.hpp"
#include "control/membership/wire/ip_packet.hpp"
#include "control/membership/wire/lists.hpp"

namespace mgmd::membership {
namespace {

using namespace wire;
using Body = std::variant<Query<V6>, Report<V6>>;
using Read = tl::expected<Body, Malformed>;

Read read_query(std::span<const std::uint8_t> payload) {
    WireReader reader(payload);
    const auto header = reader.read<MldHeader>();
    if (!header) {
        return tl::make_unexpected(Malformed::query_length);
    }
    // RFC 9777 8.1: 24 octets are MLDv1, 28 or more MLDv2, and anything else nothing.
    const bool second = payload.size() == sizeof(MldHeader);
    if (!second && payload.size() < sizeof(MldHeader) + sizeof(QueryTail)) {
        return tl::make_unexpected(Malformed::query_length);
    }
    Query<V6> query;
    query.generation = second ? Generation::second : Generation::third;
    const auto code = header->max_response_code.host();
    query.max_response = milliseconds(second ? code : LongCode::value(code));
    query.group = header->group;
    if (!query.is_general() && !is_multicast(query.group)) {
        return tl::make_unexpected(Malformed::group);
    }
    if (second) {
        return query;
    }
    return read_query_tail(reader, std::move(query));
}

Read read_old(std::span<const std::uint8_t> payload, RecordType type) {
    const auto header = WireReader(payload).read<MldHeader>();
    if (!header) {
        return tl::make_unexpected(Malformed::truncated);
    }
    if (!is_multicast(header->group)) {
        return tl::make_unexpected(Malformed::group);
    }
    return Report<V6>{Generation::second, {{type, header->group, {}}}};
}

Read read_body(const IpPacket<V6>& ip) {
    if (ip.payload.size() < sizeof(ReportHeader)) {
        return tl::make_unexpected(Malformed::truncated);
    }
    const auto covered = pseudo_header_sum<V6>(ip.source, ip.destination, ip.payload.size());
    if (fold_checksum(covered + checksum_sum(ip.payload)) != 0xffff) {
        return tl::make_unexpected(Malformed::checksum);
    }
    switch (static_cast<MldType>(ip.payload[0])) {
        case MldType::query:
            return read_query(ip.payload);
        case MldType::v1_report:
            return read_old(ip.payload, RecordType::is_ex);
        case MldType::v1_done:
            return read_old(ip.payload, RecordType::to_in);
        case MldType::v2_report: {
            WireReader reader(ip.payload);
            return read_report<V6>(reader);
        }
    }
    return tl::make_unexpected(Malformed::unknown_type);
}

be16 max_response_code(const Query<V6>& query) {
    const auto ticks = static_cast<std::uint64_t>(query.max_response.count());
    return be16(query.generation == Generation::third
                    ? LongCode::code(ticks)
                    : static_cast<std::uint16_t>(std::min<std::uint64_t>(ticks, 0xffff)));
}

Packet<V6> finish(std::vector<std::uint8_t> message, const Ipv6Address& source,
                  const Ipv6Address& destination) {
    const auto checksum =
        internet_checksum(message, pseudo_header_sum<V6>(source, destination, message.size()));
    std::memcpy(message.data() + offsetof(MldHeader, checksum), &checksum, sizeof(checksum));
    return {destination, make_packet<V6>(source, destination, message)};
}

}  // namespace

template <>
tl::expected<Message<V6>, Malformed> decode<V6>(std::span<const std::uint8_t> packet) {
    const auto ip = open_packet<V6>(packet);
    if (!ip) {
        return tl::make_unexpected(Malformed::network_header);
    }
    return read_body(*ip).map([&](Body&& body) {
        return Message<V6>{ip->source, ip->destination, ip->hop_limit, ip->router_alert,
                           std::move(body)};
    });
}

template <>
Packet<V6> encode(const Query<V6>& query, const Ipv6Address& source) {
    Writer writer;
    writer.put(MldHeader{MldType::query, 0, {}, max_response_code(query), {}, query.group});
    if (query.generation == Generation::third) {
        writer.put(query_tail(query));
    }
    return finish(write_sources(writer, query), source,
                  query.is_general() ? all_nodes<V6>() : query.group);
}

template <>
Packet<V6> encode(const Report<V6>& report, const Ipv6Address& source) {
    if (report.generation == Generation::third) {
        return finish(write_report(static_cast<std::uint8_t>(MldType::v2_report), report), source,
                      all_report_routers<V6>());
    }
    const auto& group = report.records.front().group;
    const bool leave = is_leave(report);
    const MldHeader header{leave ? MldType::v1_done : MldType::v1_report, 0, {}, {}, {}, group};
    // RFC 2710 3.7: dones go to all routers, reports to the group itself.
    return finish(Writer().put(header).take(), source, leave ? all_routers<V6>() : group);
}

}  // namespace mgmd::membership
