// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <rte_mbuf.h>

#include "common/headers.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/ingress_context.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/plain_frame.hpp"

/// How classify takes multicast data in: counted, noted in a burst, without its link header.
namespace mgmd::dataplane {

/// Counts received packets per interface, in registers while the interface stays the same.
class ArrivalTally {
public:
    explicit ArrivalTally(IngressContext& ctx) : ctx_(ctx) {}
    ~ArrivalTally() { flush(); }
    ArrivalTally(const ArrivalTally&) = delete;
    ArrivalTally& operator=(const ArrivalTally&) = delete;

    /// Fewer than 2^32 octets of one interface, one after the other.
    void count(InterfaceIndex interface, std::uint32_t octets) {
        if (interface != interface_) [[unlikely]] {
            flush();
            interface_ = interface;
        }
        sum_ += kPacket + octets;
    }

private:
    static constexpr std::uint64_t kPacket = std::uint64_t{1} << 32;

    void flush() {
        if (sum_ != 0) {
            auto& counters = ctx_.interface_counters(interface_);
            counters.rx_packets.add(sum_ / kPacket);
            counters.rx_octets.add(sum_ % kPacket);
            sum_ = 0;
        }
    }

    IngressContext& ctx_;
    InterfaceIndex interface_ = kNoInterface;
    std::uint64_t sum_ = 0;  ///< octets, and packets in the upper half
};

inline std::uint8_t hop_count(const Ipv4Header& header) {
    return header.ttl;
}
inline std::uint8_t hop_count(const Ipv6Header& header) {
    return header.hop_limit;
}

/// Source and group, which stand one behind the other in both.
template <class F>
[[gnu::always_inline]] inline void copy_addresses(const IpHeader<F>& from, FlowKey<F>& to) {
    constexpr auto kSize = sizeof(typename F::Address);
    constexpr auto kFrom = offsetof(IpHeader<F>, source);
    constexpr auto kTo = offsetof(FlowKey<F>, source);
    static_assert(offsetof(IpHeader<F>, destination) == kFrom + kSize);
    static_assert(offsetof(FlowKey<F>, group) == kTo + kSize);
    std::memcpy(reinterpret_cast<std::byte*>(&to) + kTo,
                reinterpret_cast<const std::byte*>(&from) + kFrom, 2 * kSize);
}

/// Puts multicast data at the end of a burst. Field by field: a whole Packet would be put together
/// in memory first.
template <class F>
[[gnu::always_inline]] inline void append(Burst<F>& burst, rte_mbuf& mbuf, const Arrival& arrival,
                                          std::uint16_t l2_length, const IpHeader<F>& header,
                                          std::uint16_t ip_length, std::uint16_t header_length) {
    const auto at = burst.size++;
    Packet& packet = burst.packets[at];
    packet.mbuf = &mbuf;
    packet.interface = arrival.index;
    packet.ip_length = ip_length;
    packet.header_length = header_length;
    packet.ttl = hop_count(header);
    packet.l2_length = static_cast<std::uint8_t>(l2_length);
    FlowKey<F>& key = burst.keys[at];
    key.table = arrival.table;
    copy_addresses<F>(header, key);
}

/// Leaves the IP packet, trimmed or padded, and nothing that a driver might act on.
[[gnu::always_inline]] inline void strip(rte_mbuf& mbuf, std::uint16_t l2_length,
                                         std::uint16_t ip_length) {
    if (mbuf.nb_segs == 1 && ip_length >= kMinPayload) [[likely]] {
        mbuf.data_off = static_cast<std::uint16_t>(mbuf.data_off + l2_length);
        mbuf.data_len = ip_length;
        mbuf.pkt_len = ip_length;
    } else {
        strip_segments(mbuf, l2_length, ip_length);
    }
    mbuf.ol_flags &= RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
    mbuf.tx_offload = 0;
    mbuf.vlan_tci = 0;
}

}  // namespace mgmd::dataplane
