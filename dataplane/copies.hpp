// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include <rte_mbuf.h>

#include "common/ids.hpp"
#include "common/ip_address.hpp"
#include "dataplane/context.hpp"
#include "dataplane/drop.hpp"
#include "dataplane/frame.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/plan.hpp"
#include "dataplane/rewrite.hpp"
#include "dataplane/transmit.hpp"

namespace mgmd::dataplane {

/// The members of one rewrite class that get a packet: at least one.
struct CopyGroup {
    const PlanClass* rewrite_class;
    const PlanMember* first;
    std::uint16_t count;

    std::span<const PlanMember> members() const { return {first, count}; }
};

/// Makes the frames of packets and queues them (forwarding rules 5). Within a group every port
/// sends the same frame, its reference count raised once, before the first port gets it; nobody
/// writes to it from then on. Groups differ in their link header:
///
/// - The received frame serves one of them as it is.
/// - The others get copies of it, those of a group out of one bulk allocation.
/// - With chains, and from `copy_max_octets` on, groups whose ports take several segments and share
///   frames get a header of their own in front of the received frame, which all of them share.
///
/// A copy for which there is no buffer is counted as discarded. Worker thread.
template <class F>
class CopySender {
public:
    explicit CopySender(WorkerContext& ctx) : ctx_(ctx) {}

    /// Sends every packet to every group; takes the packets. They are as behind classify, with
    /// their owner, and nobody else references them. At most kMaxBurst.
    void send(std::span<rte_mbuf* const> packets, std::span<const CopyGroup> groups) {
        if (groups.empty()) {
            for (rte_mbuf* packet : packets) {
                release(packet);
            }
        } else if (copy_whole(packets, groups.size())) [[likely]] {
            send_whole(packets, groups);
        } else if (chain_all(packets, groups)) {
            send_chains(packets, groups);
        } else {
            for (rte_mbuf* const& packet : packets) {
                send_one(packet, groups);
            }
        }
    }

    /// Sends one packet in fragments to one member, which counts as one copy. Leaves the packet.
    void send_fragments(const rte_mbuf& packet, const PlanClass& rewrite_class,
                        const PlanMember& member);

private:
    bool copy_whole(std::span<rte_mbuf* const> packets, std::size_t groups) const {
        std::uint16_t segments = 0;
        for (const rte_mbuf* packet : packets) {
            segments |= packet->nb_segs;  // 1 stays 1 only as long as all have one
        }
        if (segments != 1) [[unlikely]] {
            return false;
        }
        return groups == 1 || !ctx_.replication.chain || is_short(packets);
    }

    /// None is longer than what is copied rather than chained.
    bool is_short(std::span<rte_mbuf* const> packets) const {
        return std::all_of(packets.begin(), packets.end(), [this](const rte_mbuf* packet) {
            return packet->pkt_len + sizeof(EthernetHeader) <= ctx_.replication.copy_max_octets;
        });
    }

    void send_one(rte_mbuf* const& packet, std::span<const CopyGroup> groups) {
        if (copy_whole({&packet, 1}, groups.size())) {
            send_whole({&packet, 1}, groups);
        } else {
            send_large(*packet, groups);
        }
    }

    /// Single-segment packets: the last group gets the received frames, the others copies.
    void send_whole(std::span<rte_mbuf* const> packets, std::span<const CopyGroup> groups) {
        for (const auto& group : groups.first(groups.size() - 1)) {
            send_copies(packets, group);
        }
        send_frames(packets, groups.back());
    }

    /// Allocated group by group: buffers of all of them would not stay in the first-level cache
    /// until they are filled.
    void send_copies(std::span<rte_mbuf* const> packets, const CopyGroup& group) {
        std::array<rte_mbuf*, kMaxBurst> copies;
        if (rte_pktmbuf_alloc_bulk(ctx_.pools.packets, copies.data(),
                                   static_cast<unsigned>(packets.size())) != 0) [[unlikely]] {
            send_what_fits(packets, group);
            return;
        }
        for (std::size_t i = 0; i < packets.size(); ++i) {
            copy(*packets[i], *copies[i]);
        }
        send_frames({copies.data(), packets.size()}, group);
    }

    static void copy(const rte_mbuf& from, rte_mbuf& to) {
        std::memcpy(rte_pktmbuf_mtod(&to, void*), rte_pktmbuf_mtod(&from, const void*),
                    from.data_len);
        to.data_len = from.data_len;
        to.pkt_len = from.data_len;
        set_owner(to, owner_of(from));
    }

    /// Queues packets that nobody else references, and that lack only their link header, as the
    /// frames of a group.
    void send_frames(std::span<rte_mbuf* const> frames, const CopyGroup& group) {
        const ClassHeader<F> header(*group.rewrite_class);
        std::uint32_t octets = 0;
        for (rte_mbuf* frame : frames) {
            header.write(*frame);
            set_references(*frame, group.count);
            octets += frame->pkt_len;
        }
        for (const auto& member : group.members()) {
            queue_frames(ctx_, member.port, member.interface, frames, octets);
        }
    }

    /// Every segment is referenced: whoever frees a packet frees each of them.
    static void set_references(rte_mbuf& packet, std::uint32_t count) {
        if (count == 1) {
            return;
        }
        rte_mbuf_refcnt_set(&packet, static_cast<std::uint16_t>(count));
        if (packet.nb_segs != 1) [[unlikely]] {
            for (rte_mbuf* segment = packet.next; segment != nullptr; segment = segment->next) {
                rte_mbuf_refcnt_set(segment, static_cast<std::uint16_t>(count));
            }
        }
    }

    /// Counts copies of the packets that a group did not get.
    void discard(const CopyGroup& group, std::span<rte_mbuf* const> packets);
    void send_what_fits(std::span<rte_mbuf* const> packets, const CopyGroup& group);
    bool may_chain(const CopyGroup& group) const;
    bool chain_all(std::span<rte_mbuf* const> packets, std::span<const CopyGroup> groups) const;
    void send_chains(std::span<rte_mbuf* const> packets, std::span<const CopyGroup> groups);
    void send_large(rte_mbuf& packet, std::span<const CopyGroup> groups);
    void send_chained(rte_mbuf& payload, std::span<const CopyGroup* const> groups);
    void send_behind(std::span<rte_mbuf* const> headers, std::span<rte_mbuf* const> payloads,
                     const CopyGroup& group);
    rte_mbuf* copy_large(const rte_mbuf& packet, const PlanClass& rewrite_class) const;

    WorkerContext& ctx_;
};

extern template class CopySender<V4>;
extern template class CopySender<V6>;

}  // namespace mgmd::dataplane
