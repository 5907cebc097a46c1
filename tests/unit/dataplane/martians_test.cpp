// SPDX-License-Identifier: Apache-2.0
#include "dataplane/martians.hpp"

#include <gmock/gmock.h>

#include "tests/support/ingress_fixture.hpp"

namespace mgmd::test {
namespace {

class MartiansTest : public IngressTest {
protected:
    void expect4(std::string_view source, std::string_view outcome) {
        expect(PacketBuilder().ipv4(source, "239.1.1.1").udp(1, 2).payload(20), outcome);
    }
    void expect6(std::string_view source, std::string_view outcome) {
        expect(PacketBuilder().ipv6(source, "ff3e::8000:1").udp(1, 2).payload(20), outcome);
    }
};

TEST_F(MartiansTest, SourcesThatNoIpv4PacketMayHave) {
    expect4("224.0.0.0", "source_multicast");
    expect4("239.255.255.255", "source_multicast");
    expect4("255.255.255.255", "source_broadcast");
    expect4("127.0.0.0", "source_loopback");
    expect4("127.255.255.255", "source_loopback");
    expect4("0.0.0.0", "source_unspecified");
    expect4("0.0.0.1", "source_reserved");
    expect4("0.255.255.255", "source_reserved");
    expect4("240.0.0.0", "source_reserved");
    expect4("255.255.255.254", "source_reserved");
    expect4("169.254.0.0", "link_local_source");
    expect4("169.254.255.255", "link_local_source");
}

TEST_F(MartiansTest, Ipv4SourcesBesideThose) {
    for (const auto* source : {"1.0.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
                               "169.255.0.0", "223.255.255.255", "192.168.1.1"}) {
        expect4(source, "data");
    }
}

TEST_F(MartiansTest, SourcesThatNoIpv6PacketMayHave) {
    expect6("ff00::", "source_multicast");
    expect6("ff3e::1", "source_multicast");
    expect6("::", "source_unspecified");
    expect6("::1", "source_loopback");
    expect6("::ffff:0.0.0.0", "source_mapped");
    expect6("::ffff:10.1.0.10", "source_mapped");
    expect6("fe80::1", "link_local_source");
    expect6("febf:ffff::1", "link_local_source");
}

TEST_F(MartiansTest, Ipv6SourcesBesideThose) {
    for (const auto* source : {"::2", "::fffe:0:0", "::1:0:0:1", "64:ff9b::1", "fd00::1", "fec0::1",
                               "fe7f::1", "2001:db8:9::1"}) {
        expect6(source, "data");
    }
}

TEST_F(MartiansTest, TheRoutersOwnAddressesOfAnyInterfaceInTheTable) {
    expect4("10.1.0.1", "source_own");
    expect4("10.3.0.1", "source_own");
    expect4("10.4.0.1", "source_own");
    expect4("10.2.0.1", "data");  // table 7 is another network
    expect6("2001:db8:1::1", "source_own");
    expect6("2001:db8:4::1", "source_own");
    expect6("2001:db8:2::1", "data");
    const auto in_table_7 = [](std::string_view source) {
        return PacketBuilder().ipv4(source, "239.1.1.1").udp(1, 2).payload(20).vlan(5);
    };
    expect(in_table_7("10.2.0.1"), "source_own", 1);
    expect(in_table_7("10.1.0.1"), "data", 1);
}

TEST_F(MartiansTest, TheBroadcastAddressOfTheArrivalSubnet) {
    expect4("10.1.0.255", "source_broadcast");
    expect4("10.1.0.254", "data");
    expect4("10.4.0.255", "data");
    expect(PacketBuilder().ipv4("10.4.0.255", "239.1.1.1").udp(1, 2).payload(20),
           "source_broadcast", 2);
    expect6("2001:db8:1::ffff:ffff:ffff:ffff", "data");  // IPv6 has no broadcast
}

TEST_F(MartiansTest, SubnetsOfEverySize) {
    interface(1).ipv4.addresses = {
        *parse_prefix<V4>("10.0.5.1/31"), *parse_prefix<V4>("10.6.0.1/32"),
        *parse_prefix<V4>("10.7.0.1/30"), *parse_prefix<V4>("20.0.0.1/8")};
    apply_settings();
    expect4("10.0.5.0", "data");  // RFC 3021: no broadcast address
    expect4("10.7.0.3", "source_broadcast");
    expect4("20.255.255.255", "source_broadcast");
    expect4("20.0.0.1", "source_own");
    expect4("10.6.0.1", "source_own");
    expect4("10.1.0.1", "data");
}

TEST_F(MartiansTest, ManyOwnAddresses) {
    auto& addresses = interface(1).ipv6.addresses;
    for (int i = 1; i <= 300; ++i) {
        addresses.push_back(*parse_prefix<V6>("2001:db8:1::1:" + std::to_string(i) + "/64"));
    }
    apply_settings();
    for (int i = 1; i <= 300; ++i) {
        const auto source = "2001:db8:1::1:" + std::to_string(i);
        ASSERT_EQ(
            dataplane::check_source<V6>(*arrivals_, (*arrivals_)[1], *parse_address<V6>(source)),
            DropReason::source_own);
    }
    expect6("2001:db8:1::2:1", "data");
}

TEST_F(MartiansTest, MacsThatDoNotMapTheGroup) {
    const auto packet = [] {
        return PacketBuilder().ipv4("10.1.0.10", "239.129.1.1").udp(1, 2).payload(20);
    };
    expect(packet().eth("01:00:5e:01:01:01"), "data");
    expect(packet().eth("01:00:5e:81:01:01"), "mac_mismatch");  // only 23 bits are mapped
    expect(packet().eth("01:00:5e:01:01:02"), "mac_mismatch");
    expect(packet().eth("33:33:01:01:01:01"), "mac_mismatch");
    expect(packet().eth("03:00:00:00:00:01"), "mac_mismatch");
    const auto packet6 = [] {
        return PacketBuilder().ipv6("2001:db8:1::10", "ff3e::8000:1").udp(1, 2).payload(20);
    };
    expect(packet6().eth("33:33:80:00:00:01"), "data");
    expect(packet6().eth("33:33:80:00:00:02"), "mac_mismatch");
    expect(packet6().eth("01:00:5e:00:00:01"), "mac_mismatch");
    expect(packet6().eth(kMac0), "data");
    expect(packet6().eth("ff:ff:ff:ff:ff:ff"), "data");
}

TEST_F(MartiansTest, AreForDataOnly) {
    expect(PacketBuilder().ipv4("10.1.0.1", "224.0.0.5").protocol(89).payload(20),
           "punted -> control link_local");
    expect(PacketBuilder().ipv6("fe80::1", "ff02::5").protocol(89).payload(20),
           "punted -> control link_local");
}

}  // namespace
}  // namespace mgmd::test
