// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/stream.hpp"

#include <gtest/gtest.h>

namespace mgmd::ctl {
namespace {

class Numbers final : public StreamAnswer<int> {
public:
    using StreamAnswer::StreamAnswer;

private:
    Json row_of(const int& number) const override { return {{"number", number}}; }
};

std::string written_by(Numbers& numbers) {
    std::string output;
    const Json no_id;
    Rows rows(output, no_id);
    EXPECT_TRUE(numbers.write(rows)) << "a stream does not end by itself";
    return output;
}

TEST(StreamAnswer, WritesWhatHasComeAndWaitsForMore) {
    Numbers numbers(4);
    EXPECT_FALSE(numbers.is_ready());
    numbers.push(1);
    numbers.push(2);
    EXPECT_TRUE(numbers.is_ready());
    EXPECT_EQ(written_by(numbers), "{\"row\":{\"number\":1}}\n{\"row\":{\"number\":2}}\n");
    EXPECT_FALSE(numbers.is_ready());
    numbers.push(3);
    EXPECT_EQ(written_by(numbers), "{\"row\":{\"number\":3}}\n");
}

TEST(StreamAnswer, LosesTheOldestAndTellsHowMany) {
    Numbers numbers(2);
    for (int number = 1; number <= 9; ++number) {
        numbers.push(number);
    }
    EXPECT_EQ(written_by(numbers),
              "{\"row\":{\"missed\":7}}\n{\"row\":{\"number\":8}}\n{\"row\":{\"number\":9}}\n");
    numbers.push(10);
    EXPECT_EQ(written_by(numbers), "{\"row\":{\"number\":10}}\n") << "told of once";
}

TEST(StreamAnswer, WritesASliceAtATime) {
    Numbers numbers(10'000);
    for (int number = 0; number < 10'000; ++number) {
        numbers.push(number);
    }
    EXPECT_LT(written_by(numbers).size(), 40u * 1024);
    EXPECT_TRUE(numbers.is_ready());
}

}  // namespace
}  // namespace mgmd::ctl
