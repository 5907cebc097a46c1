// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace mgmd::mgmctl {

/// What ends a stream from this side: Ctrl-C and its like, or time. One at a time, before any
/// thread is made.
class StreamEnd {
public:
    /// The signals wait from now on. `after`: nullopt: no time.
    explicit StreamEnd(std::optional<std::chrono::seconds> after);
    ~StreamEnd();
    StreamEnd(const StreamEnd&) = delete;
    StreamEnd& operator=(const StreamEnd&) = delete;

    /// Waits until `descriptor` can be read, or, but once only, for the end. True: that is it; a
    /// second Ctrl-C has its usual effect.
    bool wait(int descriptor);

private:
    void release();

    sigset_t before_;
    int signals_ = -1;
    int timer_ = -1;
};

}  // namespace mgmd::mgmctl
