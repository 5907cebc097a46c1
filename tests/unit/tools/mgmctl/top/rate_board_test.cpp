// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/rate_board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mgmd::mgmctl::top {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(RateBoard, TellsGrowthASecond) {
    RateBoard board;
    board.begin(0);
    EXPECT_THAT(board.put("a", {100, 1000}).rates, IsEmpty());
    board.end();
    board.begin(2);
    EXPECT_THAT(board.put("a", {150, 1000}).rates, ElementsAre(25, 0));
    board.end();
    board.begin(0.5);
    const auto& track = board.put("a", {200, 1100});
    EXPECT_THAT(track.rates, ElementsAre(100, 200));
    EXPECT_THAT(track.history, ElementsAre(25, 100));
}

TEST(RateBoard, TellsTheMeanOfWhatIsNew) {
    RateBoard board;
    board.begin(0);
    EXPECT_THAT(board.put("old", {100}, 50).rates, ElementsAre(2));
    board.end();
    board.begin(2);
    board.put("old", {100}, 52);
    EXPECT_THAT(board.put("new", {100}, 1).rates, ElementsAre(100));
}

TEST(RateBoard, TellsNothingOfCountersThatWereCleared) {
    RateBoard board;
    board.begin(0);
    board.put("a", {100});
    board.end();
    board.begin(1);
    EXPECT_THAT(board.put("a", {3}).rates, ElementsAre(0));
    board.end();
    board.begin(1);
    EXPECT_THAT(board.put("a", {5}).rates, ElementsAre(2));
}

TEST(RateBoard, ForgetsWhatIsNotThere) {
    RateBoard board;
    board.begin(0);
    board.put("a", {1});
    board.put("b", {1});
    board.end();
    EXPECT_EQ(board.size(), 2u);
    board.begin(1);
    board.put("b", {1});
    board.end();
    EXPECT_EQ(board.size(), 1u);
}

TEST(RateBoard, KeepsABoundedHistory) {
    RateBoard board;
    for (std::size_t look = 0; look < 3 * RateBoard::kHistory; ++look) {
        board.begin(1);
        const auto& track = board.put("a", {static_cast<double>(look)});
        EXPECT_LE(track.history.size(), RateBoard::kHistory);
        board.end();
    }
}

}  // namespace
}  // namespace mgmd::mgmctl::top
