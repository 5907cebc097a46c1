// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
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

    /// What is counted from now on came in here.
    void arrive(InterfaceIndex interface) {
        if (interface != interface_) [[unlikely]] {
            flush();
            interface_ = interface;
        }
    }
    void count(std::uint32_t octets) {
        ++packets_;
        octets_ += octets;
    }

private:
    void flush() {
        if (packets_ != 0) {
            auto& counters = ctx_.interface_counters(interface_);
            counters.rx_packets.add(packets_);
            counters.rx_octets.add(octets_);
            packets_ = 0;
            octets_ = 0;
        }
    }

    IngressContext& ctx_;
    InterfaceIndex interface_ = kNoInterface;
    std::uint32_t packets_ = 0;
    std::uint64_t octets_ = 0;
};

inline std::uint8_t hop_count(const Ipv4Header& header) {
    return header.ttl;
}
inline std::uint8_t hop_count(const Ipv6Header& header) {
    return header.hop_limit;
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
    burst.keys[at] = PackedKey<F>::from(arrival.table, header);
}

/// Makes a single segment whose data begins with an IP packet that needs no padding that packet,
/// and leaves nothing that a driver might act on.
[[gnu::always_inline]] inline void make_packet(rte_mbuf& mbuf, std::uint16_t ip_length) {
    // pkt_len, data_len and vlan_tci, which stand side by side, in one go.
    static_assert(std::endian::native == std::endian::little);
    static_assert(offsetof(rte_mbuf, data_len) == offsetof(rte_mbuf, pkt_len) + 4);
    static_assert(offsetof(rte_mbuf, vlan_tci) == offsetof(rte_mbuf, pkt_len) + 6);
    const std::uint64_t lengths = ip_length | std::uint64_t{ip_length} << 32;
    std::memcpy(&mbuf.pkt_len, &lengths, sizeof(lengths));
    mbuf.ol_flags = 0;  // a plain frame is neither indirect nor external
    mbuf.tx_offload = 0;
}

/// Takes the link header of any plain frame off, and what does not belong to the IP packet.
inline void strip(rte_mbuf& mbuf, std::uint16_t l2_length, std::uint16_t ip_length) {
    if (mbuf.nb_segs == 1 && ip_length >= kMinPayload) [[likely]] {
        mbuf.data_off = static_cast<std::uint16_t>(mbuf.data_off + l2_length);
        make_packet(mbuf, ip_length);
        return;
    }
    strip_segments(mbuf, l2_length, ip_length);
    mbuf.ol_flags = 0;
    mbuf.tx_offload = 0;
    mbuf.vlan_tci = 0;
}

}  // namespace mgmd::dataplane
