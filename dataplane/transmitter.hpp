// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include <rte_mbuf.h>

#include "common/ids.hpp"
#include "common/ip_address.hpp"

namespace mgmd::dataplane {

/// Where a worker's frames for one port go: the port's own TX queue, the ring to the worker that
/// owns a queue, or a test's collector. Takes a prefix of `frames`; returns its length.
struct TxQueue {
    using Send = std::uint16_t (*)(void* device, rte_mbuf** frames, std::uint16_t count);
    Send send = nullptr;
    void* device = nullptr;
};

/// What queued frames belong to, so that what the driver refuses is counted where it belongs.
/// `entry` is an index of the family's entry slab, or kNoOwner for frames of no entry: injected
/// ones, ICMPv6.
struct TxOwner {
    static constexpr std::uint32_t kNoOwner = 0;
    std::uint32_t entry = kNoOwner;
    InterfaceIndex interface = kNoInterface;
    Family family = Family::ipv4;
};

/// Frames of one owner that stand one behind the other in a TxBuffer.
struct TxRun {
    TxOwner owner;
    bool fragments = false;    ///< together they are one copy
    std::uint16_t frames = 0;  ///< at least 1
    std::uint32_t octets = 0;  ///< of all of them, without FCS
};
static_assert(sizeof(TxRun) == 16);

/// The frames of one port that wait for the end of the burst. Worker thread only.
struct TxBuffer {
    static constexpr std::uint16_t kCapacity = 128;
    std::uint16_t size = 0;
    std::uint16_t run_count = 0;
    TxQueue queue;  ///< `send` is null where this worker has none
    std::array<rte_mbuf*, kCapacity> frames;
    std::array<TxRun, kCapacity> runs;
};

}  // namespace mgmd::dataplane
