// SPDX-License-Identifier: Apache-2.0
#include "dataplane/copies.hpp"

#include <algorithm>

#include "dataplane/drop.hpp"
#include "dataplane/fragment.hpp"

namespace mgmd::dataplane {
namespace {

/// As many buffers of the pool as there are, up to the length of `to`.
std::span<rte_mbuf*> allocate(rte_mempool& pool, std::span<rte_mbuf*> to) {
    if (rte_pktmbuf_alloc_bulk(&pool, to.data(), static_cast<unsigned>(to.size())) == 0) {
        return to;
    }
    std::size_t count = 0;
    while (count < to.size() && (to[count] = rte_pktmbuf_alloc(&pool)) != nullptr) {
        ++count;
    }
    return to.first(count);
}

}  // namespace

template <class F>
void CopySender<F>::send_fragments(const rte_mbuf& packet, const PlanClass& rewrite_class,
                                   const PlanMember& member) {
    const auto owner = owner_of(packet);
    std::array<rte_mbuf*, kMaxFragments> fragments;
    const auto count = fragment(packet, member.mtu, *ctx_.pools.packets, fragments);
    if (count == 0) {
        count_discarded(ctx_, owner, member.interface, 1);
        return;
    }
    const ClassHeader<F> header(rewrite_class);
    std::uint32_t octets = 0;
    for (rte_mbuf* made : std::span(fragments).first(count)) {
        header.write(*made);
        octets += made->pkt_len;
    }
    transmit(ctx_, member.port, {owner.entry, member.interface, owner.family},
             {fragments.data(), count}, octets, true);
}

template <class F>
void CopySender<F>::discard(const CopyGroup& group, std::span<rte_mbuf* const> packets) {
    for (const auto& member : group.members()) {
        for (const rte_mbuf* packet : packets) {
            count_discarded(ctx_, owner_of(*packet), member.interface, 1);
        }
    }
}

/// The pool can't serve all copies: one by one as far as it goes.
template <class F>
void CopySender<F>::send_what_fits(std::span<rte_mbuf* const> packets, const CopyGroup& group) {
    std::array<rte_mbuf*, kMaxBurst> buffers;
    const auto copies = allocate(*ctx_.pools.packets, std::span(buffers).first(packets.size()));
    for (std::size_t i = 0; i < copies.size(); ++i) {
        copy(*packets[i], *copies[i]);
    }
    if (!copies.empty()) {
        send_frames(copies, group);
    }
    discard(group, packets.subspan(copies.size()));
}

template <class F>
bool CopySender<F>::may_chain(const CopyGroup& group) const {
    return ctx_.replication.chain && ctx_.pools.headers != nullptr &&
           group.rewrite_class->takes_segments && group.rewrite_class->shares_frames;
}

/// Whether each packet goes to each group behind a header of its own.
template <class F>
bool CopySender<F>::chain_all(std::span<rte_mbuf* const> packets,
                              std::span<const CopyGroup> groups) const {
    return groups.size() > 1 &&
           std::all_of(groups.begin(), groups.end(),
                       [this](const CopyGroup& group) { return may_chain(group); }) &&
           std::none_of(packets.begin(), packets.end(), [&](rte_mbuf* const& packet) {
               return copy_whole({&packet, 1}, groups.size());
           });
}

template <class F>
void CopySender<F>::send_chains(std::span<rte_mbuf* const> packets,
                                std::span<const CopyGroup> groups) {
    // So many headers that they stay in the first-level cache, but at least one packet's.
    constexpr std::size_t kHeadersAtOnce = 128;
    const auto at_once = std::max<std::size_t>(kHeadersAtOnce / groups.size(), 1);
    std::uint32_t references = 0;
    for (const auto& group : groups) {
        references += group.count;
    }
    for (std::size_t first = 0; first < packets.size(); first += at_once) {
        const auto some = packets.subspan(first, std::min(at_once, packets.size() - first));
        std::array<rte_mbuf*, kMaxOutgoing> headers;
        const auto count = static_cast<unsigned>(some.size() * groups.size());
        if (rte_pktmbuf_alloc_bulk(ctx_.pools.headers, headers.data(), count) != 0) {
            for (rte_mbuf* packet : some) {
                send_large(*packet, groups);
            }
            continue;
        }
        for (rte_mbuf* packet : some) {
            set_references(*packet, references);
        }
        for (std::size_t i = 0; i < groups.size(); ++i) {
            send_behind(std::span(headers).subspan(i * some.size(), some.size()), some, groups[i]);
        }
    }
}

/// Queues each payload, which has its references already, behind a header of the group's.
template <class F>
void CopySender<F>::send_behind(std::span<rte_mbuf* const> headers,
                                std::span<rte_mbuf* const> payloads, const CopyGroup& group) {
    const ClassHeader<F> header(*group.rewrite_class);
    std::uint32_t octets = 0;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        rte_mbuf& frame = *headers[i];
        rte_mbuf& payload = *payloads[i];
        header.write(frame, ip_header<F>(&payload)->destination);
        frame.next = &payload;
        frame.nb_segs = static_cast<std::uint16_t>(payload.nb_segs + 1);
        frame.pkt_len += payload.pkt_len;
        set_owner(frame, owner_of(payload));
        rte_mbuf_refcnt_set(&frame, group.count);
        octets += frame.pkt_len;
    }
    for (const auto& member : group.members()) {
        queue_frames(ctx_, member.port, member.interface, headers, octets);
    }
}

