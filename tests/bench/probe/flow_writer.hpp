// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

/// Frames of numbered flows, made out of frames of any flow. tools/benchmark/traffic.py gives the
/// same numbers the same addresses.
namespace mgmd::probe {

/// The last octets of each frame, which no router changes.
struct Trailer {
    std::uint64_t arrival = 0;  ///< TSC; only in frames with room for it
    std::uint32_t flow = 0;

    static constexpr std::size_t kFlowOctets = 4;
    static constexpr std::size_t kOctets = 12;
};

inline constexpr std::uint32_t kExtraFlow = 0x8000'0000;     ///< set in the numbers of new flows
inline constexpr std::uint32_t kUnwantedFlow = 0x4000'0000;  ///< and in those that nobody wants

inline void put16(std::byte* at, std::uint16_t value) {
    value = __builtin_bswap16(value);
    std::memcpy(at, &value, sizeof value);
}
inline void put32(std::byte* at, std::uint32_t value) {
    value = __builtin_bswap32(value);
    std::memcpy(at, &value, sizeof value);
}
inline std::uint32_t get32(const std::byte* at) {
    std::uint32_t value;
    std::memcpy(&value, at, sizeof value);
    return __builtin_bswap32(value);
}

/// Where a flow comes from and goes to: offsets into the ranges of addresses.
struct FlowAddresses {
    std::uint32_t source;
    std::uint32_t group;
};

constexpr FlowAddresses addresses_of(std::uint32_t flow, unsigned source_bits) {
    if ((flow & kExtraFlow) == 0) {
        return {flow & ((1u << source_bits) - 1), flow >> source_bits};
    }
    // New flows: a source of its own each; the group is one that is wanted, or one that never is.
    return {0x80'0000 | (flow & 0x3f'ffff), (flow & kUnwantedFlow) != 0 ? 0x1f'0000u : 0u};
}

/// The change of an IPv4 checksum when `before` becomes `after` (RFC 1624, equation 3), unfolded.
constexpr std::uint32_t checksum_change(std::uint32_t before, std::uint32_t after) {
    return (~before >> 16) + (~before & 0xffff) + (after >> 16) + (after & 0xffff);
}

/// 10.1.0.0 + source to 239.64.0.0 + group, in an untagged Ethernet frame.
inline void write_ipv4(std::byte* frame, FlowAddresses flow) {
    constexpr std::size_t kIp = 14;
    const std::uint32_t source = 0x0a01'0000 + flow.source;
    const std::uint32_t group = 0xef40'0000 + flow.group;
    std::byte* ip = frame + kIp;
    std::uint32_t sum = ~(get32(ip + 8) & 0xffffu) & 0xffffu;
    sum += checksum_change(get32(ip + 12), source) + checksum_change(get32(ip + 16), group);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    put16(ip + 10, static_cast<std::uint16_t>(~sum));
    put32(ip + 12, source);
    put32(ip + 16, group);
    put32(frame + 2, 0x5e00'0000 + (group & 0x7f'ffff));  // RFC 1112 6.4; 01:00 stays
}

/// fd00:1::1:0 + source to ff1e::1:0 + group.
inline void write_ipv6(std::byte* frame, FlowAddresses flow) {
    constexpr std::size_t kIp = 14;
    const std::uint32_t group = 0x0001'0000 + flow.group;
    put32(frame + kIp + 20, 0x0001'0000 + flow.source);
    put32(frame + kIp + 36, group);
    put32(frame + 2, group);  // RFC 2464 7; 33:33 stays
}

}  // namespace mgmd::probe
