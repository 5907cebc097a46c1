// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <rte_mbuf.h>

#include "dataplane/hop_by_hop.hpp"
#include "dataplane/packet.hpp"

/// What a received mbuf must be like before anything reads or changes it.
namespace mgmd::dataplane {

/// Octets from the start of a frame that lie in its first segment, or the whole frame: all headers
/// that are ever read.
inline constexpr std::uint16_t kMaxHeaders = 512;
static_assert(kMaxHeaders >= kL2Headroom + sizeof(Ipv6Header) + kMaxHopByHopLength + 64);

/// Room that must be in the first segment before the frame, so that two tags fit, and from its
/// start on, so that it can be padded.
inline constexpr std::uint16_t kPlainHeadroom = kL2Headroom - sizeof(EthernetHeader);
inline constexpr std::uint16_t kPlainRoom = kL2Headroom + kMinPayload;

/// Nobody else reads or writes this segment's buffer.
inline bool is_private(const rte_mbuf& segment) {
    return rte_mbuf_refcnt_read(&segment) == 1 && RTE_MBUF_DIRECT(&segment);
}

inline bool has_plain_room(const rte_mbuf& frame) {
    return frame.data_off >= kPlainHeadroom && frame.buf_len - frame.data_off >= kPlainRoom;
}

/// One reference to one segment: the two counts stand side by side, and are compared as one.
inline bool is_single(const rte_mbuf& frame) {
    using Counts = std::array<std::uint16_t, 2>;
    static_assert(offsetof(rte_mbuf, nb_segs) == offsetof(rte_mbuf, refcnt) + sizeof(Counts) / 2);
    Counts counts;
    const auto* octets = reinterpret_cast<const std::byte*>(&frame);
    std::memcpy(&counts, octets + offsetof(rte_mbuf, refcnt), sizeof(counts));
    return std::bit_cast<std::uint32_t>(counts) == std::bit_cast<std::uint32_t>(Counts{1, 1});
}

/// The usual case, in which nothing need be done: one private segment with room.
inline bool is_plain(const rte_mbuf& frame) {
    return is_single(frame) && RTE_MBUF_DIRECT(&frame) && has_plain_room(frame);
}

/// A plain frame as a pool gave its buffer to a driver: nothing but the usual headroom in front.
/// Offset and counts stand side by side, and are compared as one.
inline bool is_as_allocated(const rte_mbuf& frame) {
    struct Rearm {
        std::uint16_t data_off = RTE_PKTMBUF_HEADROOM;
        std::uint16_t refcnt = 1;
        std::uint16_t nb_segs = 1;
        std::uint16_t port = 0;
    };
    static_assert(offsetof(rte_mbuf, refcnt) == offsetof(rte_mbuf, data_off) + 2);
    static_assert(offsetof(rte_mbuf, nb_segs) == offsetof(rte_mbuf, data_off) + 4);
    static_assert(offsetof(rte_mbuf, port) == offsetof(rte_mbuf, data_off) + 6);
    std::uint64_t rearm;
    std::memcpy(&rearm, &frame.rearm_data, sizeof(rearm));
    return rearm << 16 == std::bit_cast<std::uint64_t>(Rearm{}) << 16 && RTE_MBUF_DIRECT(&frame);
}
static_assert(RTE_PKTMBUF_HEADROOM >= kPlainHeadroom);

/// Makes any frame private, with room, and its first kMaxHeaders octets contiguous: in place, or
/// by copying it into buffers of `pool`, which frees the original. nullptr: no buffer for the copy,
/// and the frame is as it was.
rte_mbuf* make_plain(rte_mbuf* frame, rte_mempool* pool);

/// Cuts the packet, whose first `l2_length` octets are removed from the data, to `ip_length`
/// octets, or pads it with zeros to kMinPayload. The frame is plain and at least that long.
void strip_segments(rte_mbuf& frame, std::uint16_t l2_length, std::uint16_t ip_length);

}  // namespace mgmd::dataplane
