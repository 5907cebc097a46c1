// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/plugin/loop_services.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include "control/mgm/failure.hpp"

namespace mgmd::plugin {
namespace {

using boost::asio::posix::descriptor_base;
using mgm::Errc;
using mgm::refuse;

/// More than that is for ever, and the clock can still count it.
constexpr std::uint64_t kLongestMilliseconds = std::uint64_t{100} * 365 * 24 * 3600 * 1000;

/// Files are always ready; nothing can be waited for.
bool is_file(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

}  // namespace

struct LoopServices::Timer {
    boost::asio::steady_timer timer;
    mgmd_timer_callback callback;
    void* context;
};

struct LoopServices::Watch {
    int fd;  ///< the plugin's own
    boost::asio::posix::stream_descriptor duplicate;
    mgmd_fd_callback callback;
    void* context;
};

LoopServices::LoopServices(boost::asio::io_context& io, std::uint8_t plugin, Enter enter)
    : io_(io),
      enter_(std::move(enter)),
      timers_(plugin, HandleKind::timer, 0, kMostTimers),
      watches_(plugin, HandleKind::watch, 0, kMostWatches) {}

LoopServices::~LoopServices() = default;

mgm::Result<HANDLE> LoopServices::start_timer(std::uint64_t milliseconds,
                                              mgmd_timer_callback callback, void* context) {
    if (callback == nullptr) {
        return refuse(Errc::invalid_parameter, "no callback");
    }
    if (timers_.is_full()) {
        return refuse(Errc::not_enough_memory, "there are {} timers already", timers_.size());
    }
    const std::chrono::milliseconds delay(std::min(milliseconds, kLongestMilliseconds));
    const HANDLE handle = timers_.add(
        std::make_unique<Timer>(Timer{boost::asio::steady_timer(io_, delay), callback, context}));
    (*timers_.find(handle))
        ->timer.async_wait([this, handle, alive = std::weak_ptr<const bool>(alive_)](
                               const boost::system::error_code&) {
            if (!alive.expired()) {
                fire(handle);
            }
        });
    return handle;
}

void LoopServices::fire(HANDLE handle) {
    // A timer that was cancelled is not in the table any more.
    if (const auto timer = timers_.take(handle)) {
        enter_("timer", [&] { (*timer)->callback((*timer)->context); });
    }
}

mgm::Result<> LoopServices::cancel_timer(HANDLE timer) {
    if (!timers_.take(timer)) {
        return refuse(Errc::invalid_parameter, "no such timer: it has ended");
    }
    return {};
}

mgm::Result<HANDLE> LoopServices::watch(int fd, unsigned events, mgmd_fd_callback callback,
                                        void* context) {
    constexpr unsigned kAll = MGMD_READABLE | MGMD_WRITABLE;
    if (callback == nullptr) {
        return refuse(Errc::invalid_parameter, "no callback");
    }
    if (events == 0 || (events & ~kAll) != 0) {
        return refuse(Errc::invalid_parameter, "events {:#x}: neither readable nor writable",
                      events);
    }
    if (watches_.is_full()) {
        return refuse(Errc::not_enough_memory, "{} descriptors are watched already",
                      watches_.size());
    }
    if (is_file(fd)) {
        return refuse(Errc::invalid_parameter, "descriptor {} is a file", fd);
    }
    // Whatever the plugin does with its own, ours stays the same open file.
    const int duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (duplicate < 0) {
        return refuse(errno == EBADF ? Errc::invalid_parameter : Errc::not_enough_memory,
                      "descriptor {}: {}", fd, std::generic_category().message(errno));
    }
    auto watch = std::make_shared<Watch>(
        Watch{fd, boost::asio::posix::stream_descriptor(io_), callback, context});
    boost::system::error_code error;
    watch->duplicate.assign(duplicate, error);
    if (error) {
        close(duplicate);
        return refuse(Errc::invalid_parameter, "descriptor {}: {}", fd, error.message());
    }
    const HANDLE handle = watches_.add(watch);
    for (const unsigned event : {MGMD_READABLE, MGMD_WRITABLE}) {
        if ((events & event) != 0) {
            wait(handle, *watch, event);
        }
    }
    return handle;
}

void LoopServices::wait(HANDLE handle, Watch& watch, unsigned event) {
    watch.duplicate.async_wait(
        event == MGMD_READABLE ? descriptor_base::wait_read : descriptor_base::wait_write,
        [this, handle, event,
         alive = std::weak_ptr<const bool>(alive_)](const boost::system::error_code& error) {
            if (!alive.expired()) {
                on_ready(handle, event, error);
            }
        });
}

void LoopServices::on_ready(HANDLE handle, unsigned event, const boost::system::error_code& error) {
    const auto* found = watches_.find(handle);
    if (found == nullptr) {
        return;
    }
    const auto watch = *found;  // stays while the plugin may end it
    if (error) {
        spdlog::warn("descriptor {} can't be watched: {}", watch->fd, error.message());
        watches_.take(handle);
        return;
    }
    enter_("descriptor", [&] { watch->callback(watch->fd, event, watch->context); });
    if (watches_.find(handle) != nullptr) {
        wait(handle, *watch, event);
    }
}

mgm::Result<> LoopServices::unwatch(HANDLE watch) {
    if (!watches_.take(watch)) {
        return refuse(Errc::invalid_parameter, "no such watch: it has ended");
    }
    return {};
}

std::size_t LoopServices::end_all() {
    return timers_.take_all().size() + watches_.take_all().size();
}

}  // namespace mgmd::plugin
