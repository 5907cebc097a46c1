// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <rte_mbuf.h>

#include "common/ids.hpp"

namespace mgmd::dataplane {

/// Where a worker's frames for one port go: the port's own TX queue, the ring to the worker that
/// owns a queue, or a test's collector. Takes a prefix of `frames`; returns its length.
struct TxQueue {
    using Send = std::uint16_t (*)(void* device, rte_mbuf** frames, std::uint16_t count);
    Send send = nullptr;
    void* device = nullptr;
};

/// What a queued copy belongs to, so that a copy that the driver refuses is counted where it
/// belongs. `entry` is an index of the family's entry slab, or kNoEntry for injected frames.
struct TxOwner {
    static constexpr std::uint32_t kNoEntry = 0xffffffff;
    std::uint32_t entry = kNoEntry;
    InterfaceIndex interface = kNoInterface;
    std::uint8_t family = 0;
};

/// The frames of one port that wait for the end of the burst. Worker thread only.
struct TxBuffer {
    static constexpr std::uint16_t kCapacity = 128;
    std::uint16_t size = 0;
    TxQueue queue;
    std::array<rte_mbuf*, kCapacity> frames;
    std::array<TxOwner, kCapacity> owners;
};

}  // namespace mgmd::dataplane
