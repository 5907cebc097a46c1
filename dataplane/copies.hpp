// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include <rte_mbuf.h>

#include "common/ids.hpp"
#include "common/ip_address.hpp"
#include "common/mac_address.hpp"
#include "dataplane/context.hpp"
#include "dataplane/drop.hpp"
#include "dataplane/entry.hpp"
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

/// Makes the frames of packets of one flow and queues them (forwarding rules 5). Within a group
/// every port sends the same frame, its reference count raised once, before the first port gets it;
/// nobody writes to it from then on. Groups differ in their link header:
///
/// - The received frame serves one of them as it is.
/// - The others get copies of it, all out of one bulk allocation.
/// - With chains, and from `copy_max_octets` on, groups whose ports take several segments and share
///   frames get a header of their own in front of the received frame, which all of them share.
///
/// A copy for which there is no buffer is counted as discarded. Worker thread.
class CopySender {
public:
    CopySender(WorkerContext& ctx, EntryIndex entry, Family family, const MacAddress& group_mac)
        : ctx_(ctx), entry_(entry), family_(family), group_mac_(group_mac) {}

    /// Sends every packet to every group; takes the packets' mbufs. Packets as behind classify and
    /// with nobody else referencing them.
    void send(std::span<const Packet> packets, std::span<const CopyGroup> groups) {
        if (groups.empty()) {
            for (const auto& packet : packets) {
                release(packet.mbuf);
            }
        } else if (copy_whole(packets, groups.size())) {
            send_whole(packets, groups);
        } else {
            for (const auto& packet : packets) {
                send_large(*packet.mbuf, groups);
            }
        }
    }

    /// Sends one packet in fragments to one member, which counts as one copy. Leaves the packet.
    void send_fragments(const Packet& packet, const PlanClass& rewrite_class,
                        const PlanMember& member);

private:
    static constexpr std::size_t kBatch = kMaxOutgoing;  ///< copies allocated at once

    TxOwner owner(const PlanMember& member) const { return {entry_, member.interface, family_}; }

    bool copy_whole(std::span<const Packet> packets, std::size_t groups) const {
        std::uint32_t longest = 0;
        std::uint16_t segments = 1;
        for (const auto& packet : packets) {
            longest = std::max<std::uint32_t>(longest, packet.ip_length);
            segments = std::max(segments, packet.mbuf->nb_segs);
        }
        const auto& replication = ctx_.replication;
        return segments == 1 && (groups == 1 || !replication.chain ||
                                 longest + sizeof(EthernetHeader) <= replication.copy_max_octets);
    }

    /// Single-segment packets: the last group gets the received frames, the others copies.
    void send_whole(std::span<const Packet> packets, std::span<const CopyGroup> groups) {
        const auto copied = groups.first(groups.size() - 1);
        const auto at_once = copied.empty() ? packets.size() : kBatch / copied.size();
        std::array<rte_mbuf*, kMaxBurst> received;
        while (!packets.empty()) {
            const auto count = std::min(at_once, packets.size());
            for (std::size_t i = 0; i < count; ++i) {
                received[i] = packets[i].mbuf;
            }
            if (!copied.empty()) {
                send_copies({received.data(), count}, copied);
            }
            send_frames({received.data(), count}, groups.back());
            packets = packets.subspan(count);
        }
    }

    void send_copies(std::span<rte_mbuf* const> packets, std::span<const CopyGroup> groups) {
        std::array<rte_mbuf*, kBatch> copies;
        const auto count = static_cast<unsigned>(packets.size() * groups.size());
        if (rte_pktmbuf_alloc_bulk(ctx_.pools.packets, copies.data(), count) != 0) [[unlikely]] {
            send_what_fits(packets, groups);
            return;
        }
        rte_mbuf** next = copies.data();
        for (const auto& group : groups) {
            for (std::size_t i = 0; i < packets.size(); ++i) {
                copy(*packets[i], *next[i]);
            }
            send_frames({next, packets.size()}, group);
            next += packets.size();
        }
    }

    static void copy(const rte_mbuf& from, rte_mbuf& to) {
        std::memcpy(rte_pktmbuf_mtod(&to, void*), rte_pktmbuf_mtod(&from, const void*),
                    from.data_len);
        to.data_len = from.data_len;
        to.pkt_len = from.data_len;
    }

    /// Queues packets that nobody else references, and that lack only their link header, as the
    /// frames of a group.
    void send_frames(std::span<rte_mbuf* const> frames, const CopyGroup& group) {
        const FrameHeader header(*group.rewrite_class, group_mac_);
        std::uint32_t octets = 0;
        for (rte_mbuf* frame : frames) {
            header.write(*frame);
            set_references(*frame, group.count);
            octets += frame->pkt_len;
        }
        for (const auto& member : group.members()) {
            transmit(ctx_, member.port, owner(member), frames, octets);
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

    void discard(const CopyGroup& group, std::uint64_t packets);
    void send_what_fits(std::span<rte_mbuf* const> packets, std::span<const CopyGroup> groups);
    void send_large(rte_mbuf& packet, std::span<const CopyGroup> groups);
    void send_chained(rte_mbuf& payload, std::span<const CopyGroup* const> groups);
    bool may_chain(const CopyGroup& group) const;
    rte_mbuf* copy_large(const rte_mbuf& packet, const PlanClass& rewrite_class) const;

    WorkerContext& ctx_;
    EntryIndex entry_;
    Family family_;
    MacAddress group_mac_;
};

}  // namespace mgmd::dataplane
