// SPDX-License-Identifier: Apache-2.0
#include "common/standard_descriptors.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace mgmd {

void occupy_standard_descriptors() {
    int lowest = STDIN_FILENO;
    while (lowest >= 0 && lowest <= STDERR_FILENO) {
        lowest = ::open("/dev/null", O_RDONLY);
    }
    if (lowest >= 0) {
        ::close(lowest);
    }
}

}  // namespace mgmd
