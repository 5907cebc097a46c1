// SPDX-License-Identifier: Apache-2.0
#include "dataplane/block_arena.hpp"

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/block_interner.hpp"
#include "tests/support/table_fixture.hpp"

namespace mgmd::dataplane {
namespace {

std::size_t largest_that_fit(BlockArena& arena) {
    std::vector<BlockHandle> taken;
    while (const auto handle = arena.allocate(BlockArena::kLargest)) {
        taken.push_back(*handle);
    }
    for (const auto handle : taken) {
        arena.free(handle, BlockArena::kLargest);
    }
    return taken.size();
}

TEST(BlockArena, NamesAZeroedBlockZero) {
    BlockArena arena(1 << 20);
    while (const auto handle = arena.allocate(1)) {
        ASSERT_NE(*handle, 0u);
        std::memset(arena.at<char>(*handle), 0xff, BlockArena::kUnit);
    }
    for (std::size_t i = 0; i < BlockArena::kUnit; ++i) {
        ASSERT_EQ(arena.at<char>(0)[i], 0);
    }
}

TEST(BlockArena, RefusesWhatIsTooLarge) {
    BlockArena arena(1 << 20);
    EXPECT_FALSE(arena.allocate(BlockArena::kLargest + 1));
    EXPECT_TRUE(arena.allocate(BlockArena::kLargest));
}

TEST(BlockArena, BlocksNeverOverlapAndMemoryComesBackWhole) {
    struct Block {
        BlockHandle handle;
        std::size_t octets;
        unsigned char pattern;
    };
    BlockArena arena(4 << 20);
    const auto octets_at_start = arena.octets();
    const auto room_at_start = largest_that_fit(arena);
    ASSERT_GE(room_at_start, 64u);
    test::Random random(2);
    std::vector<Block> blocks;
    const auto check_and_free = [&](std::size_t i) {
        const auto* octets = arena.at<unsigned char>(blocks[i].handle);
        for (std::size_t o = 0; o < blocks[i].octets; ++o) {
            ASSERT_EQ(octets[o], blocks[i].pattern);
        }
        arena.free(blocks[i].handle, blocks[i].octets);
        blocks[i] = blocks.back();
        blocks.pop_back();
    };
    for (int step = 0; step < 20'000; ++step) {
        const std::size_t octets = 1 + random() % (1u << (random() % 17));
        const auto handle = random() % 2 == 0 ? std::nullopt : arena.allocate(octets);
        if (handle) {
            const auto pattern = static_cast<unsigned char>(random());
            std::memset(arena.at<unsigned char>(*handle), pattern, octets);
            blocks.push_back({*handle, octets, pattern});
        } else if (!blocks.empty()) {
            check_and_free(random() % blocks.size());
        }
    }
    while (!blocks.empty()) {
        check_and_free(0);
    }
    EXPECT_EQ(arena.octets(), octets_at_start);
    EXPECT_EQ(largest_that_fit(arena), room_at_start);
}

std::span<const std::byte> octets_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

TEST(BlockInterner, EqualContentIsOneBlockUntilItsLastReferenceIsReturned) {
    BlockArena arena(1 << 20);
    BlockInterner interner(arena);
    const auto octets_at_start = arena.octets();
    const auto first = interner.intern(octets_of("one"));
    const auto second = interner.intern(octets_of("one"));
    const auto other = interner.intern(octets_of("two"));
    ASSERT_TRUE(first && second && other);
    EXPECT_EQ(*first, *second);
    EXPECT_NE(*first, *other);
    EXPECT_EQ(std::string_view(arena.at<char>(*first), 3), "one");
    interner.release(*first, 3);
    EXPECT_EQ(interner.blocks(), 2u);
    interner.release(*second, 3);
    EXPECT_EQ(interner.blocks(), 1u);
    interner.release(*other, 3);
    EXPECT_EQ(arena.octets(), octets_at_start);
}

TEST(BlockInterner, RefusesWhenTheArenaIsFull) {
    BlockArena arena(0);  // what the zero block leaves of one largest block
    BlockInterner interner(arena);
    EXPECT_FALSE(interner.intern(std::vector<std::byte>(BlockArena::kLargest)));
    EXPECT_EQ(interner.blocks(), 0u);
}

}  // namespace
}  // namespace mgmd::dataplane
