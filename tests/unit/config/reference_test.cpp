// SPDX-License-Identifier: Apache-2.0
#include "config/reference.hpp"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/unit/config/support.hpp"

namespace mgmd::config::test {
namespace {

constexpr const char* kPage = "docs/configuration.md";

/// With MGMD_UPDATE set the page is written anew instead, which is how it is made.
TEST(Reference, IsWhatTheTablesSay) {
    if (std::getenv("MGMD_UPDATE") != nullptr) {
        std::ofstream(kPage, std::ios::binary) << reference_page();
    }
    EXPECT_EQ(read_file(kPage), reference_page())
        << kPage << " is not up to date: run this test with MGMD_UPDATE=1";
}

}  // namespace
}  // namespace mgmd::config::test