/// A packet that is not copied in bulk: longer than the limit, or in several segments.
template <class F>
void CopySender<F>::send_large(rte_mbuf& packet, std::span<const CopyGroup> groups) {
    rte_mbuf* received = &packet;
    std::array<const CopyGroup*, kMaxOutgoing> chained;
    std::size_t chained_count = 0;
    const CopyGroup* heir = nullptr;  // gets the received frame if nobody shares it
    for (const auto& group : groups) {
        if (may_chain(group)) {
            chained[chained_count++] = &group;
        }
        if (packet.nb_segs == 1 || group.rewrite_class->takes_segments) {
            heir = &group;
        }
    }
    if (chained_count == 1) {
        heir = chained[0];
    }
    const bool chain = chained_count > 1;
    // Copies first: they only read, and what is shared may be gone as soon as it is queued.
    for (const auto& group : groups) {
        if (chain ? may_chain(group) : &group == heir) {
            continue;
        }
        rte_mbuf* copied = copy_large(packet, *group.rewrite_class);
        if (copied == nullptr) {
            discard(group, {&received, 1});
        } else {
            send_frames({&copied, 1}, group);
        }
    }
    if (chain) {
        send_chained(packet, std::span(chained).first(chained_count));
    } else if (heir != nullptr) {
        send_frames({&received, 1}, *heir);
    } else {
        release(received);
    }
}

/// nullptr: no buffer, or the packet does not fit into one and the ports take no more than one.
template <class F>
rte_mbuf* CopySender<F>::copy_large(const rte_mbuf& packet, const PlanClass& rewrite_class) const {
    rte_mempool& pool = *ctx_.pools.packets;
    rte_mbuf* copied = nullptr;
    if (packet.pkt_len > buffer_room(pool)) {
        copied = rewrite_class.takes_segments ? rte_pktmbuf_copy(&packet, &pool, 0, packet.pkt_len)
                                              : nullptr;
    } else if ((copied = rte_pktmbuf_alloc(&pool)) != nullptr) {
        copy_octets(packet, 0, packet.pkt_len, rte_pktmbuf_mtod(copied, std::uint8_t*));
        copied->data_len = static_cast<std::uint16_t>(packet.pkt_len);
        copied->pkt_len = packet.pkt_len;
    }
    if (copied != nullptr) {
        set_owner(*copied, owner_of(packet));
    }
    return copied;
}

/// Each group gets a header segment of its own; `payload` stands behind all of them, with one
/// reference per port.
template <class F>
void CopySender<F>::send_chained(rte_mbuf& payload, std::span<const CopyGroup* const> groups) {
    std::array<rte_mbuf*, kMaxOutgoing> buffers;
    const auto headers = allocate(*ctx_.pools.headers, std::span(buffers).first(groups.size()));
    rte_mbuf* const packet = &payload;
    std::uint32_t references = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i < headers.size()) {
            references += groups[i]->count;
        } else {
            discard(*groups[i], {&packet, 1});
        }
    }
    if (headers.empty()) {
        release(&payload);
        return;
    }
    set_references(payload, references);
    for (std::size_t i = 0; i < headers.size(); ++i) {
        send_behind({&headers[i], 1}, {&packet, 1}, *groups[i]);
    }
}

template class CopySender<V4>;
template class CopySender<V6>;

}  // namespace mgmd::dataplane
