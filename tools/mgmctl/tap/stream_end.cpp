// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/tap/stream_end.hpp"

#include <array>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

namespace mgmd::mgmctl {

StreamEnd::StreamEnd(std::optional<std::chrono::seconds> after) {
    sigset_t ends;
    sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&ends, signal);
    }
    sigprocmask(SIG_BLOCK, &ends, &before_);
    signals_ = ::signalfd(-1, &ends, SFD_CLOEXEC);
    if (after) {
        timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
        itimerspec time{};
        time.it_value.tv_sec = after->count();
        time.it_value.tv_nsec = after->count() == 0 ? 1 : 0;  // 0 would be never
        ::timerfd_settime(timer_, 0, &time, nullptr);
    }
}

StreamEnd::~StreamEnd() {
    release();
}

bool StreamEnd::wait(int descriptor) {
    std::array<pollfd, 3> watched{
        {{descriptor, POLLIN, 0}, {signals_, POLLIN, 0}, {timer_, POLLIN, 0}}};
    while (::poll(watched.data(), watched.size(), -1) < 0) {
    }
    if (watched[1].revents == 0 && watched[2].revents == 0) {
        return false;
    }
    if (watched[1].revents != 0) {
        signalfd_siginfo taken{};
        (void)!::read(signals_, &taken, sizeof taken);
    }
    release();
    return true;
}

void StreamEnd::release() {
    for (int* descriptor : {&signals_, &timer_}) {
        if (*descriptor >= 0) {
            ::close(std::exchange(*descriptor, -1));
        }
    }
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace mgmd::mgmctl
