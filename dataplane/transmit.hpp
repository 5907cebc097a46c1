// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// Queues frames of one owner, `octets` long together, for a port: complete from the destination
/// MAC on, not above the port's MTU. Each brings one reference to each of its segments, which
/// passes to the port. `fragments`: the frames are one copy. At most TxBuffer::kCapacity frames.
inline void transmit(WorkerContext& ctx, PortIndex port, const TxOwner& owner,
                     std::span<rte_mbuf* const> frames, std::uint32_t octets,
                     bool fragments = false) {
    TxBuffer& buffer = ctx.tx[port];
    if (buffer.size + frames.size() > TxBuffer::kCapacity) [[unlikely]] {
        flush(ctx, buffer);
    }
    for (std::size_t i = 0; i < frames.size(); ++i) {
        buffer.frames[buffer.size + i] = frames[i];
    }
    buffer.size = static_cast<std::uint16_t>(buffer.size + frames.size());
    buffer.runs[buffer.run_count++] = {owner, fragments, static_cast<std::uint16_t>(frames.size()),
                                       octets};
}

/// Counts copies that could not be made or sent, for their interface and their entry.
void count_discarded(WorkerContext& ctx, const TxOwner& owner, std::uint64_t copies);

}  // namespace mgmd::dataplane
