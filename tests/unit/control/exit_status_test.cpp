// SPDX-License-Identifier: Apache-2.0
#include "control/exit_status.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace mgmd {
namespace {

TEST(ExitStatus, IsTheTasksOwn) {
    EXPECT_EQ(exit_status_of([] { return 0; }), 0);
    EXPECT_EQ(exit_status_of([] { return 78; }), 78);
}

TEST(ExitStatus, OfWhatTheSystemRefusesIs71) {
    EXPECT_EQ(exit_status_of([]() -> int { throw std::bad_alloc(); }), 71);
    EXPECT_EQ(exit_status_of([]() -> int {
                  throw boost::system::system_error(boost::system::errc::make_error_code(
                      boost::system::errc::bad_file_descriptor));
              }),
              71);
    EXPECT_EQ(exit_status_of([]() -> int {
                  throw std::system_error(std::make_error_code(std::errc::too_many_files_open));
              }),
              71);
}

TEST(ExitStatus, OfAnyOtherExceptionIs70) {
    EXPECT_EQ(exit_status_of([]() -> int { throw std::logic_error("a mistake"); }), 70);
}

}  // namespace
}  // namespace mgmd
