// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "common/settings.hpp"
#include "common/waker.hpp"

namespace boost::asio {
class io_context;
}

namespace mgmd {

/// The control thread's loop: rings first, then Boost.Asio handlers, then sleep until a worker or
/// a descriptor wakes it. Control thread only, but for the waker's producers.
class EventLoop {
public:
    /// A ring to drain. `drain` handles a bounded number of items; `empty` says whether none waits.
    struct Source {
        std::function<void()> drain;
        std::function<bool()> empty;
    };

    /// `waker` outlives the loop. With ControlPolicy::poll the loop never sleeps.
    EventLoop(Waker& waker, ControlPolicy policy);
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    boost::asio::io_context& io();

    /// Sources are drained in the order they were added.
    void add_source(Source source) { sources_.push_back(std::move(source)); }

    /// Runs `task` once from the loop, after what is under way. Control thread.
    void post(std::function<void()> task);

    /// Runs until `stop()`; returns at once if that has been called since it last returned.
    void run();
    void stop() { stopped_ = true; }

private:
    struct Asio;

    void drain();
    /// A bounded number of handlers. True: none is ready any more.
    bool handle();
    bool all_empty() const;
    void sleep();
    void watch_waker();

    Waker& waker_;
    ControlPolicy policy_;
    std::unique_ptr<Asio> asio_;
    std::vector<Source> sources_;
    bool stopped_ = false;
};

}  // namespace mgmd
