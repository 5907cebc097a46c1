// SPDX-License-Identifier: Apache-2.0
#include "control/membership/wire/codec.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/packet_builder.hpp"

namespace mgmd::membership {
namespace {

using namespace std::chrono_literals;
using test::Bytes;
using test::PacketBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Ipv4Address v4(const char* text) {
    return *parse_address<V4>(text);
}
Ipv6Address v6(const char* text) {
    return *parse_address<V6>(text);
}

/// Messages as PacketBuilder makes them, which knows nothing of the codec.
PacketBuilder igmp(const char* destination) {
    return PacketBuilder().ipv4("10.2.0.11", destination).ttl(1).router_alert();
}
PacketBuilder mld(const char* destination) {
    return PacketBuilder().ipv6("fe80::11", destination).hop_limit(1).router_alert();
}

template <class F>
Report<F> report_of(PacketBuilder& packet) {
    const auto message = decode<F>(packet.network_bytes());
    EXPECT_TRUE(message.has_value());
    return std::get<Report<F>>(message.value().body);
}
template <class F>
Query<F> query_of(PacketBuilder& packet) {
    const auto message = decode<F>(packet.network_bytes());
    EXPECT_TRUE(message.has_value());
    return std::get<Query<F>>(message.value().body);
}
template <class F>
std::optional<Malformed> refusal(const Bytes& packet) {
    const auto message = decode<F>(packet);
    return message ? std::nullopt : std::optional(message.error());
}

TEST(IgmpDecode, TellsWhatTheIpHeaderSays) {
    const auto message = decode<V4>(igmp("239.1.1.1").igmp(0x16, "239.1.1.1").network_bytes());
    EXPECT_EQ(message->source, v4("10.2.0.11"));
    EXPECT_EQ(message->destination, v4("239.1.1.1"));
    EXPECT_EQ(message->hop_limit, 1);
    EXPECT_TRUE(message->router_alert);
    const auto other = decode<V4>(PacketBuilder()
                                      .ipv4("10.2.0.11", "239.1.1.1")
                                      .ttl(7)
                                      .igmp(0x16, "239.1.1.1")
                                      .network_bytes());
    EXPECT_EQ(other->hop_limit, 7);
    EXPECT_FALSE(other->router_alert);
}

TEST(IgmpDecode, RouterAlertMayFollowOtherOptions) {
    const auto alert = [](Bytes options) {
        return decode<V4>(PacketBuilder()
                              .ipv4("10.2.0.11", "239.1.1.1")
                              .options(std::move(options))
                              .igmp(0x16, "239.1.1.1")
                              .network_bytes())
            ->router_alert;
    };
    EXPECT_TRUE(alert({1, 7, 3, 4, 148, 4, 0, 0}));   // no operation, record route
    EXPECT_FALSE(alert({0, 0, 0, 0, 148, 4, 0, 0}));  // nothing follows the end of options
    EXPECT_FALSE(alert({148, 1, 0, 0}));              // its length is wrong
}

TEST(IgmpDecode, OlderReportsAreRecords) {
    const Record<V4> joined{RecordType::is_ex, v4("239.1.1.1"), {}};
    const Record<V4> left{RecordType::to_in, v4("239.1.1.1"), {}};
    EXPECT_EQ(report_of<V4>(igmp("239.1.1.1").igmp(0x12, "239.1.1.1")),
              (Report<V4>{Generation::first, {joined}}));
    EXPECT_EQ(report_of<V4>(igmp("239.1.1.1").igmp(0x16, "239.1.1.1")),
              (Report<V4>{Generation::second, {joined}}));
    EXPECT_EQ(report_of<V4>(igmp("224.0.0.2").igmp(0x17, "239.1.1.1")),
              (Report<V4>{Generation::second, {left}}));
}

TEST(MldDecode, OlderReportsAreRecords) {
    EXPECT_EQ(report_of<V6>(mld("ff1e::1:1").mld(131, "ff1e::1:1")),
              (Report<V6>{Generation::second, {{RecordType::is_ex, v6("ff1e::1:1"), {}}}}));
    EXPECT_EQ(report_of<V6>(mld("ff02::2").mld(132, "ff1e::1:1")),
              (Report<V6>{Generation::second, {{RecordType::to_in, v6("ff1e::1:1"), {}}}}));
}

TEST(IgmpDecode, ReportsOfRecordsAndSources) {
    auto packet = igmp("224.0.0.22")
                      .igmpv3_report({{1, "232.1.1.1", {"10.1.0.10", "10.1.0.11"}},
                                      {9, "239.9.9.9", {"10.1.0.1"}},
                                      {4, "239.1.1.1", {}},
                                      {6, "232.1.1.2", {"10.1.0.12"}}});
    const auto report = report_of<V4>(packet);
    EXPECT_EQ(report.generation, Generation::third);
    EXPECT_EQ(report.unknown_records, 1u);
    EXPECT_THAT(
        report.records,
        ElementsAre(
            Record<V4>{RecordType::is_in, v4("232.1.1.1"), {v4("10.1.0.10"), v4("10.1.0.11")}},
            Record<V4>{RecordType::to_ex, v4("239.1.1.1"), {}},
            Record<V4>{RecordType::block, v4("232.1.1.2"), {v4("10.1.0.12")}}));
}

TEST(MldDecode, ReportsOfRecordsAndSources) {
    auto packet = mld("ff02::16")
                      .mldv2_report({{5, "ff3e::1", {"fd00:1::10"}},
                                     {2, "ff1e::1", {"fd00:1::11", "fd00:1::12"}}});
    EXPECT_THAT(
        report_of<V6>(packet).records,
        ElementsAre(
            Record<V6>{RecordType::allow, v6("ff3e::1"), {v6("fd00:1::10")}},
            Record<V6>{RecordType::is_ex, v6("ff1e::1"), {v6("fd00:1::11"), v6("fd00:1::12")}}));
}

/// A report whose first record has two words of auxiliary data.
Bytes with_auxiliary_data(std::uint8_t words) {
    Bytes message{0x22, 0, 0, 0, 0, 0, 0, 2};
    test::put(message, Bytes{1, words, 0, 1, 232, 1, 1, 1, 10, 1, 0, 10});
    test::put(message, Bytes{1, 2, 3, 4, 5, 6, 7, 8});
    test::put(message, Bytes{2, 0, 0, 0, 239, 1, 1, 1});
    return message;
}

Bytes igmp_message(Bytes message) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < message.size(); i += 2) {
        sum += static_cast<std::uint32_t>(message[i] << 8 | message[i + 1]);
    }
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    test::set16(message, 2, static_cast<std::uint16_t>(~sum));
    return PacketBuilder()
        .ipv4("10.2.0.11", "224.0.0.22")
        .protocol(2)
        .payload(std::move(message))
        .network_bytes();
}

