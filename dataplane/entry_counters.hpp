// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "common/counter.hpp"
#include "common/ids.hpp"
#include "dataplane/entry.hpp"
#include "dataplane/huge_array.hpp"

/// What workers count per entry. Copies that leave are not counted one by one: `sent` is what the
/// entry accepted minus the exceptions noted here (forwarding rules 3).
namespace mgmd::dataplane {

/// Why an outgoing interface got no copy of a packet that its entry forwarded.
enum class CopyException : std::uint8_t {
    ttl_too_low,
    too_big,
    discarded,  ///< no buffer, TX queue full, link down
    left_out,   ///< not eligible: the packet arrived there, or a boundary is in the way
};
inline constexpr std::size_t kCopyExceptions = 4;

/// Exceptions of one outgoing interface of one entry; for kNoInterface those of the entry itself
/// (expired TTLs, under ttl_too_low).
struct ExceptionNode {
    std::array<Counter, kCopyExceptions> counts;  // worker: wo, control: ro
    std::atomic<std::uint32_t> next{0};           // worker: wo, control: ro; 0: last
    std::atomic<InterfaceIndex> interface { kNoInterface };
};
static_assert(sizeof(ExceptionNode) == 40);

/// One worker's counts of one entry version.
struct alignas(32) EntryCounterBlock {
    Counter hits;             // worker: wo, control: ro; accepted, or refused by a negative entry
    Counter octets;           // worker: wo, control: ro; of hits: IP length
    Counter wrong_interface;  // worker: wo, control: ro
    std::atomic<std::uint32_t> exceptions{0};  // worker: wo, control: ro; first node, 0: none
};
static_assert(sizeof(EntryCounterBlock) == 32);

/// All entry counters of one worker and one family.
class WorkerEntryCounters {
public:
    /// `entries`: of the slab; `nodes`: exceptions that can be told apart. Throws std::bad_alloc.
    WorkerEntryCounters(std::size_t entries, std::size_t nodes);

    // The worker. No allocation, no locked instruction except to take nodes back, no shared line.

    /// Packets that passed the accept check, expired TTLs included.
    [[gnu::always_inline]] void accepted(EntryIndex entry, std::uint64_t packets,
                                         std::uint64_t octets) {
        EntryCounterBlock& block = blocks_[entry];
        block.hits.add(packets);
        block.octets.add(octets);
    }
    /// Packets that a negative entry (Action::drop) absorbed.
    void negative(EntryIndex entry, std::uint64_t packets) { blocks_[entry].hits.add(packets); }
    void wrong_interface(EntryIndex entry, std::uint64_t packets) {
        blocks_[entry].wrong_interface.add(packets);
    }
    /// Accepted packets that went no further because their TTL was 1 or 0.
    void ttl_expired(EntryIndex entry, std::uint64_t packets) {
        exception(entry, kNoInterface, CopyException::ttl_too_low, packets);
    }
    /// Copies that `interface` did not get. O(interfaces of the entry that had exceptions).
    void exception(EntryIndex entry, InterfaceIndex interface, CopyException kind,
                   std::uint64_t packets);
    /// Inline for sure: as a function that returns nothing and changes nothing its calls would be
    /// optimised away.
    [[gnu::always_inline]] void prefetch(EntryIndex entry) const {
        __builtin_prefetch(&blocks_[entry], 1);
    }

    // The control thread.

    const EntryCounterBlock& block(EntryIndex entry) const { return blocks_[entry]; }
    /// Calls `visit(node)` for each interface of the entry with exceptions.
    template <class Visit>
    void for_each_exception(EntryIndex entry, Visit&& visit) const {
        for (auto i = blocks_[entry].exceptions.load(std::memory_order_acquire); i != 0;
             i = nodes_[i].next.load(std::memory_order_relaxed)) {
            visit(nodes_[i]);
        }
    }
    /// Zeroes an entry's counters and hands its nodes back to the worker. Only when no worker can
    /// count on the entry any more.
    void recycle(EntryIndex entry);
    /// Exceptions that no node was left for: missing from their interface's counts.
    std::uint64_t unattributed() const { return unattributed_.get(); }
    std::size_t octets() const { return blocks_.octets() + nodes_.octets(); }

private:
    std::uint32_t take_node();

    HugeArray<EntryCounterBlock> blocks_;
    HugeArray<ExceptionNode> nodes_;      // node 0 is not used
    alignas(64) std::uint32_t free_ = 0;  // worker: rw; chain of free nodes
    std::uint32_t untouched_ = 1;         // worker: rw; nodes from here were never taken
    Counter unattributed_;                // worker: wo, control: ro
    alignas(64) std::atomic<std::uint32_t> returned_{0};  // control pushes, worker takes them all
};

}  // namespace mgmd::dataplane
