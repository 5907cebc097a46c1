// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>

#include "common/mac_address.hpp"
#include "tests/support/worker_bench.hpp"

/// One flow of each family, and what a router makes of its packets.
namespace mgmd::test {

template <class F>
struct SampleFlow;
template <>
struct SampleFlow<V4> {
    static constexpr std::string_view source = "10.1.0.10";
    static constexpr std::string_view group = "239.129.2.3";  // loses a bit in its MAC address
};
template <>
struct SampleFlow<V6> {
    static constexpr std::string_view source = "2001:db8:1::10";
    static constexpr std::string_view group = "ff3e::8001:203";
};

/// The route of the sample flow.
template <class F>
RouteKey<F> sample_route() {
    return route<F>(SampleFlow<F>::source, SampleFlow<F>::group);
}

/// A packet of the sample flow: TTL 64, UDP.
template <class F>
PacketBuilder sample_packet(std::size_t payload = 100) {
    PacketBuilder packet;
    packet.ip<F>(SampleFlow<F>::source, SampleFlow<F>::group).udp(1000, 2000).payload(payload);
    return packet;
}

/// Octets of IP in front of the payload of sample_packet().
template <class F>
constexpr std::size_t kSampleHeaders = sizeof(IpHeader<F>) + sizeof(UdpHeader);

/// Zeros up to the shortest Ethernet payload.
inline Bytes padded(Bytes frame, std::size_t l2_length) {
    frame.resize(std::max(frame.size(), l2_length + dataplane::kMinPayload));
    return frame;
}

/// The frame that a copy of `packet` must be when it leaves by `interface` with this TTL: the
/// interface's MAC address and tags, to `destination`, or to the MAC address of the group.
inline Bytes frame_out(const Topology& topology, InterfaceIndex interface, PacketBuilder packet,
                       std::uint8_t ttl = 63, std::optional<MacAddress> destination = {}) {
    const auto& out = topology.settings.interfaces.at(interface - 1u);
    MacAddress to;
    const auto received = packet.bytes();
    std::copy_n(received.begin(), to.bytes.size(), to.bytes.begin());
    packet.eth(to_string(destination.value_or(to)), to_string(topology.ports[out.port].mac));
    packet.ttl(ttl);
    if (out.outer_vlan != 0) {
        packet.service_vlan(out.outer_vlan);
    }
    if (out.vlan != 0) {
        packet.vlan(out.vlan);
    }
    return padded(packet.bytes(), packet.l2_length());
}

/// Names the instances of typed tests.
struct FamilyName {
    template <class F>
    static std::string GetName(int) {
        return F::family == Family::ipv4 ? "IPv4" : "IPv6";
    }
};
using Families = testing::Types<V4, V6>;

}  // namespace mgmd::test
