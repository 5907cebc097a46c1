// SPDX-License-Identifier: Apache-2.0
#include "common/waker.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

namespace mgmd {

Waker::Waker() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Waker::~Waker() {
    if (descriptor_ >= 0) {
        close(descriptor_);
    }
}

void Waker::awake() {
    asleep_.exchange(0, std::memory_order_seq_cst);
    eventfd_t ignored = 0;
    // EAGAIN only says that nobody signalled.
    (void)eventfd_read(descriptor_, &ignored);
}

void Waker::signal() {
    // Fails only when the count would overflow, and then the sleeper is awake already.
    (void)eventfd_write(descriptor_, 1);
}

}  // namespace mgmd
