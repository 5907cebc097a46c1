// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <rte_mbuf.h>

#include "dataplane/packet.hpp"

/// What the makers of frames share. Worker thread.
namespace mgmd::dataplane {

/// Copies `length` octets from `offset` on out of a packet of any number of segments.
/// Precondition: the packet has them.
inline void copy_octets(const rte_mbuf& from, std::uint32_t offset, std::uint32_t length,
                        std::uint8_t* to) {
    const void* found = rte_pktmbuf_read(&from, offset, length, to);
    if (found != to) {
        std::memcpy(to, found, length);
    }
}

/// Octets of a packet that one buffer of the pool has room for behind its headroom.
inline std::uint32_t buffer_room(rte_mempool& pool) {
    return rte_pktmbuf_data_room_size(&pool) - std::uint32_t{RTE_PKTMBUF_HEADROOM};
}

/// Gives a single-segment packet its length: that of its IP packet, or, padded with zeros, of the
/// shortest Ethernet payload (IEEE 802.3 3.2.7).
inline void set_packet_length(rte_mbuf& mbuf, std::uint32_t ip_length) {
    const auto length = std::max<std::uint32_t>(ip_length, kMinPayload);
    std::memset(rte_pktmbuf_mtod_offset(&mbuf, std::uint8_t*, ip_length), 0, length - ip_length);
    mbuf.data_len = static_cast<std::uint16_t>(length);
    mbuf.pkt_len = length;
}

}  // namespace mgmd::dataplane
