// SPDX-License-Identifier: Apache-2.0
#include "dataplane/transmit.hpp"

#include <algorithm>

#include "dataplane/observe.hpp"

namespace mgmd::dataplane {
namespace {

void count_sent(WorkerContext& ctx, InterfaceIndex interface, std::uint64_t packets,
                std::uint64_t octets) {
    auto& counters = ctx.interface_counters(interface);
    counters.tx_packets.add(packets);
    counters.tx_octets.add(octets);
}

/// Counts the copies among refused frames of one run; neighbours of one entry at once.
void count_refused(WorkerContext& ctx, const TxRun& run, std::span<rte_mbuf* const> refused) {
    if (run.fragments) {
        count_discarded(ctx, owner_of(*refused.front()), run.interface, 1);
        return;
    }
    while (!refused.empty()) {
        const auto owner = owner_of(*refused.front());
        std::size_t copies = 1;
        while (copies < refused.size() && owner_of(*refused[copies]) == owner) {
            ++copies;
        }
        count_discarded(ctx, owner, run.interface, copies);
        refused = refused.subspan(copies);
    }
}

/// Frees and counts what the driver left of `buffer`: all frames from `sent` on.
void refuse(WorkerContext& ctx, TxBuffer& buffer, std::uint16_t sent) {
    std::uint32_t first = 0;
    for (std::uint16_t i = 0; i < buffer.run_count; ++i) {
        const TxRun& run = buffer.runs[i];
        const std::uint32_t end = first + run.frames;
        const std::uint32_t first_refused = std::clamp<std::uint32_t>(sent, first, end);
        const std::span refused(buffer.frames.data() + first_refused, end - first_refused);
        std::uint32_t octets = run.octets;
        for (const rte_mbuf* frame : refused) {
            octets -= frame->pkt_len;
        }
        count_sent(ctx, run.interface, first_refused - first, octets);
        if (!refused.empty()) {
            count_refused(ctx, run, refused);
        }
        first = end;
    }
    rte_pktmbuf_free_bulk(buffer.frames.data() + sent, buffer.size - unsigned{sent});
}

template <class F>
void count_exception(WorkerContext& ctx, std::uint32_t entry, InterfaceIndex interface,
                     std::uint64_t copies) {
    ctx.family<F>().table.counters().exception(entry, interface, CopyException::discarded, copies);
}

}  // namespace

void flush(WorkerContext& ctx, TxBuffer& buffer) {
    const auto& queue = buffer.queue;
    std::uint16_t sent = 0;
    if (queue.send != nullptr) [[likely]] {
        sent = ctx.observers == nullptr
                   ? queue.send(queue.device, buffer.frames.data(), buffer.size)
                   : send_observed(ctx, buffer);
    }
    if (sent != buffer.size) [[unlikely]] {
        refuse(ctx, buffer, sent);
    } else {
        for (std::uint16_t i = 0; i < buffer.run_count; ++i) {
            const TxRun& run = buffer.runs[i];
            count_sent(ctx, run.interface, run.frames, run.octets);
        }
    }
    buffer.size = 0;
    buffer.run_count = 0;
}

void count_discarded(WorkerContext& ctx, FrameOwner owner, InterfaceIndex interface,
                     std::uint64_t copies) {
    ctx.interface_counters(interface).discarded.add(copies);
    if (owner.entry == FrameOwner::kNone) {
        return;
    }
    if (owner.family == Family::ipv4) {
        count_exception<V4>(ctx, owner.entry, interface, copies);
    } else {
        count_exception<V6>(ctx, owner.entry, interface, copies);
    }
}

}  // namespace mgmd::dataplane
