// SPDX-License-Identifier: Apache-2.0
#include "common/checksum.hpp"
#include "control/membership/wire/codec.hpp"
#include "control/membership/wire/floating_code.hpp"
#include "control/membership/wire/ip_packet.hpp"
#include "control/membership/wire/lists.hpp"

namespace mgmd::membership {
namespace {

using namespace wire;
using Body = std::variant<Query<V4>, Report<V4>>;
using Read = tl::expected<Body, Malformed>;

constexpr milliseconds kTick{100};                 // RFC 2236 2.2, RFC 9776 4.1.1
constexpr milliseconds kFirstMaxResponse{10'000};  // RFC 9776 7.2.1: IGMPv1 queries say none

milliseconds max_response(Generation generation, std::uint8_t code) {
    switch (generation) {
        case Generation::first:
            return kFirstMaxResponse;
        case Generation::second:
            return code * kTick;
        case Generation::third:
            break;
    }
    return ShortCode::value(code) * kTick;
}

/// RFC 9776 7.1: the length and the Max Resp Code tell the version.
std::optional<Generation> query_generation(std::size_t length, std::uint8_t code) {
    if (length == sizeof(IgmpHeader)) {
        return code == 0 ? Generation::first : Generation::second;
    }
    return length >= sizeof(IgmpHeader) + sizeof(QueryTail) ? std::optional(Generation::third)
                                                            : std::nullopt;
}

Read read_query(std::span<const std::uint8_t> payload) {
    WireReader reader(payload);
    const auto header = *reader.read<IgmpHeader>();
    const auto generation = query_generation(payload.size(), header.max_response_code);
    if (!generation) {
        return tl::make_unexpected(Malformed::query_length);
    }
    Query<V4> query;
    query.generation = *generation;
    query.max_response = max_response(*generation, header.max_response_code);
    // IGMPv1 has general queries only: the field is ignored (RFC 1112 App. I).
    query.group = *generation == Generation::first ? Ipv4Address{} : header.group;
    if (!query.is_general() && !is_multicast(query.group)) {
        return tl::make_unexpected(Malformed::group);
    }
    if (*generation != Generation::third) {
        return query;
    }
    return read_query_tail(reader, std::move(query));
}

Read read_old(const IgmpHeader& header, Generation generation, RecordType type) {
    if (!is_multicast(header.group)) {
        return tl::make_unexpected(Malformed::group);
    }
    return Report<V4>{generation, {{type, header.group, {}}}};
}

Read read_body(std::span<const std::uint8_t> payload) {
    const auto header = WireReader(payload).read<IgmpHeader>();
    if (!header) {
        return tl::make_unexpected(Malformed::truncated);
    }
    if (fold_checksum(checksum_sum(payload)) != 0xffff) {  // over all of it (RFC 9776 4.1.2)
        return tl::make_unexpected(Malformed::checksum);
    }
    switch (header->type) {
        case IgmpType::query:
            return read_query(payload);
        case IgmpType::v1_report:
            return read_old(*header, Generation::first, RecordType::is_ex);
        case IgmpType::v2_report:
            return read_old(*header, Generation::second, RecordType::is_ex);
        case IgmpType::v2_leave:
            return read_old(*header, Generation::second, RecordType::to_in);
        case IgmpType::v3_report: {
            WireReader reader(payload);
            return read_report<V4>(reader);
        }
    }
    return tl::make_unexpected(Malformed::unknown_type);
}

std::uint8_t max_response_code(const Query<V4>& query) {
    const auto ticks = static_cast<std::uint64_t>(query.max_response / kTick);
    switch (query.generation) {
        case Generation::first:
            return 0;
        case Generation::second:
            return static_cast<std::uint8_t>(std::clamp<std::uint64_t>(ticks, 1, 255));
        case Generation::third:
            break;
    }
    return ShortCode::code(ticks);
}

Packet<V4> finish(std::vector<std::uint8_t> message, const Ipv4Address& source,
                  const Ipv4Address& destination) {
    const auto checksum = internet_checksum(message);
    std::memcpy(message.data() + offsetof(IgmpHeader, checksum), &checksum, sizeof(checksum));
    return {destination, make_packet<V4>(source, destination, message)};
}

}  // namespace

template <>
tl::expected<Message<V4>, Malformed> decode<V4>(std::span<const std::uint8_t> packet) {
    const auto ip = open_packet<V4>(packet);
    if (!ip) {
        return tl::make_unexpected(Malformed::network_header);
    }
    return read_body(ip->payload).map([&](Body&& body) {
        return Message<V4>{ip->source, ip->destination, ip->hop_limit, ip->router_alert,
                           std::move(body)};
    });
}

template <>
Packet<V4> encode(const Query<V4>& query, const Ipv4Address& source) {
    Writer writer;
    writer.put(IgmpHeader{IgmpType::query, max_response_code(query), {}, query.group});
    if (query.generation == Generation::third) {
        writer.put(query_tail(query));
    }
    return finish(write_sources(writer, query), source,
                  query.is_general() ? all_nodes<V4>() : query.group);
}

template <>
Packet<V4> encode(const Report<V4>& report, const Ipv4Address& source) {
    if (report.generation == Generation::third) {
        return finish(write_report(static_cast<std::uint8_t>(IgmpType::v3_report), report), source,
                      all_report_routers<V4>());
    }
    const auto& group = report.records.front().group;
    const bool leave = is_leave(report);
    const auto type = leave                                     ? IgmpType::v2_leave
                      : report.generation == Generation::second ? IgmpType::v2_report
                                                                : IgmpType::v1_report;
    // RFC 2236 3: leaves go to all routers, reports to the group itself.
    return finish(Writer().put(IgmpHeader{type, 0, {}, group}).take(), source,
                  leave ? all_routers<V4>() : group);
}

}  // namespace mgmd::membership
