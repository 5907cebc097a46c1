// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>

#include "dataplane/block_arena.hpp"

namespace mgmd::dataplane {

/// Immutable blocks of an arena that are shared by content: equal octets get the same handle.
/// References are counted. Control thread.
class BlockInterner {
public:
    explicit BlockInterner(BlockArena& arena) : arena_(arena), blocks_(make_index()) {}

    /// Takes a reference to a block with this content. nullopt: the arena is full,
    /// or there is no memory for the index.
    std::optional<BlockHandle> intern(std::span<const std::byte> content);
    /// Takes one more, if `handle` is what intern() answered last and is still in use.
    bool share_again(BlockHandle handle);
    /// Returns a reference to a block of `octets` octets; frees it with the last. Handle 0: nothing
    /// to do.
    void release(BlockHandle handle, std::size_t octets);

    std::size_t blocks() const { return blocks_.size(); }
    /// Of its own index; the blocks are the arena's.
    std::size_t octets() const;

private:
    struct Block {
        BlockHandle handle;
        std::uint32_t octets;
        mutable std::uint32_t references;
    };
    static std::string_view content(const BlockArena& arena, const Block& block) {
        return {arena.at<char>(block.handle), block.octets};
    }
    struct Hash {
        using is_transparent = void;
        const BlockArena* arena;
        std::size_t operator()(std::string_view octets) const {
            return std::hash<std::string_view>{}(octets);
        }
        std::size_t operator()(const Block& block) const { return (*this)(content(*arena, block)); }
    };
    struct Equal {
        using is_transparent = void;
        const BlockArena* arena;
        bool operator()(const Block& a, const Block& b) const { return a.handle == b.handle; }
        bool operator()(std::string_view a, const Block& b) const {
            return a == content(*arena, b);
        }
        bool operator()(const Block& a, std::string_view b) const {
            return b == content(*arena, a);
        }
    };

    using Index = std::unordered_set<Block, Hash, Equal>;

    Index make_index() const { return Index(0, Hash{&arena_}, Equal{&arena_}); }

    BlockArena& arena_;
    Index blocks_;
    const Block* last_ = nullptr;  // interned last; nullptr: freed since
};

}  // namespace mgmd::dataplane
