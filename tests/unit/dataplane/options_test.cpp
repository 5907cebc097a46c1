// SPDX-License-Identifier: Apache-2.0
// IPv4 options and IPv6 hop-by-hop options.
#include <gmock/gmock.h>

#include "dataplane/hop_by_hop.hpp"
#include "dataplane/ipv4_options.hpp"
#include "tests/support/ingress_fixture.hpp"

namespace mgmd::test {
namespace {

using dataplane::check_ipv4_options;
using dataplane::kMaxHopByHopLength;
using dataplane::kMaxHopByHopOptions;
using dataplane::walk_hop_by_hop;

constexpr std::uint8_t kEnd = 0, kNoOperation = 1;

PacketBuilder ipv4(Bytes options) {
    return PacketBuilder()
        .ipv4("10.1.0.10", "239.1.1.1")
        .options(std::move(options))
        .udp(1000, 2000)
        .payload(64);
}
PacketBuilder ipv6(Bytes options) {
    return PacketBuilder()
        .ipv6("2001:db8:1::10", "ff3e::8000:1")
        .hop_by_hop(std::move(options))
        .udp(1000, 2000)
        .payload(64);
}

class OptionsTest : public IngressTest {};

TEST_F(OptionsTest, KeepsIpv4OptionsByteForByte) {
    const auto packet =
        ipv4({kNoOperation, 7, 7, 4, 1,    2,    3,   4, 0x94, 4, 0, 0, 68, 8, 5, 0, 9, 9, 9, 9,
              0x5e,         4, 1, 2, kEnd, 0x83, 0xff});
    const auto outcome = receive(0, {packet});
    ASSERT_EQ(outcome.text(), "data");
    EXPECT_EQ(outcome.ipv4[0].bytes, packet.network_bytes());
    EXPECT_EQ(outcome.ipv4[0].packet.header_length, 20 + 28);
}

TEST_F(OptionsTest, DropsMalformedIpv4Options) {
    for (const Bytes& options : {
             Bytes{kNoOperation, kNoOperation, kNoOperation, 0x94},  // no length
             Bytes{0x94, 0, 0, 0},                                   // length below 2
             Bytes{0x94, 1, 0, 0}, Bytes{0x5e, 5, 0, 0},             // past the header's end
             Bytes{0x94, 3, 0, kEnd},     // Router Alert has a length of 4
             Bytes{7, 2, kEnd, kEnd},     // record route without pointer
             Bytes{7, 3, 3, kEnd},        // pointer into its own fields
             Bytes{68, 3, 5, kEnd},       // timestamp without flags
             Bytes{68, 4, 4, 0},          // pointer into its own fields
             Bytes{0x83, 2, kEnd, kEnd},  // source route without pointer
             Bytes{0x89, 40, 4, 0},       // strict source route past the header's end
         }) {
        expect(ipv4(options), "bad_options");
    }
}

TEST_F(OptionsTest, DropsSourceRoutes) {
    expect(ipv4({0x83, 7, 4, 10, 1, 1, 1, kEnd}), "source_route");  // RFC 7126 4.3
    expect(ipv4({0x89, 7, 8, 10, 1, 1, 1, kEnd}), "source_route");  // RFC 7126 4.4, used up
    expect(ipv4({kNoOperation, 0x83, 3, 4}), "source_route");
    expect(ipv4({0x94, 4, 0, 0, 0x83, 3, 4, kEnd}), "source_route");
    expect(ipv4({0x83, 3, 4, 0x94, 1, 0, 0, 0}), "bad_options");
}

TEST_F(OptionsTest, SeesNothingBehindTheEndOfIpv4Options) {
    EXPECT_EQ(check_ipv4_options({}), std::nullopt);
    EXPECT_EQ(check_ipv4_options(Bytes{kEnd, 0x83, 3, 4}), std::nullopt);
    EXPECT_EQ(check_ipv4_options(Bytes{kNoOperation, kEnd, 0x94, 0}), std::nullopt);
}

TEST_F(OptionsTest, SkipsKnownAndUnknownHopByHopOptions) {
    for (const Bytes& options : {
             Bytes{},                           // PadN only
             Bytes{0, 0, 0, 0, 0, 0},           // Pad1 only
             Bytes{5, 2, 0, 0},                 // Router Alert
             Bytes{0x1e, 4, 1, 2, 3, 4},        // unknown, 00: skip over
             Bytes{0x3e, 2, 1, 2, 5, 2, 0, 7},  // unknown, 00, may change on the way
         }) {
        const auto packet = ipv6(options);
        const auto outcome = receive(0, {packet});
        ASSERT_EQ(outcome.text(), "data") << packet.scapy();
        EXPECT_EQ(outcome.ipv6[0].bytes, packet.network_bytes());
        EXPECT_EQ(outcome.ipv6[0].packet.header_length, 40 + 2 + padded_hop_by_hop(options).size());
    }
}

TEST_F(OptionsTest, DropsHopByHopOptionsThatDemandIt) {
    for (const std::uint8_t type : Bytes{0x40, 0x5e, 0x80, 0xbe, 0xc2, 0xfe}) {
        expect(ipv6({type, 4, 0, 0, 0, 0}), "hop_by_hop");
    }
}

TEST_F(OptionsTest, DropsMalformedHopByHopHeaders) {
    expect(ipv6({0x1e, 5, 0, 0, 0, 0}), "hop_by_hop");     // option past the header's end
    expect(ipv6({0, 0, 0, 0, 0, 0x1e}), "hop_by_hop");     // option without length
    expect(ipv6({5, 4, 0, 0, 0, 0}), "hop_by_hop");        // Router Alert has a length of 2
    expect(ipv6({}).hop_by_hop_words(20), "hop_by_hop");   // header past the packet's end
    expect(ipv6({}).total_length(7), "hop_by_hop");        // packet ends in the header
    expect(ipv6({}).total_length(0), "hop_by_hop");        // no header at all
    expect(ipv6({}).protocol(0), "hop_by_hop");            // RFC 8200 4.1: twice
    expect(ipv6({}).truncate(14 + 40 + 5), "hop_by_hop");  // frame ends in the header
}

TEST_F(OptionsTest, BoundsTheWorkOnHopByHopHeaders) {
    const auto header = [](std::size_t length, Bytes options) {
        Bytes bytes{17, static_cast<std::uint8_t>(length / 8 - 1)};
        put(bytes, options);
        bytes.resize(length);
        return bytes;
    };
    Bytes most;  // as many options as allowed, the last fills the header
    for (unsigned i = 1; i < kMaxHopByHopOptions; ++i) {
        put(most, Bytes{0x1e, 0});
    }
    const auto rest = kMaxHopByHopLength - 2 - most.size() - 2;
    put(most, Bytes{1, static_cast<std::uint8_t>(rest)});
    const auto walked = walk_hop_by_hop(header(kMaxHopByHopLength, most));
    ASSERT_TRUE(walked);
    EXPECT_EQ(walked->length, kMaxHopByHopLength);
    EXPECT_EQ(walked->next_header, IpProtocol::udp);
    EXPECT_FALSE(walked->router_alert);

    EXPECT_FALSE(walk_hop_by_hop(header(kMaxHopByHopLength + 8, {1, 255})));
    EXPECT_FALSE(walk_hop_by_hop(header(kMaxHopByHopLength, {})));  // Pad1 throughout
    EXPECT_FALSE(walk_hop_by_hop({}));
    EXPECT_FALSE(walk_hop_by_hop(Bytes{17}));
}

TEST_F(OptionsTest, FindsTheRouterAlert) {
    EXPECT_TRUE(walk_hop_by_hop(Bytes{58, 0, 5, 2, 0, 0, 1, 0})->router_alert);
    EXPECT_TRUE(walk_hop_by_hop(Bytes{58, 0, 1, 0, 5, 2, 0, 0})->router_alert);
    EXPECT_FALSE(walk_hop_by_hop(Bytes{58, 0, 1, 4, 5, 2, 0, 0})->router_alert);
}

TEST_F(OptionsTest, DoNotMakeAPacketControl) {
    expect(ipv4({0x94, 4, 0, 0}), "data");
    expect(ipv6({5, 2, 0, 0}), "data");
}

}  // namespace
}  // namespace mgmd::test
