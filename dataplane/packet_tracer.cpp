// SPDX-License-Identifier: Apache-2.0
#include "dataplane/packet_tracer.hpp"

#include <algorithm>

#include "dataplane/frame.hpp"
#include "dataplane/transmit.hpp"

namespace mgmd::dataplane {

PacketTracer::PacketTracer(WorkerContext& ctx, PortIndex port, InterfaceIndex arrival,
                           const rte_mbuf& frame)
    : before_(counts_of(ctx)) {
    record_.timestamp = ctx.now;
    record_.worker = ctx.worker;
    record_.port = port;
    record_.interface = arrival;
    record_.length = frame.pkt_len;
    record_.captured =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(frame.pkt_len, kTracedOctets));
    copy_octets(frame, 0, record_.captured, record_.octets.data());
}

PacketTracer::Counts PacketTracer::counts_of(const WorkerContext& ctx) {
    return {ctx.counters->punted.get(), ctx.counters->punt_copies.get(),
            ctx.counters->held_out.get(), ctx.events->accepted()};
}

PacketTracer::InterfaceCounts PacketTracer::counts_of(WorkerContext& ctx,
                                                      InterfaceIndex interface) {
    const auto& counters = ctx.interface_counters(interface);
    return {counters.tx_packets.get(), counters.ttl_too_low.get(), counters.too_big.get(),
            counters.discarded.get()};
}

template <class F>
void PacketTracer::end_of(WorkerContext& ctx, Stage stage, std::span<const Run<F>> runs) {
    const auto now = counts_of(ctx);
    switch (stage) {
        case Stage::classify:
            return end_of_classify(ctx);
        case Stage::lookup:
            return note_entry<F>(runs.front().entry);
        case Stage::resolve:
            record_.asked = now.events != before_.events;
            record_.released = static_cast<std::uint32_t>(now.held_out - before_.held_out);
            break;
        case Stage::accept:
            record_.reported = now.events != before_.events;
            record_.copied = now.punt_copies != before_.punt_copies;
            break;
        case Stage::transmit:
            return end_of_transmit(ctx);
        default:
            break;
    }
    if (record_.last == Stage::receive && runs.empty() && stage != Stage::replicate) {
        settle(ctx, stage);
    } else if (stage == Stage::resolve) {
        flush(ctx);  // what was released is not this packet's
        list_outgoing<F>(ctx, *runs.front().entry);
    }
    before_ = counts_of(ctx);
}

void PacketTracer::end_of_classify(WorkerContext& ctx) {
    if (ctx.ipv4.burst.size != 0) {
        note_packet<V4>(ctx.ipv4.burst);
    } else if (ctx.ipv6.burst.size != 0) {
        note_packet<V6>(ctx.ipv6.burst);
    } else {
        settle(ctx, Stage::classify);
    }
}

template <class F>
void PacketTracer::note_packet(const Burst<F>& burst) {
    const Packet& packet = burst.packets.front();
    const auto key = burst.keys.front().flow();
    packet_ = packet.mbuf;
    record_.is_data = true;
    record_.family = F::family;
    record_.table = key.table;
    record_.source = RawAddress::from(key.source);
    record_.group = RawAddress::from(key.group);
    record_.ip_length = packet.ip_length;
    record_.ttl = packet.ttl;
}

template <class F>
void PacketTracer::note_entry(const Entry<F>* entry) {
    record_.found = entry != nullptr;
    if (entry != nullptr) {
        const auto key = entry->key.unpack();
        record_.action = entry->action;
        record_.entry_source = RawAddress::from(key.source);
        record_.entry_group = RawAddress::from(key.group);
        record_.entry_group_length = key.group_length;
    }
}

template <class F>
void PacketTracer::list_outgoing(WorkerContext& ctx, const Entry<F>& entry) {
    const auto members = ctx.family<F>().table.plan(entry).members();
    record_.outgoing = static_cast<std::uint16_t>(members.size());
    for (const auto& member : members.first(std::min(members.size(), kTracedCopies))) {
        copies_before_[record_.listed] = counts_of(ctx, member.interface);
        record_.copies[record_.listed++] = {member.interface, member.mtu, 0, member.ttl_threshold,
                                            TracedFate::left_out};
    }
}

void PacketTracer::dropped(const rte_mbuf& packet, DropReason reason) {
    if (packet_ == nullptr || packet_ == &packet) {
        record_.reason = reason;
    }
}

/// Its verdict fell in this stage, or it waits.
void PacketTracer::settle(const WorkerContext& ctx, Stage stage) {
    if (record_.reason != DropReason::count) {
        record_.verdict = TraceVerdict::dropped;
    } else {
        record_.verdict = ctx.counters->punted.get() != before_.punted ? TraceVerdict::punted
                                                                       : TraceVerdict::held;
    }
    record_.last = stage;
}

void PacketTracer::end_of_transmit(WorkerContext& ctx) {
    if (record_.last != Stage::receive) {
        return;  // it did not come so far
    }
    record_.verdict = TraceVerdict::forwarded;
    record_.last = Stage::transmit;
    for (std::size_t i = 0; i < record_.listed; ++i) {
        auto& copy = record_.copies[i];
        const auto& before = copies_before_[i];
        const auto now = counts_of(ctx, copy.interface);
        copy.frames = static_cast<std::uint16_t>(now.sent - before.sent);
        if (copy.interface == record_.interface) {
            copy.fate = TracedFate::left_out;  // what it sent, if anything, is about this packet
        } else if (now.discarded != before.discarded) {
            copy.fate = TracedFate::discarded;
        } else if (now.ttl_too_low != before.ttl_too_low) {
            copy.fate = TracedFate::ttl_too_low;
        } else if (now.too_big != before.too_big) {
            copy.fate = TracedFate::too_big;
        } else if (copy.frames != 0) {
            copy.fate = copy.frames == 1 ? TracedFate::sent : TracedFate::fragmented;
        }
    }
}

template void PacketTracer::end_of(WorkerContext&, Stage, std::span<const Run<V4>>);
template void PacketTracer::end_of(WorkerContext&, Stage, std::span<const Run<V6>>);

}  // namespace mgmd::dataplane
