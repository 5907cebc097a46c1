// SPDX-License-Identifier: Apache-2.0
#include "control/idle_watch.hpp"

#include <spdlog/spdlog.h>

namespace mgmd {

IdleWatch::IdleWatch(EventLoop& loop, const DataplaneView& view, std::chrono::milliseconds limit)
    : loop_(loop), view_(view), limit_(limit), timer_(loop) {
    wait();
}

void IdleWatch::wait() {
    const auto idle = view_.idle_for();
    if (idle >= limit_) {
        spdlog::info("stopping: nothing received for {} ms", limit_.count());
        loop_.stop();
        return;
    }
    timer_.after(limit_ - idle, [this] { wait(); });
}

}  // namespace mgmd
