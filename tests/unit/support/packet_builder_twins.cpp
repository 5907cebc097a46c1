// SPDX-License-Identifier: Apache-2.0
// Prints packets of every kind PacketBuilder knows, each with its scapy twin (see compare_twins).
#include <cstdio>

#include "tests/support/packet_builder.hpp"

namespace {

using mgmd::test::PacketBuilder;

PacketBuilder ipv4() {
    return PacketBuilder().ipv4("10.1.0.10", "239.1.1.1");
}
PacketBuilder ipv6() {
    return PacketBuilder().ipv6("2001:db8::10", "ff3e::8000:1");
}

void print(const PacketBuilder& packet) {
    for (const auto byte : packet.bytes()) {
        std::printf("%02x", unsigned{byte});
    }
    std::printf("\t%s\n", packet.scapy().c_str());
}

void print_ipv4() {
    print(ipv4().ttl(16).udp(1000, 2000).payload(64));
    print(ipv4().udp(1000, 2000).payload(7).vlan(5, 3));
    print(ipv4().udp(1, 2).service_vlan(100).vlan(5).traffic_class(0xb8).trailer(6));
    print(ipv4().udp(1, 2).dont_fragment().identification(77));
    print(ipv4().udp(1, 2).payload(32).fragment(4, true));
    print(ipv4().udp(1, 2).options({0x94, 4, 0, 0, 0x44, 5, 5, 0, 9}));
    print(ipv4()
              .udp(1, 2)
              .version(5)
              .header_words(4)
              .total_length(9)
              .checksum(0x1234)
              .transport_checksum(7));
    print(ipv4().udp(1, 2).transport_checksum(0).truncate(40));
    print(ipv4().protocol(17).payload({1, 2, 3}));
    print(PacketBuilder()
              .ipv4("10.1.0.10", "224.0.0.22")
              .ttl(1)
              .router_alert()
              .igmpv3_report({{4, "239.1.1.1", {}}, {1, "232.1.1.1", {"10.9.9.9", "10.9.9.8"}}}));
    print(PacketBuilder().ipv4("10.1.0.1", "224.0.0.1").ttl(1).igmp(0x11, "0.0.0.0", 100));
    print(PacketBuilder().ipv4("10.1.0.1", "224.0.0.13").ttl(1).pim(0));
    print(PacketBuilder().arp("10.1.0.10", "10.1.0.1"));
}

void print_ipv6() {
    print(ipv6().hop_limit(16).udp(1000, 2000).payload(64));
    print(ipv6().udp(1000, 2000).payload(5).vlan(9).traffic_class(0xb8));
    print(ipv6().udp(1, 2).router_alert().payload(3));
    print(ipv6().udp(1, 2).version(4).total_length(1000));
    print(PacketBuilder()
              .ipv6("fe80::1", "ff02::16")
              .ttl(1)
              .router_alert()
              .mldv2_report({{4, "ff3e::8000:1", {}}, {3, "ff3e::8000:2", {"2001:db8::1"}}}));
    print(PacketBuilder().ipv6("fe80::1", "ff02::1").ttl(1).router_alert().mld(130, "::", 1000));
    print(PacketBuilder().ipv6("fe80::1", "ff02::d").ttl(1).pim(0));
    print(PacketBuilder().ipv6("fe80::1", "ff02::1:ff00:2").ttl(255).icmpv6(135, 0, {0, 0, 0, 0}));
    print(PacketBuilder().raw(0x88cc, {2, 7, 4}).eth("01:80:c2:00:00:0e"));
}

}  // namespace

int main() {
    print_ipv4();
    print_ipv6();
}
