// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <rte_mbuf.h>

#include "common/drop_reason.hpp"
#include "dataplane/context.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/transmitter.hpp"

/// What a worker does with packets that somebody looks at (IngressContext::observers is not null).
/// Off the hot path, but without locks, system calls and allocation all the same. Worker thread.
namespace mgmd::dataplane {

using Process = void (*)(WorkerContext& ctx, PortIndex port, std::span<rte_mbuf*> frames);

/// Does what `process` does, in bursts, and looks at the frames before. Frames that are traced go
/// through `traced`, one by one, in their place.
void process_observed(WorkerContext& ctx, Process process, Process traced, PortIndex port,
                      std::span<rte_mbuf*> frames);

/// Offers frames to their driver, as a TxBuffer's flush does; returns how many it took.
std::uint16_t send_observed(WorkerContext& ctx, TxBuffer& buffer);

}  // namespace mgmd::dataplane
