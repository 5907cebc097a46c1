// SPDX-License-Identifier: Apache-2.0
#include "dataplane/observe.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include <rte_cycles.h>

#include "common/headers.hpp"
#include "common/wire_reader.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/drop.hpp"
#include "dataplane/link_header.hpp"
#include "dataplane/packet_tracer.hpp"
#include "dataplane/worker_tap.hpp"

namespace mgmd::dataplane {
namespace {

static_assert(kMostStaged >= TxBuffer::kCapacity);

/// A frame from its Ethernet header on, `before` octets of which stand before the buffer's data.
struct Frame {
    const rte_mbuf& mbuf;
    std::uint16_t before = 0;

    std::uint32_t length() const { return mbuf.pkt_len + before; }
    const std::uint8_t* begin() const {
        return rte_pktmbuf_mtod(&mbuf, const std::uint8_t*) - before;
    }
    /// What lies in the first segment.
    std::span<const std::uint8_t> first() const {
        return {begin(), std::size_t{mbuf.data_len} + before};
    }
};

/// The first octets of the frame, as many as there is room for.
void copy_frame(const Frame& frame, std::span<std::uint8_t> to) {
    auto from = frame.first();
    const rte_mbuf* segment = &frame.mbuf;
    while (!to.empty()) {
        const auto count = std::min(from.size(), to.size());
        std::memcpy(to.data(), from.data(), count);
        to = to.subspan(count);
        segment = segment->next;
        if (segment == nullptr) {
            return;
        }
        from = {rte_pktmbuf_mtod(segment, const std::uint8_t*), segment->data_len};
    }
}

template <class F>
void read_addresses(WireReader& reader, FrameFacts& facts) {
    if (const auto header = reader.read<IpHeader<F>>()) {
        facts.family = F::family;
        facts.source = RawAddress::from(header->source);
        facts.destination = RawAddress::from(header->destination);
    }
}

/// The facts but for the interface.
FrameFacts facts_of(const Frame& frame, const std::optional<LinkHeader>& link) {
    FrameFacts facts;
    WireReader reader(frame.first());
    if (link && reader.skip(link->length)) {
        if (link->ether_type == V4::ether_type) {
            read_addresses<V4>(reader, facts);
        } else if (link->ether_type == V6::ether_type) {
            read_addresses<V6>(reader, facts);
        }
    }
    return facts;
}

FrameFacts facts_of(const Frame& frame, InterfaceIndex interface) {
    auto facts = facts_of(frame, read_tags(frame.first()));
    facts.interface = interface;
    return facts;
}

/// Of a frame as it was received: the interface is known by its tags.
FrameFacts facts_on_arrival(const IngressContext& ctx, PortIndex port, const Frame& frame) {
    const auto link = read_tags(frame.first());
    auto facts = facts_of(frame, link);
    if (link) {
        facts.interface = ctx.arrivals->tags(port).find(link->outer_vid, link->vid);
    }
    return facts;
}

CaptureNote note_of(TapPoint point, const Frame& frame, PortIndex port, InterfaceIndex interface) {
    CaptureNote note;
    note.timestamp = rte_rdtsc();
    note.length = frame.length();
    note.interface = interface;
    note.port = port;
    note.point = point;
    return note;
}

void capture(IngressContext& ctx, WorkerCapture& capture, const CaptureNote& note,
             const Frame& frame) {
    copy_frame(frame, capture.stage(note, 0));
    ctx.pushed |= capture.commit(1);
}

void capture_received(IngressContext& ctx, PortIndex port, const Frame& frame,
                      const FrameFacts& facts) {
    for (auto* each : ctx.observers->all_captures()) {
        if (each->wants_in() && each->takes(facts)) {
            capture(ctx, *each, note_of(TapPoint::in, frame, port, facts.interface), frame);
        }
    }
}

void capture_dropped(IngressContext& ctx, PortIndex port, const Frame& frame,
                     const FrameFacts& facts, DropReason reason) {
    for (auto* each : ctx.observers->all_captures()) {
        if (each->wants_drop(reason) && each->takes(facts)) {
            auto note = note_of(TapPoint::drop, frame, port, facts.interface);
            note.reason = reason;
            capture(ctx, *each, note, frame);
        }
    }
    if (ctx.tracer != nullptr) {
        ctx.tracer->dropped(frame.mbuf, reason);
    }
}

void trace(WorkerContext& ctx, Process traced, PortIndex port, rte_mbuf* frame,
           InterfaceIndex arrival) {
    PacketTracer tracer(ctx, port, arrival, *frame);
    ctx.tracer = &tracer;
    traced(ctx, port, {&frame, 1});
    ctx.tracer = nullptr;
    ctx.pushed |= ctx.observers->trace->ring.push(tracer.record());
}

}  // namespace

void process_observed(WorkerContext& ctx, Process process, Process traced, PortIndex port,
                      std::span<rte_mbuf*> frames) {
    ctx.port_in_hand = port;
    if (!ctx.observers->look_at_arrivals()) {
        process(ctx, port, frames);
        return;
    }
    auto* tracing = ctx.observers->trace;
    std::size_t first = 0;  // of those that are not processed yet
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const Frame frame{*frames[i]};
        const auto facts = facts_on_arrival(ctx, port, frame);
        capture_received(ctx, port, frame, facts);
        if (tracing != nullptr && tracing->takes(facts)) {
            if (i != first) {
                process(ctx, port, frames.subspan(first, i - first));
            }
            trace(ctx, traced, port, frames[i], facts.interface);
            first = i + 1;
        }
    }
    if (first != frames.size()) {
        process(ctx, port, frames.subspan(first));
    }
}

std::uint16_t send_observed(WorkerContext& ctx, TxBuffer& buffer) {
    if (!ctx.observers->look_at_departures()) {
        return buffer.queue.send(buffer.queue.device, buffer.frames.data(), buffer.size);
    }
    const auto port = static_cast<PortIndex>(&buffer - ctx.tx.data());
    std::uint16_t number = 0;
    for (std::uint16_t i = 0; i < buffer.run_count; ++i) {
        for (const auto end = number + buffer.runs[i].frames; number != end; ++number) {
            const Frame frame{*buffer.frames[number]};
            const auto interface = buffer.runs[i].interface;
            const auto facts = facts_of(frame, interface);
            for (auto* each : ctx.observers->all_captures()) {
                if (each->wants_out() && each->takes(facts)) {
                    copy_frame(frame,
                               each->stage(note_of(TapPoint::out, frame, port, interface), number));
                }
            }
        }
    }
    const auto sent = buffer.queue.send(buffer.queue.device, buffer.frames.data(), buffer.size);
    for (auto* each : ctx.observers->all_captures()) {
        ctx.pushed |= each->commit(sent);
    }
    return sent;
}

void observe_drop(IngressContext& ctx, const rte_mbuf& dropped, DropReason reason) {
    const Frame frame{dropped};
    const auto port = ctx.port_in_hand;
    capture_dropped(ctx, port, frame, facts_on_arrival(ctx, port, frame), reason);
}

void observe_drop(IngressContext& ctx, const Packet& packet, DropReason reason) {
    const Frame frame{*packet.mbuf, packet.l2_length};
    const auto port = (*ctx.interfaces)[packet.interface].port;
    capture_dropped(ctx, port, frame, facts_of(frame, packet.interface), reason);
}

}  // namespace mgmd::dataplane
