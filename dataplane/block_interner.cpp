// SPDX-License-Identifier: Apache-2.0
#include "dataplane/block_interner.hpp"

#include <cstring>
#include <new>

namespace mgmd::dataplane {

std::optional<BlockHandle> BlockInterner::intern(std::span<const std::byte> content) {
    const std::string_view octets(reinterpret_cast<const char*>(content.data()), content.size());
    if (const auto known = blocks_.find(octets); known != blocks_.end()) {
        ++known->references;
        last_ = &*known;
        return known->handle;
    }
    const auto handle = arena_.allocate(content.size());
    if (!handle) {
        return std::nullopt;
    }
    std::memcpy(arena_.at<std::byte>(*handle), content.data(), content.size());
    try {
        last_ = &*blocks_.insert({*handle, static_cast<std::uint32_t>(content.size()), 1}).first;
    } catch (const std::bad_alloc&) {
        arena_.free(*handle, content.size());
        return std::nullopt;
    }
    return handle;
}

bool BlockInterner::share_again(BlockHandle handle) {
    if (last_ == nullptr || last_->handle != handle) {
        return false;
    }
    ++last_->references;
    return true;
}

void BlockInterner::release(BlockHandle handle, std::size_t octets) {
    if (handle == 0) {
        return;
    }
    const auto block = blocks_.find(std::string_view(arena_.at<char>(handle), octets));
    if (--block->references == 0) {
        last_ = last_ == &*block ? nullptr : last_;
        blocks_.erase(block);
        arena_.free(handle, octets);
        if (blocks_.empty()) {
            blocks_ = make_index();  // gives the index's memory back too
        }
    }
}

std::size_t BlockInterner::octets() const {
    constexpr std::size_t kNode = sizeof(Block) + 2 * sizeof(void*) + 2 * sizeof(std::size_t);
    return blocks_.size() * kNode + blocks_.bucket_count() * sizeof(void*);
}

}  // namespace mgmd::dataplane