TEST(IgmpDecode, AuxiliaryDataIsSkippedInWords) {
    const auto message = decode<V4>(igmp_message(with_auxiliary_data(2)));
    ASSERT_TRUE(message);
    const auto& records = std::get<Report<V4>>(message->body).records;
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[1], (Record<V4>{RecordType::is_ex, v4("239.1.1.1"), {}}));
    EXPECT_EQ(refusal<V4>(igmp_message(with_auxiliary_data(255))), Malformed::truncated);
}

TEST(IgmpDecode, AdditionalDataCountsInTheChecksumAlone) {
    auto packet = igmp("224.0.0.22").igmpv3_report({{2, "239.1.1.1", {}}}).payload(6);
    EXPECT_EQ(report_of<V4>(packet).records.size(), 1u);
    auto bytes = packet.network_bytes();
    bytes.back() ^= 1;
    EXPECT_EQ(refusal<V4>(bytes), Malformed::checksum);
}

TEST(IgmpDecode, QueriesOfEachVersion) {
    auto first = query_of<V4>(igmp("224.0.0.1").igmp(0x11, "0.0.0.0", 0));
    EXPECT_EQ(first.generation, Generation::first);
    EXPECT_EQ(first.max_response, 10s);
    auto second = query_of<V4>(igmp("239.1.1.1").igmp(0x11, "239.1.1.1", 200));
    EXPECT_EQ(second.generation, Generation::second);
    EXPECT_EQ(second.group, v4("239.1.1.1"));
    EXPECT_EQ(second.max_response, 20s) << "IGMPv2 knows no exponent (RFC 2236 2.2)";
    const auto third = decode<V4>(igmp_message(
        {0x11, 0x8f, 0, 0, 239, 1, 1, 1, 0x0a, 0x90, 0, 2, 10, 1, 0, 10, 10, 1, 0, 11}));
    ASSERT_TRUE(third);
    const auto& query = std::get<Query<V4>>(third->body);
    EXPECT_EQ(query, (Query<V4>{Generation::third,
                                v4("239.1.1.1"),
                                {v4("10.1.0.10"), v4("10.1.0.11")},
                                24'800ms,
                                true,
                                2,
                                256s}));
}

