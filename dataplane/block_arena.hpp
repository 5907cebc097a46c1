// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "dataplane/entry.hpp"

namespace mgmd::dataplane {

/// Memory for the parts of entries that vary in size: blocks of 64 octets to 64 KiB by the buddy
/// method (a freed block joins its free neighbour, so memory comes back whole). Address space is
/// reserved at start, pages are used as blocks need them. Handle 0 is never given out: it names a
/// zeroed block. Control allocates and frees; workers only translate handles.
class BlockArena {
public:
    static constexpr std::size_t kUnit = 64;
    static constexpr std::size_t kLargest = kUnit << 10;

    /// Throws std::bad_alloc.
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

    /// Of blocks given out, and of the arena's own books.
    std::size_t octets() const { return in_use_ + free_order_.size(); }

private:
    static constexpr std::size_t kOrders = 11;
    static constexpr std::size_t kUnitsOfLargest = kLargest / kUnit;
    static constexpr std::uint8_t kNotFree = 0xff;

    /// Lies in a free block and links it to others of its order.
    struct FreeBlock {
        BlockHandle previous;
        BlockHandle next;
    };

    static std::size_t order_of(std::size_t octets);
    bool grow();
    void push(BlockHandle handle, std::size_t order);
    void unlink(BlockHandle handle, std::size_t order);

    std::byte* base_ = nullptr;
    std::size_t units_ = 0;
    std::size_t touched_ = 0;  // units from here on were never part of a block
    std::size_t in_use_ = 0;
    std::array<BlockHandle, kOrders> free_{};  // first of each order, 0: none
    std::vector<std::uint8_t> free_order_;     // by unit: order of the free block that starts here
};

}  // namespace mgmd::dataplane
