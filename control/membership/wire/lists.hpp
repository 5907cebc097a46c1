// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <tl/expected.hpp>

#include "common/wire_reader.hpp"
#include "control/membership/wire/codec.hpp"
#include "control/membership/wire/layout.hpp"
#include "control/membership/wire/writer.hpp"

/// What IGMPv3 and MLDv2 have in common but for the size of an address.
namespace mgmd::membership::wire {

template <class F>
std::optional<std::vector<typename F::Address>> read_sources(WireReader& reader,
                                                             std::size_t count) {
    using Address = typename F::Address;
    auto octets = reader.take(count * sizeof(Address));
    if (!octets) {
        return std::nullopt;
    }
    WireReader list(*octets);
    std::vector<Address> sources;
    sources.reserve(count);
    while (const auto source = list.read<Address>()) {
        sources.push_back(*source);
    }
    return sources;
}

/// RFC 9776 4.1.6 - 4.1.9, RFC 9777 5.1.7 - 5.1.11.
template <class F>
tl::expected<Query<F>, Malformed> read_query_tail(WireReader& reader, Query<F> query) {
    const auto tail = reader.read<QueryTail>();
    if (!tail) {
        return tl::make_unexpected(Malformed::truncated);
    }
    auto sources = read_sources<F>(reader, tail->source_count.host());
    if (!sources) {
        return tl::make_unexpected(Malformed::truncated);
    }
    // Sources without a group are of no query there is (RFC 9776 4.1.10).
    if (query.is_general() && !sources->empty()) {
        return tl::make_unexpected(Malformed::group);
    }
    query.suppress = (tail->flags & QueryTail::kSuppress) != 0;
    query.robustness = tail->flags & QueryTail::kRobustnessMask;
    query.interval = seconds(ShortCode::value(tail->interval_code));
    query.sources = std::move(*sources);
    return query;
}

template <class F>
QueryTail query_tail(const Query<F>& query) {
    QueryTail tail{};
    // RFC 9776 4.1.6: a variable that the field can't hold is sent as 0.
    const bool expressible = query.robustness <= QueryTail::kRobustnessMask;
    tail.flags = static_cast<std::uint8_t>((query.suppress ? QueryTail::kSuppress : 0) |
                                           (expressible ? query.robustness : 0));
    tail.interval_code = ShortCode::code(static_cast<std::uint64_t>(query.interval.count()));
    tail.source_count = be16(static_cast<std::uint16_t>(query.sources.size()));
    return tail;
}

/// Reads one record behind `report.records`, or skips it. False: it is not all there.
template <class F>
bool read_record(WireReader& reader, Report<F>& report) {
    const auto header = reader.read<RecordHeader<F>>();
    if (!header) {
        return false;
    }
    auto sources = read_sources<F>(reader, header->source_count.host());
    // RFC 9776 4.2.11: auxiliary data, in 32-bit words, is ignored.
    if (!sources || !reader.skip(header->auxiliary_words * std::size_t{4})) {
        return false;
    }
    const auto type = static_cast<RecordType>(header->type);
    if (type < RecordType::is_in || type > RecordType::block) {
        ++report.unknown_records;  // RFC 9776 4.2.12: silently ignored
        return true;
    }
    report.records.push_back({type, header->group, std::move(*sources)});
    return true;
}

/// RFC 9776 4.2, RFC 9777 5.2. What follows the last record counts in the checksum alone.
template <class F>
tl::expected<Report<F>, Malformed> read_report(WireReader& reader) {
    const auto header = reader.read<ReportHeader>();
    if (!header) {
        return tl::make_unexpected(Malformed::truncated);
    }
    Report<F> report;
    for (unsigned n = header->record_count.host(); n > 0; --n) {
        if (!read_record(reader, report)) {
            return tl::make_unexpected(Malformed::truncated);
        }
    }
    return report;
}

/// With a zero checksum.
template <class F>
std::vector<std::uint8_t> write_report(std::uint8_t type, const Report<F>& report) {
    ReportHeader header{};
    header.type = type;
    header.record_count = be16(static_cast<std::uint16_t>(report.records.size()));
    Writer writer;
    writer.put(header);
    for (const auto& record : report.records) {
        RecordHeader<F> record_header{};
        record_header.type = static_cast<std::uint8_t>(record.type);
        record_header.source_count = be16(static_cast<std::uint16_t>(record.sources.size()));
        record_header.group = record.group;
        writer.put(record_header);
        for (const auto& source : record.sources) {
            writer.put(source);
        }
    }
    return writer.take();
}

template <class F>
std::vector<std::uint8_t> write_sources(Writer& writer, const Query<F>& query) {
    for (const auto& source : query.sources) {
        writer.put(source);
    }
    return writer.take();
}

/// The single record of a message of an older generation.
template <class F>
bool is_leave(const Report<F>& report) {
    return report.records.front().type == RecordType::to_in;
}

}  // namespace mgmd::membership::wire
