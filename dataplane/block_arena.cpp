// SPDX-License-Identifier: Apache-2.0
#include "dataplane/block_arena.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <sys/mman.h>

namespace mgmd::dataplane {

BlockArena::BlockArena(std::size_t octets)
    : units_(std::min(octets / kLargest + 1, kMostOfLargest) * kUnitsOfLargest) {
    void* pages = mmap(nullptr, units_ * kUnit, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) {
        throw std::bad_alloc();
    }
    madvise(pages, units_ * kUnit, MADV_HUGEPAGE);  // advice only
    base_ = static_cast<std::byte*>(pages);
    free_order_.reserve(units_);  // address space, like the blocks
    // The first block is split down to its first unit, which stays taken: handle 0.
    touch();
    for (std::size_t order = 0; order + 1 < kOrders; ++order) {
        push(BlockHandle{1} << order, order);
    }
}

BlockArena::~BlockArena() {
    munmap(base_, units_ * kUnit);
}

std::optional<BlockHandle> BlockArena::allocate(std::size_t octets) {
    const std::size_t wanted = order_of(octets);
    if (wanted >= kOrders) {
        return std::nullopt;
    }
    std::size_t order = wanted;
    while (order < kOrders && free_[order] == 0) {
        ++order;
    }
    if (order == kOrders) {
        if (!grow()) {
            return std::nullopt;
        }
        order = kOrders - 1;
    }
    const BlockHandle handle = free_[order];
    unlink(handle, order);
    while (order > wanted) {
        --order;
        push(handle + (BlockHandle{1} << order), order);
    }
    in_use_ += kUnit << wanted;
    return handle;
}

void BlockArena::free(BlockHandle handle, std::size_t octets) {
    std::size_t order = order_of(octets);
    in_use_ -= kUnit << order;
    for (; order + 1 < kOrders; ++order) {
        const BlockHandle buddy = handle ^ (BlockHandle{1} << order);
        if (free_order_[buddy] != order) {
            break;
        }
        unlink(buddy, order);
        handle = std::min(handle, buddy);
    }
    push(handle, order);
}

bool BlockArena::grow() {
    if (touched() == units_) {
        return false;
    }
    const auto fresh = static_cast<BlockHandle>(touched());
    touch();
    push(fresh, kOrders - 1);
    return true;
}

void BlockArena::touch() {
    free_order_.resize(touched() + kUnitsOfLargest, kNotFree);
}

void BlockArena::push(BlockHandle handle, std::size_t order) {
    const BlockHandle next = free_[order];
    new (at<FreeBlock>(handle)) FreeBlock{0, next};
    if (next != 0) {
        at<FreeBlock>(next)->previous = handle;
    }
    free_[order] = handle;
    free_order_[handle] = static_cast<std::uint8_t>(order);
}

void BlockArena::unlink(BlockHandle handle, std::size_t order) {
    const FreeBlock block = *at<FreeBlock>(handle);
    if (block.previous == 0) {
        free_[order] = block.next;
    } else {
        at<FreeBlock>(block.previous)->next = block.next;
    }
    if (block.next != 0) {
        at<FreeBlock>(block.next)->previous = block.previous;
    }
    free_order_[handle] = kNotFree;
}

}  // namespace mgmd::dataplane
