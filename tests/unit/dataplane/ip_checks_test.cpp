// SPDX-License-Identifier: Apache-2.0
// Header checks: for each, a packet that fails just it.
#include "dataplane/ip_checks.hpp"

#include <gmock/gmock.h>

#include "tests/support/ingress_fixture.hpp"

namespace mgmd::test {
namespace {

PacketBuilder ipv4() {
    return PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").ttl(16).udp(1000, 2000).payload(64);
}
PacketBuilder ipv6() {
    return PacketBuilder().ipv6("2001:db8:1::10", "ff3e::8000:1").ttl(16).udp(1, 2).payload(64);
}
std::uint16_t length_of(const PacketBuilder& packet) {
    return static_cast<std::uint16_t>(packet.network_bytes().size());
}

class IpChecksTest : public IngressTest {};

TEST_F(IpChecksTest, Version) {
    for (const std::uint8_t version : Bytes{0, 5, 6, 15}) {
        expect(ipv4().version(version), "bad_version");
    }
    for (const std::uint8_t version : Bytes{0, 4, 7, 15}) {
        expect(ipv6().version(version), "bad_version");
    }
    expect(ipv4().ether_type(V6::ether_type), "bad_version");
    expect(ipv6().ether_type(V4::ether_type), "bad_version");
}

TEST_F(IpChecksTest, HeaderLength) {
    for (const std::uint8_t words : Bytes{0, 4}) {
        expect(ipv4().header_words(words), "bad_header_length");
    }
    expect(ipv4().options(Bytes(40, 1)), "data");
    expect(ipv4().options(Bytes(40, 1)).truncate(14 + 59), "bad_header_length");
    for (const std::size_t cut : {14, 15, 14 + 19}) {
        expect(ipv4().truncate(cut), "bad_header_length");
    }
    for (const std::size_t cut : {14, 15, 14 + 39}) {
        expect(ipv6().truncate(cut), "bad_header_length");
    }
}

TEST_F(IpChecksTest, TotalLengthOfIpv4) {
    const auto length = length_of(ipv4());
    expect(ipv4().total_length(static_cast<std::uint16_t>(length + 1)), "bad_total_length");
    expect(ipv4().total_length(static_cast<std::uint16_t>(length - 1)), "data");
    expect(ipv4().total_length(65535), "bad_total_length");
    expect(ipv4().total_length(20), "data");
    expect(ipv4().total_length(19), "bad_total_length");
    expect(ipv4().total_length(0), "bad_total_length");
    expect(ipv4().options(Bytes(4, 1)).total_length(23), "bad_total_length");
    expect(ipv4().truncate(14u + length - 1), "bad_total_length");
}

TEST_F(IpChecksTest, TotalLengthOfIpv6) {
    const auto length = static_cast<std::uint16_t>(length_of(ipv6()) - 40);
    expect(ipv6().total_length(static_cast<std::uint16_t>(length + 1)), "bad_total_length");
    expect(ipv6().total_length(static_cast<std::uint16_t>(length - 1)), "data");
    expect(ipv6().total_length(65535), "bad_total_length");
    expect(ipv6().total_length(0), "data");
    expect(ipv6().truncate(14u + 40 + length - 1), "bad_total_length");
}

TEST_F(IpChecksTest, LengthSaysWhatIsForwarded) {
    const auto outcome = receive(0, {ipv4().total_length(60), ipv6().total_length(50)});
    ASSERT_EQ(outcome.text(), "data 2");
    EXPECT_EQ(outcome.ipv4[0].bytes.size(), 60u);
    EXPECT_EQ(outcome.ipv4[0].packet.ip_length, 60);
    EXPECT_EQ(outcome.ipv6[0].bytes.size(), 90u);
}

TEST_F(IpChecksTest, Checksum) {
    const auto bytes = ipv4().network_bytes();
    const auto right = static_cast<std::uint16_t>(bytes[10] << 8 | bytes[11]);
    expect(ipv4().checksum(right), "data");
    for (unsigned bit = 0; bit < 16; ++bit) {
        expect(ipv4().checksum(static_cast<std::uint16_t>(right ^ 1u << bit)), "bad_checksum");
    }
    expect(ipv4().options({0x94, 4, 0, 0}).checksum(right), "bad_checksum");
}

TEST_F(IpChecksTest, ChecksumCoversTheWholeHeader) {
    const auto packet = ipv4().options({0x94, 4, 0, 0});
    const auto whole = packet.bytes();
    for (std::size_t at = 14; at < 14 + 24; ++at) {
        if (at == 14 || at == 16 || at == 17) {
            continue;  // version, header and total length have their own reasons
        }
        auto bytes = whole;
        bytes[at] ^= 0x10;
        const auto outcome = receive_frames(0, {make_mbuf(pool(), bytes)});
        EXPECT_EQ(outcome.text(), "bad_checksum") << "octet " << at - 14;
    }
}

TEST_F(IpChecksTest, FragmentsAreData) {
    expect(ipv4().fragment(0, true), "data");
    expect(ipv4().fragment(100, false), "data");
    expect(ipv4().dont_fragment(), "data");
}

TEST_F(IpChecksTest, TtlIsForALaterStage) {
    for (const std::uint8_t ttl : Bytes{0, 1, 255}) {
        EXPECT_EQ(receive(0, {ipv4().ttl(ttl)}).ipv4.at(0).packet.ttl, ttl);
        EXPECT_EQ(receive(0, {ipv6().ttl(ttl)}).ipv6.at(0).packet.ttl, ttl);
    }
}

TEST_F(IpChecksTest, HoldBehindTags) {
    expect(ipv4().service_vlan(100).vlan(5).checksum(1), "bad_checksum", 1);
    expect(ipv6().vlan(5).version(4), "bad_version", 1);
    expect(ipv4().vlan(5).truncate(18 + 19), "bad_header_length", 1);
}

}  // namespace
}  // namespace mgmd::test
