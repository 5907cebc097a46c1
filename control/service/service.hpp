// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "control/event_loop.hpp"
#include "control/loop_timer.hpp"
#include "control/service/notify_socket.hpp"

namespace mgmd {

/// How the router fares, as its service manager is told.
struct ServiceHealth {
    bool alive = true;   ///< all that has to run does
    std::string status;  ///< a line for people
};

/// The router as a service: tells the manager that started it when it forwards, that it is alive,
/// and when it ends. Without a manager it does nothing. Control thread.
class Service {
public:
    using Look = std::function<ServiceHealth()>;

    /// `loop` outlives it. `look` is called from the loop. An environment that makes no sense is
    /// warned of, and the router is not told about any further.
    Service(EventLoop& loop, const Expected<ServiceEnvironment>& environment, Look look);

    /// Packets are forwarded from now on. Begins to tell how the router fares: twice in the
    /// watchdog's time, and only while it is alive. The loop itself is proven to run by that.
    void ready();
    /// It reads its configuration again, and has done so, whatever came of it.
    void reloading();
    void reloaded();
    /// It ends; what takes its time from here on is no failure.
    void stopping();

private:
    void tell(const std::string& lines);
    void wait();
    void beat();

    Look look_;
    std::optional<NotifySocket> socket_;
    bool watched_ = false;
    std::chrono::microseconds interval_;
    LoopTimer timer_;
    bool refused_ = false;  ///< the last telling failed
};

}  // namespace mgmd
