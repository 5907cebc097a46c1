// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "dataplane/entry.hpp"

namespace mgmd::dataplane {

/// Memory for the parts of entries that vary in size: blocks of 64 octets to 64 KiB by the buddy
/// method (a freed block joins its free neighbour, so memory comes back whole). Address space is
/// reserved at start, pages are used as blocks need them: room that nobody needs costs nothing.
/// Handle 0 is never given out: it names a zeroed block. Control allocates and frees; workers only
/// translate handles.
class BlockArena {
public:
    static constexpr std::size_t kUnit = 64;
    static constexpr std::size_t kLargest = kUnit << 10;

    /// What a block of `octets` octets takes: a power of two of units.
    static constexpr std::size_t rounded(std::size_t octets) { return kUnit << order_of(octets); }

    /// At least `octets` octets, as far as handles reach: 256 GiB. Throws std::bad_alloc.
    explicit BlockArena(std::size_t octets);
    BlockArena(const BlockArena&) = delete;
    BlockArena& operator=(const BlockArena&) = delete;
    ~BlockArena();

    template <class T>
    T* at(BlockHandle handle) {
        return reinterpret_cast<T*>(base_ + std::size_t{handle} * kUnit);
    }
    template <class T>
    const T* at(BlockHandle handle) const {
        return reinterpret_cast<const T*>(base_ + std::size_t{handle} * kUnit);
    }

    /// Uninitialised octets, aligned to a cache line. nullopt: the arena is full, or `octets` is
    /// more than kLargest.
    std::optional<BlockHandle> allocate(std::size_t octets);
    /// A block of `allocate(octets)`.
    void free(BlockHandle handle, std::size_t octets);

    /// Of blocks given out, and of the arena's books about them.
    std::size_t octets() const { return in_use_ + in_use_ / kUnit; }
    /// Of all blocks that fit, where they are large.
    std::size_t capacity() const { return units_ * kUnit; }

private:
    static constexpr std::size_t kOrders = 11;
    static constexpr std::size_t kUnitsOfLargest = kLargest / kUnit;
    static constexpr std::size_t kMostOfLargest = (std::size_t{1} << 32) / kUnitsOfLargest;
    static constexpr std::uint8_t kNotFree = 0xff;

    /// Lies in a free block and links it to others of its order.
    struct FreeBlock {
        BlockHandle previous;
        BlockHandle next;
    };

    static constexpr std::size_t order_of(std::size_t octets) {
        const std::size_t units = octets == 0 ? 1 : (octets + kUnit - 1) / kUnit;
        return static_cast<std::size_t>(std::bit_width(units - 1));
    }
    bool grow();
    void touch();
    /// Units from here on were never part of a block.
    std::size_t touched() const { return free_order_.size(); }
    void push(BlockHandle handle, std::size_t order);
    void unlink(BlockHandle handle, std::size_t order);

    std::byte* base_ = nullptr;  // worker: ro, control: wo at construction
    std::size_t units_ = 0;
    // What control writes lies on other cache lines than what workers read for each packet.
    alignas(64) std::size_t in_use_ = 0;
    std::array<BlockHandle, kOrders> free_{};  // first of each order, 0: none
    /// By touched unit: order of the free block that starts here.
    std::vector<std::uint8_t> free_order_;
};

}  // namespace mgmd::dataplane
