// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "common/clock.hpp"
#include "control/event_loop.hpp"

namespace mgmd {

/// Runs one task from the event loop, later. Boost.Asio's timer, for those who would not compile
/// all of it. Control thread.
class LoopTimer {
public:
    /// `loop` outlives it.
    explicit LoopTimer(EventLoop& loop);
    /// What it waits for does not come.
    ~LoopTimer();
    LoopTimer(const LoopTimer&) = delete;
    LoopTimer& operator=(const LoopTimer&) = delete;

    /// In place of what it waits for, if anything.
    void at(TimePoint time, std::function<void()> task);
    void after(std::chrono::nanoseconds delay, std::function<void()> task);
    void cancel();

private:
    struct Asio;

    void wait(std::function<void()> task);

    std::unique_ptr<Asio> asio_;
};

}  // namespace mgmd
