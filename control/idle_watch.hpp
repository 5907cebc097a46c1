// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "common/dataplane_view.hpp"
#include "control/event_loop.hpp"
#include "control/loop_timer.hpp"

namespace mgmd {

/// Stops the loop once the dataplane has received nothing for `limit` (--until-idle). Control
/// thread.
class IdleWatch {
public:
    /// Both references outlive it.
    IdleWatch(EventLoop& loop, const DataplaneView& view, std::chrono::milliseconds limit);

private:
    void wait();

    EventLoop& loop_;
    const DataplaneView& view_;
    std::chrono::milliseconds limit_;
    LoopTimer timer_;
};

}  // namespace mgmd