TEST(IgmpDecode, RefusesEachMalformationByName) {
    auto good = igmp("239.1.1.1").igmp(0x16, "239.1.1.1");
    auto bytes = good.network_bytes();
    EXPECT_EQ(refusal<V4>({}), Malformed::network_header);
    EXPECT_EQ(refusal<V4>(Bytes(bytes.begin(), bytes.end() - 1)), Malformed::network_header);
    EXPECT_EQ(refusal<V4>(igmp("239.1.1.1").udp(1, 2).network_bytes()), Malformed::network_header);
    EXPECT_EQ(refusal<V4>(igmp_message({0x16, 0, 0, 0})), Malformed::truncated);
    bytes.back() ^= 1;
    EXPECT_EQ(refusal<V4>(bytes), Malformed::checksum);
    // RFC 9776 7.1: a query of 10 octets is of no version
    EXPECT_EQ(refusal<V4>(igmp_message({0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0})),
              Malformed::query_length);
    EXPECT_EQ(refusal<V4>(igmp("224.0.0.1").igmp(0x13, "239.1.1.1").network_bytes()),
              Malformed::unknown_type);
    EXPECT_EQ(refusal<V4>(igmp("10.1.1.1").igmp(0x16, "10.1.1.1").network_bytes()),
              Malformed::group);
    EXPECT_EQ(refusal<V4>(igmp("10.1.1.1").igmp(0x11, "10.1.1.1", 10).network_bytes()),
              Malformed::group);
    // a general query has no sources (RFC 9776 4.1.10)
    EXPECT_EQ(refusal<V4>(igmp_message({0x11, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 10, 1, 0, 10})),
              Malformed::group);
    // more sources, or records, than there are
    EXPECT_EQ(refusal<V4>(igmp_message({0x11, 1, 0, 0, 239, 1, 1, 1, 0, 0, 0, 2, 10, 1, 0, 10})),
              Malformed::truncated);
    EXPECT_EQ(refusal<V4>(igmp_message({0x22, 0, 0, 0, 0, 0, 0, 1})), Malformed::truncated);
    EXPECT_EQ(
        refusal<V4>(igmp_message({0x22, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0xff, 0xff, 239, 1, 1, 1})),
        Malformed::truncated);
}

TEST(MldDecode, RefusesEachMalformationByName) {
    const auto bytes = mld("ff1e::1").mld(131, "ff1e::1").network_bytes();
    EXPECT_EQ(refusal<V6>(Bytes(bytes.begin(), bytes.end() - 1)), Malformed::network_header);
    EXPECT_EQ(refusal<V6>(mld("ff1e::1").udp(1, 2).network_bytes()), Malformed::network_header);
    auto broken = bytes;
    broken[8] ^= 1;  // the source: the pseudo-header counts
    EXPECT_EQ(refusal<V6>(broken), Malformed::checksum);
    EXPECT_EQ(refusal<V6>(mld("ff02::1").icmpv6(131, 0, {0, 0}).network_bytes()),
              Malformed::truncated);
    EXPECT_EQ(refusal<V6>(mld("ff02::1").icmpv6(131, 0, Bytes(12)).network_bytes()),
              Malformed::truncated);
    // RFC 9777 8.1: 24 octets or at least 28
    EXPECT_EQ(refusal<V6>(mld("ff02::1").icmpv6(130, 0, Bytes(21)).network_bytes()),
              Malformed::query_length);
    EXPECT_EQ(refusal<V6>(mld("ff02::1").icmpv6(130, 0, Bytes(12)).network_bytes()),
              Malformed::query_length);
    EXPECT_EQ(refusal<V6>(mld("ff1e::1").mld(131, "fd00::1").network_bytes()), Malformed::group);
    EXPECT_EQ(refusal<V6>(mld("ff02::1").icmpv6(200, 0, Bytes(20)).network_bytes()),
              Malformed::unknown_type);
}

TEST(IgmpEncode, OlderMessagesAreWhatOthersMake) {
    const auto made = [](Generation generation, RecordType type) {
        return encode(Report<V4>{generation, {{type, v4("239.1.1.1"), {}}}}, v4("10.2.0.11"));
    };
    const auto expected = [](PacketBuilder packet) {
        return packet.traffic_class(0xc0).identification(0).dont_fragment().network_bytes();
    };
    EXPECT_EQ(made(Generation::first, RecordType::is_ex).octets,
              expected(igmp("239.1.1.1").igmp(0x12, "239.1.1.1")));
    EXPECT_EQ(made(Generation::second, RecordType::is_ex).octets,
              expected(igmp("239.1.1.1").igmp(0x16, "239.1.1.1")));
    EXPECT_EQ(made(Generation::second, RecordType::to_in).octets,
              expected(igmp("224.0.0.2").igmp(0x17, "239.1.1.1")));
    EXPECT_EQ(made(Generation::second, RecordType::to_in).destination, v4("224.0.0.2"));
    EXPECT_EQ(
        encode(Query<V4>{.generation = Generation::second, .max_response = 10s}, v4("10.2.0.11"))
            .octets,
        expected(igmp("224.0.0.1").igmp(0x11, "0.0.0.0", 100)));
}

