// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include <rte_mbuf.h>

#include "common/ids.hpp"
#include "dataplane/context.hpp"
#include "dataplane/transmitter.hpp"

/// Stage: hand frames to their ports' drivers. Worker thread.
namespace mgmd::dataplane {

/// Hands what waits in `buffer` to its driver. What the driver refuses is freed and counted as
/// `discarded`, for its interface and its entry; it is not offered again, so that a full queue
/// delays no other port.
void flush(WorkerContext& ctx, TxBuffer& buffer);

/// The same for all ports: the end of every burst.
inline void flush(WorkerContext& ctx) {
    for (auto& buffer : ctx.tx) {
        if (buffer.size != 0) {
            flush(ctx, buffer);
        }
    }
}

/// Queues frames of one interface, `octets` long together, for its port: complete from the
/// destination MAC on, with their owner, not above the port's MTU. Each brings one reference to
/// each of its segments, which passes to the port. `fragments`: the frames are one copy. At most
/// TxBuffer::kCapacity frames.
inline void queue_frames(WorkerContext& ctx, PortIndex port, InterfaceIndex interface,
                         std::span<rte_mbuf* const> frames, std::uint32_t octets,
                         bool fragments = false) {
    TxBuffer& buffer = ctx.tx[port];
    if (buffer.size != 0 && buffer.size + frames.size() > TxBuffer::kEnough) {
        flush(ctx, buffer);
    }
    const auto count = static_cast<std::uint16_t>(frames.size());
    std::copy(frames.begin(), frames.end(), buffer.frames.begin() + buffer.size);
    buffer.size = static_cast<std::uint16_t>(buffer.size + count);
    if (TxRun* last = buffer.last_run(); last != nullptr && last->interface == interface &&
                                         !last->fragments && !fragments) [[likely]] {
        last->frames = static_cast<std::uint16_t>(last->frames + count);
        last->octets += octets;
    } else {
        buffer.runs[buffer.run_count++] = {interface, fragments, count, octets};
    }
}

/// The same for frames that don't have their owner yet.
inline void transmit(WorkerContext& ctx, PortIndex port, const TxOwner& owner,
                     std::span<rte_mbuf* const> frames, std::uint32_t octets,
                     bool fragments = false) {
    for (rte_mbuf* frame : frames) {
        set_owner(*frame, {owner.entry, owner.family});
    }
    queue_frames(ctx, port, owner.interface, frames, octets, fragments);
}

/// Counts copies that could not be made or sent, for their interface and their entry.
void count_discarded(WorkerContext& ctx, FrameOwner owner, InterfaceIndex interface,
                     std::uint64_t copies);

}  // namespace mgmd::dataplane
