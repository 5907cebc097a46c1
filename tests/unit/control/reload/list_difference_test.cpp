// SPDX-License-Identifier: Apache-2.0
#include "control/reload/list_difference.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mgmd {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pointee;

using Item = std::pair<int, std::string>;  // key, value

TEST(ListDifference, OfOrderAloneIsNone) {
    const std::vector<Item> before{{1, "a"}, {2, "b"}, {3, "c"}};
    const std::vector<Item> after{{3, "c"}, {2, "b"}, {1, "a"}};
    const auto difference = list_difference(before, after, [](const Item& i) { return i.first; });
    EXPECT_THAT(difference.put, IsEmpty());
    EXPECT_THAT(difference.gone, IsEmpty());
}

TEST(ListDifference, IsWhatIsNewOrOtherAndWhatIsGone) {
    const std::vector<Item> before{{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}};
    const std::vector<Item> after{{1, "a"}, {5, "e"}, {3, "x"}, {4, "d"}};
    const auto difference = list_difference(before, after, [](const Item& i) { return i.first; });
    EXPECT_THAT(difference.put, ElementsAre(Pointee(Item{5, "e"}), Pointee(Item{3, "x"})));
    EXPECT_THAT(difference.gone, ElementsAre(Pointee(Item{2, "b"})));
}

TEST(ListDifference, OfListsWhereOneBeginsAndEndsLikeTheOther) {
    const std::vector<Item> shorter{{1, "a"}, {1, "a"}};
    const std::vector<Item> longer{{1, "a"}, {2, "b"}, {1, "a"}};
    const auto key_of = [](const Item& item) { return item.first; };
    EXPECT_THAT(list_difference(shorter, longer, key_of).put, ElementsAre(Pointee(Item{2, "b"})));
    EXPECT_THAT(list_difference(longer, shorter, key_of).gone, ElementsAre(Pointee(Item{2, "b"})));
}

}  // namespace
}  // namespace mgmd
