// SPDX-License-Identifier: Apache-2.0
#include "control/event_loop.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

namespace mgmd {
namespace {

/// Asio handlers per round of the loop. Clients whose alerts cause each other's post handlers for
/// ever: the rings are drained between them.
constexpr int kHandlersPerRound = 256;

/// While workers keep it busy, the loop looks at the rings by its own clock, so often. Waking it is
/// a system call and an interrupt of another core, which a worker pays for with the time of some
/// hundred packets. Descriptors and timers wait no longer either.
constexpr std::chrono::microseconds kNap{100};

/// Whether workers push one thing after the other.
class BusyTimes {
public:
    /// The loop has slept, and found something in the rings, or not.
    void slept(bool has_work) {
        constexpr std::chrono::microseconds kOften{300};
        const auto now = std::chrono::steady_clock::now();
        busy_ = has_work && now - last_work_ < kOften;
        last_work_ = has_work ? now : last_work_;
    }
    /// It has only looked again after a while.
    void napped(bool has_work) { busy_ = has_work; }
    bool busy() const { return busy_; }

private:
    bool busy_ = false;
    std::chrono::steady_clock::time_point last_work_{};
};

}  // namespace

struct EventLoop::Asio {
    boost::asio::io_context io;
    boost::asio::posix::stream_descriptor waker_descriptor;

    explicit Asio(int descriptor) : waker_descriptor(io, descriptor) {}
};

EventLoop::EventLoop(Waker& waker, ControlPolicy policy)
    : waker_(waker), policy_(policy), asio_(std::make_unique<Asio>(waker.descriptor())) {
    watch_waker();
}

EventLoop::~EventLoop() {
    // The waker owns its descriptor; it must not be closed twice.
    asio_->waker_descriptor.release();
}

boost::asio::io_context& EventLoop::io() {
    return asio_->io;
}

void EventLoop::post(std::function<void()> task) {
    boost::asio::post(asio_->io, std::move(task));
}

void EventLoop::run() {
    BusyTimes times;
    while (!stopped_) {
        drain();
        const bool is_done = handle();
        if (stopped_ || !is_done || policy_ != ControlPolicy::sleep) {
            continue;
        }
        if (times.busy()) {
            if (all_empty()) {
                std::this_thread::sleep_for(kNap);
            }
            times.napped(!all_empty());
        } else {
            sleep();
            times.slept(!all_empty());
        }
    }
    stopped_ = false;
}

bool EventLoop::handle() {
    for (int handled = 0; handled < kHandlersPerRound; ++handled) {
        if (stopped_ || asio_->io.poll_one() == 0) {
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
        asio_->io.run_one();
    }
    waker_.awake();
}

void EventLoop::watch_waker() {
    asio_->waker_descriptor.async_wait(boost::asio::posix::descriptor_base::wait_read,
                                       [this](const boost::system::error_code& error) {
                                           if (!error) {
                                               // A signal may come late, after its sleep has ended:
                                               // left readable, it would keep poll_one() busy for
                                               // ever.
                                               waker_.awake();
                                               watch_waker();
                                           }
                                       });
}

}  // namespace mgmd