TEST(MldEncode, MessagesAreWhatOthersMake) {
    const auto expected = [](PacketBuilder packet) {
        return packet.traffic_class(0xc0).network_bytes();
    };
    const Record<V6> record{RecordType::allow, v6("ff3e::1"), {v6("fd00:1::10")}};
    EXPECT_EQ(encode(Report<V6>{Generation::third, {record}}, v6("fe80::11")).octets,
              expected(mld("ff02::16").mldv2_report({{5, "ff3e::1", {"fd00:1::10"}}})));
    EXPECT_EQ(encode(Report<V6>{Generation::second, {{RecordType::to_in, v6("ff1e::1"), {}}}},
                     v6("fe80::11"))
                  .octets,
              expected(mld("ff02::2").mld(132, "ff1e::1")));
    EXPECT_EQ(
        encode(Query<V6>{.generation = Generation::second, .max_response = 10s}, v6("fe80::11"))
            .octets,
        expected(mld("ff02::1").mld(130, "::", 10'000)));
}

/// What is sent reads as what was meant, with the IP header that the RFCs ask for.
template <class F, class Body>
void expect_round_trip(const Body& body, const typename F::Address& source,
                       const typename F::Address& destination) {
    const auto packet = encode(body, source);
    EXPECT_EQ(packet.destination, destination);
    const auto message = decode<F>(packet.octets);
    ASSERT_TRUE(message);
    EXPECT_EQ(*message, (Message<F>{source, destination, 1, true, body}));
}

TEST(IgmpEncode, QueriesAndReportsReadAsWhatWasMeant) {
    const auto source = v4("10.2.0.1");
    expect_round_trip<V4>(Query<V4>{Generation::third, {}, {}, 10s, false, 2, 125s}, source,
                          v4("224.0.0.1"));
    expect_round_trip<V4>(Query<V4>{Generation::first, {}, {}, 10s}, source, v4("224.0.0.1"));
    expect_round_trip<V4>(Query<V4>{Generation::third,
                                    v4("239.1.1.1"),
                                    {v4("10.1.0.10"), v4("10.1.0.11")},
                                    1s,
                                    true,
                                    7,
                                    31'744s},
                          source, v4("239.1.1.1"));
    expect_round_trip<V4>(
        Report<V4>{Generation::third,
                   {{RecordType::to_ex, v4("239.1.1.1"), {}},
                    {RecordType::block, v4("239.1.1.2"), {v4("10.1.0.10"), v4("10.1.0.11")}}}},
        source, v4("224.0.0.22"));
}

TEST(MldEncode, QueriesAndReportsReadAsWhatWasMeant) {
    const auto source = v6("fe80::1");
    expect_round_trip<V6>(Query<V6>{Generation::third, {}, {}, 10s, false, 2, 125s}, source,
                          v6("ff02::1"));
    expect_round_trip<V6>(
        Query<V6>{Generation::third, v6("ff3e::1"), {v6("fd00::1")}, 1s, true, 2, 125s}, source,
        v6("ff3e::1"));
    expect_round_trip<V6>(Report<V6>{Generation::second, {{RecordType::is_ex, v6("ff1e::1"), {}}}},
                          source, v6("ff1e::1"));
}

TEST(IgmpEncode, WhatAVersionCantExpressBecomesTheGreatestItCan) {
    const auto sent = [](Query<V4> query) {
        return std::get<Query<V4>>(decode<V4>(encode(query, v4("10.2.0.1")).octets)->body);
    };
    EXPECT_EQ(sent({.generation = Generation::second, .max_response = 1h}).max_response, 25'500ms);
    EXPECT_EQ(sent({.max_response = 24h, .robustness = 8, .interval = 24h}),
              (Query<V4>{.max_response = 3'174'400ms, .robustness = 0, .interval = 31'744s}));
    // A code of 0 would be IGMPv1's
    EXPECT_EQ(sent({.generation = Generation::second, .max_response = 10ms}).generation,
              Generation::second);
}

TEST(SourcesPerQuery, FillAPacketOfTheMtu) {
    Query<V6> query{.group = v6("ff3e::1")};
    query.sources.resize(sources_per_query<V6>(1500));
    const auto octets = encode(query, v6("fe80::1")).octets.size();
    EXPECT_LE(octets, 1500u);
    EXPECT_GT(octets + 16, 1500u);
    EXPECT_EQ(sources_per_query<V4>(1500), 366u);
}

}  // namespace
}  // namespace mgmd::membership
