// SPDX-License-Identifier: Apache-2.0
#include "dataplane/scope.hpp"

#include <gmock/gmock.h>

#include "tests/support/ingress_fixture.hpp"

namespace mgmd::test {
namespace {

using dataplane::Boundaries;

PacketBuilder ipv4(std::string_view group) {
    return PacketBuilder().ipv4("10.1.0.10", group).udp(1, 2).payload(20);
}
PacketBuilder ipv6(std::string_view group) {
    return PacketBuilder().ipv6("2001:db8:1::10", group).udp(1, 2).payload(20);
}
std::string scoped(unsigned flags, unsigned scope) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    return {'f', 'f', kDigits[flags], kDigits[scope], ':', ':', '1'};
}

class ScopeTest : public IngressTest {};

TEST_F(ScopeTest, TheLinkBlockOfIpv4IsNeverData) {
    expect(ipv4("224.0.0.0"), "punted -> control link_local");
    expect(ipv4("224.0.0.255"), "punted -> control link_local");
    expect(ipv4("224.0.1.0"), "data");
    expect(ipv4("225.0.0.1"), "data");
}

TEST_F(ScopeTest, TheNibbleDecidesForIpv6WhateverTheFlags) {
    for (const unsigned flags : {0u, 1u, 3u, 7u, 15u}) {
        expect(ipv6(scoped(flags, 0)), "group_scope");
        expect(ipv6(scoped(flags, 1)), "group_scope");
        expect(ipv6(scoped(flags, 2)), "punted -> control link_local");
        for (unsigned scope = 3; scope < 16; ++scope) {
            expect(ipv6(scoped(flags, scope)), "data");
        }
    }
}

TEST_F(ScopeTest, PrefixesOfTheArrivalInterfaceAreBoundaries) {
    interface(1).boundaries.ipv4 = {*parse_prefix<V4>("239.0.0.0/10"),
                                    *parse_prefix<V4>("232.1.1.1")};
    interface(1).boundaries.ipv6 = {*parse_prefix<V6>("ff3e:40::/26")};
    apply_settings();
    expect(ipv4("239.0.0.0"), "boundary");
    expect(ipv4("239.63.255.255"), "boundary");
    expect(ipv4("239.64.0.0"), "data");
    expect(ipv4("232.1.1.1"), "boundary");
    expect(ipv4("232.1.1.2"), "data");
    expect(ipv6("ff3e:40::1"), "boundary");
    expect(ipv6("ff3e:7f:ffff::1"), "boundary");
    expect(ipv6("ff3e:80::1"), "data");
    expect(PacketBuilder().ipv4("10.4.0.10", "239.0.0.0").udp(1, 2).payload(20), "data", 2);
}

TEST_F(ScopeTest, ZonesEndForTheirScopeAndSmallerOnes) {
    interface(1).boundaries.ipv6_scope = 8;
    apply_settings();
    expect(ipv6("ff03::1"), "boundary");
    expect(ipv6("ff05::1"), "boundary");
    expect(ipv6("ff38::1"), "boundary");
    expect(ipv6("ff09::1"), "data");
    expect(ipv6("ff0e::1"), "data");
    expect(ipv4("239.1.1.1"), "data");
}

TEST_F(ScopeTest, ReservedScopeFIsGlobal) {
    const auto group = *parse_address<V6>("ff0f::1");
    EXPECT_EQ(effective_scope(group), 0xe);
    for (const std::uint8_t zone : Bytes{0xe, 0xf}) {
        BoundarySettings settings;
        settings.ipv6_scope = zone;
        EXPECT_TRUE(dataplane::boundaries_of<V6>(settings).blocks(group));
    }
    EXPECT_FALSE(Boundaries<V6>({}, 0xd).blocks(group));
    EXPECT_FALSE(Boundaries<V6>().blocks(*parse_address<V6>("ff05::1")));
}

TEST_F(ScopeTest, BoundariesLeaveControlPacketsAlone) {
    interface(1).boundaries.ipv4 = {*parse_prefix<V4>("224.0.0.0/4")};
    apply_settings();
    expect(PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").ttl(1).igmp(0x16, "239.1.1.1"),
           "punted -> control igmp");
    expect(ipv4("239.1.1.1"), "boundary");
}

}  // namespace
}  // namespace mgmd::test
