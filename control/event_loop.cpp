// SPDX-License-Identifier: Apache-2.0
#include "control/event_loop.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace mgmd {
namespace {

/// Asio handlers per round of the loop. Clients whose alerts cause each other's post handlers for
/// ever: the rings are drained between them.
constexpr int kHandlersPerRound = 256;

}  // namespace

EventLoop::EventLoop(Waker& waker, ControlPolicy policy)
    : waker_(waker), policy_(policy), waker_descriptor_(io_, waker.descriptor()) {
    watch_waker();
}

EventLoop::~EventLoop() {
    // The waker owns its descriptor; it must not be closed twice.
    waker_descriptor_.release();
}

void EventLoop::post(std::function<void()> task) {
    boost::asio::post(io_, std::move(task));
}

void EventLoop::run() {
    while (!stopped_) {
        drain();
        const bool is_done = handle();
        if (!stopped_ && is_done && policy_ == ControlPolicy::sleep) {
            sleep();
        }
    }
    stopped_ = false;
}

bool EventLoop::handle() {
    for (int handled = 0; handled < kHandlersPerRound; ++handled) {
        if (stopped_ || io_.poll_one() == 0) {
            return true;
        }
    }
    return false;
}

void EventLoop::drain() {
    for (const auto& source : sources_) {
        source.drain();
    }
}

bool EventLoop::all_empty() const {
    for (const auto& source : sources_) {
        if (!source.empty()) {
            return false;
        }
    }
    return true;
}

void EventLoop::sleep() {
    waker_.prepare_sleep();
    // A producer that pushed before it could see the sleeper did not signal: look once more.
    if (all_empty()) {
        io_.run_one();
    }
    waker_.awake();
}

void EventLoop::watch_waker() {
    waker_descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                                 [this](const boost::system::error_code& error) {
                                     if (!error) {
                                         // A signal may come late, after its sleep has ended: left
                                         // readable, it would keep poll_one() busy for ever.
                                         waker_.awake();
                                         watch_waker();
                                     }
                                 });
}

}  // namespace mgmd
