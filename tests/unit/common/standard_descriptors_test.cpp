// SPDX-License-Identifier: Apache-2.0
#include "common/standard_descriptors.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace mgmd {
namespace {

/// Ends its process with 0 if descriptor 1 is taken, can't be written, and 2 is what it was.
void without_standard_output() {
    ::close(STDOUT_FILENO);
    occupy_standard_descriptors();
    const int next = ::open("/dev/null", O_WRONLY);
    const bool refused = ::write(STDOUT_FILENO, "x", 1) < 0 && errno == EBADF;
    const bool kept = ::fcntl(STDERR_FILENO, F_GETFD) >= 0;
    std::_Exit(next > STDERR_FILENO && refused && kept ? 0 : 1);
}

TEST(StandardDescriptors, AreNobodyElses) {
    EXPECT_EXIT(without_standard_output(), testing::ExitedWithCode(0), "");
}

TEST(StandardDescriptors, StayWhatTheyAre) {
    const int before = ::open("/dev/null", O_RDONLY);
    ::close(before);
    occupy_standard_descriptors();
    const int after = ::open("/dev/null", O_RDONLY);
    ::close(after);
    EXPECT_EQ(before, after) << "nothing is left open";
}

}  // namespace
}  // namespace mgmd
