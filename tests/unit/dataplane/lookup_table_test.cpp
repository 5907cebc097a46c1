// SPDX-License-Identifier: Apache-2.0
#include "dataplane/lookup_table.hpp"

#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/table_fixture.hpp"

namespace mgmd::dataplane {
namespace {

/// Keys are numbers, an index names its key, and hashes are the test's choice.
class LookupTableTest : public testing::Test {
protected:
    void insert(std::uint32_t key, std::uint64_t hash) {
        keys_.push_back(key);
        table_.insert(hash, static_cast<LookupTable::Index>(keys_.size() - 1));
    }
    auto is(std::uint32_t key) const {
        return [this, key](LookupTable::Index index) { return keys_[index] == key; };
    }
    /// The key that is found, or 0.
    std::uint32_t find(std::uint32_t key, std::uint64_t hash) const {
        return keys_[table_.find(hash, is(key))];
    }
    void erase(std::uint32_t key, std::uint64_t hash) {
        table_.erase(hash, *table_.find_slot(hash, is(key)));
    }

    static constexpr std::size_t kCapacity = 64;
    LookupTable table_{kCapacity};
    std::vector<std::uint32_t> keys_{0};
};

TEST_F(LookupTableTest, FindsWhatIsThereAndNothingElse) {
    insert(7, 0x1234);
    EXPECT_EQ(find(7, 0x1234), 7u);
    EXPECT_EQ(find(8, 0x1234), 0u);  // same tag, other key
    EXPECT_EQ(find(7, 0x1235), 0u);
    EXPECT_EQ(keys_[table_.guess(0x1234)], 7u);
    EXPECT_EQ(table_.guess(0x1235), LookupTable::kNone);
    erase(7, 0x1234);
    EXPECT_EQ(find(7, 0x1234), 0u);
    EXPECT_EQ(table_.guess(0x1234), LookupTable::kNone);
}

TEST_F(LookupTableTest, AHashOfZeroIsNoFreeSlot) {
    EXPECT_EQ(find(1, 0), 0u);
    insert(1, 0);
    EXPECT_EQ(find(1, 0), 1u);
}

TEST_F(LookupTableTest, KeysThatAllCollideAreAllFound) {
    constexpr std::uint64_t kLastBucket = 0xffffffff00000001;  // probing wraps around
    for (std::uint32_t key = 1; key <= kCapacity; ++key) {
        insert(key, kLastBucket);
    }
    for (std::uint32_t key = 1; key <= kCapacity; ++key) {
        EXPECT_EQ(find(key, kLastBucket), key);
    }
    EXPECT_EQ(find(kCapacity + 1, kLastBucket), 0u);
    for (std::uint32_t key = 1; key < kCapacity; ++key) {  // those in the home bucket first
        erase(key, kLastBucket);
        EXPECT_EQ(find(key, kLastBucket), 0u);
        EXPECT_EQ(find(kCapacity, kLastBucket), kCapacity);
    }
}

TEST_F(LookupTableTest, ReplacementSwapsOneKeysIndexOnly) {
    insert(1, 5);
    insert(2, 5);
    const auto slot = *table_.find_slot(5, is(1));
    keys_.push_back(1);
    table_.replace(slot, 3);
    EXPECT_EQ(table_.find(5, is(1)), 3u);
    EXPECT_EQ(table_.find(5, is(2)), 2u);
}

TEST_F(LookupTableTest, AgreesWithAMapUnderRandomChanges) {
    test::Random random(1);
    std::map<std::uint32_t, std::uint64_t> model;  // key to hash
    for (int step = 0; step < 200'000; ++step) {
        const std::uint32_t key = 1 + random() % 100;
        // Few homes and few tags: buckets overflow and tags repeat all the time.
        const std::uint64_t hash = std::uint64_t{key % 5} << 61 | key % 3;
        if (model.contains(key)) {
            erase(key, hash);
            model.erase(key);
        } else if (model.size() < kCapacity) {
            insert(key, hash);
            model.emplace(key, hash);
        }
        const std::uint32_t asked = 1 + random() % 100;
        const std::uint64_t asked_hash = std::uint64_t{asked % 5} << 61 | asked % 3;
        ASSERT_EQ(find(asked, asked_hash), model.contains(asked) ? asked : 0u);
    }
}

}  // namespace
}  // namespace mgmd::dataplane
