// SPDX-License-Identifier: Apache-2.0
#include "common/entry_budget.hpp"

#include <gtest/gtest.h>

namespace mgmd {
namespace {

TEST(EntryBudget, IsAllOfOneParty) {
    EntryBudget budget(100, 1);
    EXPECT_TRUE(budget.has_room(0, 100));
    EXPECT_FALSE(budget.has_room(0, 101));
    budget.set(0, 100);
    EXPECT_FALSE(budget.has_room(0, 1));
    budget.set(0, 99);
    EXPECT_TRUE(budget.has_room(0, 1));
    EXPECT_FALSE(budget.is_exceeded());
}

TEST(EntryBudget, KeepsAPartForEach) {
    EntryBudget budget(100, 2);  // 25 reserved for each
    budget.set(0, 74);
    EXPECT_TRUE(budget.has_room(0, 1));
    budget.set(0, 75);
    EXPECT_FALSE(budget.has_room(0, 1)) << "however little the other one has";
    budget.set(1, 24);
    EXPECT_TRUE(budget.has_room(1, 1));
    budget.set(1, 25);
    EXPECT_FALSE(budget.has_room(1, 1));
    budget.set(0, 70);
    EXPECT_TRUE(budget.has_room(1, 5)) << "what the other one left";
    EXPECT_FALSE(budget.has_room(1, 6));
}

TEST(EntryBudget, TellsThatItIsExceeded) {
    EntryBudget budget(100, 2);
    budget.set(0, 76);
    EXPECT_TRUE(budget.is_exceeded());
}

TEST(EntryShare, IsWithoutBoundsByDefault) {
    EXPECT_TRUE(EntryShare().has_room(1'000'000'000));
}

}  // namespace
}  // namespace mgmd
