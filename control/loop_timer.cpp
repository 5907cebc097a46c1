// SPDX-License-Identifier: Apache-2.0
#include "control/loop_timer.hpp"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace mgmd {

struct LoopTimer::Asio {
    boost::asio::steady_timer timer;
};

LoopTimer::LoopTimer(EventLoop& loop) : asio_(new Asio{boost::asio::steady_timer(loop.io())}) {}

LoopTimer::~LoopTimer() = default;

void LoopTimer::at(TimePoint time, std::function<void()> task) {
    asio_->timer.expires_at(time);
    wait(std::move(task));
}

void LoopTimer::after(std::chrono::nanoseconds delay, std::function<void()> task) {
    asio_->timer.expires_after(delay);
    wait(std::move(task));
}

void LoopTimer::cancel() {
    asio_->timer.cancel();
}

void LoopTimer::wait(std::function<void()> task) {
    asio_->timer.async_wait([task = std::move(task)](const boost::system::error_code& error) {
        if (!error) {
            task();
        }
    });
}

}  // namespace mgmd
