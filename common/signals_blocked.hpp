// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace mgmd {

/// Blocks every signal while it lives: threads made meanwhile start, and stay, with all of them
/// blocked, so that only the main thread handles any. For the thread that makes it.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_;
};

}  // namespace mgmd
