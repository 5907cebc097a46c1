// SPDX-License-Identifier: Apache-2.0
#include "common/text_table.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace mgmd {
namespace {

TEST(TextTable, AlignsTextLeftAndNumbersRight) {
    TextTable table({"NAME", "N", "REST"});
    EXPECT_TRUE(table.empty());
    table.add({"a", "5", "x"});
    table.add({"longer", "1234", ""});
    EXPECT_FALSE(table.empty());
    std::ostringstream out;
    table.print(out);
    EXPECT_EQ(out.str(),
              "  NAME       N  REST\n"
              "  a          5  x\n"
              "  longer  1234\n");
}

}  // namespace
}  // namespace mgmd
