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

/// The entry that a frame is a copy for, so that what the driver refuses is counted where it
/// belongs: an index of the family's entry slab, or kNone for frames of no entry: injected ones,
/// ICMPv6.
struct FrameOwner {
    static constexpr std::uint32_t kNone = 0;
    std::uint32_t entry = kNone;
    Family family = Family::ipv4;

    friend bool operator==(const FrameOwner&, const FrameOwner&) = default;
};

/// Notes it in the frame, in a field that no driver looks at when it sends: all copies that share a
/// frame share it.
inline void set_owner(rte_mbuf& frame, FrameOwner owner) {
    frame.hash.usr = owner.entry << 1 | (owner.family == Family::ipv6 ? 1u : 0u);
}
inline FrameOwner owner_of(const rte_mbuf& frame) {
    const std::uint32_t noted = frame.hash.usr;
    return {noted >> 1, (noted & 1) != 0 ? Family::ipv6 : Family::ipv4};
}

/// What queued frames belong to.
struct TxOwner {
    static constexpr std::uint32_t kNoOwner = FrameOwner::kNone;
    std::uint32_t entry = kNoOwner;
    InterfaceIndex interface = kNoInterface;
    Family family = Family::ipv4;
};

/// Frames of one interface that stand one behind the other in a TxBuffer.
struct TxRun {
    InterfaceIndex interface;
    bool fragments;        ///< together they are one copy
    std::uint16_t frames;  ///< at least 1
    std::uint32_t octets;  ///< of all of them, without FCS
};

/// The frames of one port that wait for others, at most until the end of the burst. Worker thread
/// only.
struct TxBuffer {
    static constexpr std::uint16_t kCapacity = 128;
    /// With more than these it does not wait: buffers that the driver gives back early are the next
    /// copies, still in the cache.
    static constexpr std::uint16_t kEnough = 32;
    std::uint16_t size = 0;
    std::uint16_t run_count = 0;
    TxQueue queue;  ///< `send` is null where this worker has none
    std::array<rte_mbuf*, kCapacity> frames;
    std::array<TxRun, kCapacity> runs;

    TxRun* last_run() { return run_count == 0 ? nullptr : &runs[run_count - 1]; }
};

}  // namespace mgmd::dataplane
