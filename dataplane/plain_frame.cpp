// SPDX-License-Identifier: Apache-2.0
#include "dataplane/plain_frame.hpp"

#include <algorithm>
#include <cstring>

#include "dataplane/drop.hpp"

namespace mgmd::dataplane {
namespace {

bool all_private(const rte_mbuf* segment) {
    while (segment != nullptr && is_private(*segment)) {
        segment = segment->next;
    }
    return segment == nullptr;
}

/// Takes the segment after `segment` out of the chain that `frame` begins, and frees it.
void remove_next(rte_mbuf& frame, rte_mbuf& segment) {
    rte_mbuf* next = segment.next;
    segment.next = next->next;
    --frame.nb_segs;
    rte_pktmbuf_free_seg(next);
}

/// Moves octets from the next segments until the first holds `length`. False: it has no room.
bool pull_up(rte_mbuf& frame, std::uint16_t length) {
    if (frame.data_len >= length) {
        return true;
    }
    if (frame.data_len + rte_pktmbuf_tailroom(&frame) < length) {
        return false;
    }
    while (frame.data_len < length) {
        rte_mbuf& next = *frame.next;
        const auto missing = static_cast<std::uint16_t>(length - frame.data_len);
        const auto moved = std::min(missing, next.data_len);
        std::memcpy(rte_pktmbuf_mtod_offset(&frame, std::uint8_t*, frame.data_len),
                    rte_pktmbuf_mtod(&next, const std::uint8_t*), moved);
        frame.data_len = static_cast<std::uint16_t>(frame.data_len + moved);
        next.data_off = static_cast<std::uint16_t>(next.data_off + moved);
        next.data_len = static_cast<std::uint16_t>(next.data_len - moved);
        if (next.data_len == 0) {
            remove_next(frame, frame);
        }
    }
    return true;
}

}  // namespace

rte_mbuf* make_plain(rte_mbuf* frame, rte_mempool* pool) {
    const auto headers =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(frame->pkt_len, kMaxHeaders));
    if (all_private(frame) && has_plain_room(*frame) && pull_up(*frame, headers)) {
        return frame;
    }
    rte_mbuf* copy = rte_pktmbuf_copy(frame, pool, 0, frame->pkt_len);
    if (copy != nullptr) {
        release(frame);
    }
    return copy;
}

void strip_segments(rte_mbuf& frame, std::uint16_t l2_length, std::uint16_t ip_length) {
    rte_pktmbuf_adj(&frame, l2_length);
    rte_mbuf* last = &frame;
    std::uint16_t left = ip_length;
    while (left > last->data_len) {
        left = static_cast<std::uint16_t>(left - last->data_len);
        last = last->next;
    }
    last->data_len = left;
    while (last->next != nullptr) {
        remove_next(frame, *last);
    }
    frame.pkt_len = ip_length;
    if (ip_length < kMinPayload) {
        const auto missing = static_cast<std::uint16_t>(kMinPayload - ip_length);
        std::memset(rte_pktmbuf_append(&frame, missing), 0, missing);
    }
}

}  // namespace mgmd::dataplane
