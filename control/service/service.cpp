// SPDX-License-Identifier: Apache-2.0
#include "control/service/service.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace mgmd {
namespace {

/// How often the status line is made anew where there is no watchdog to be fed.
constexpr std::chrono::seconds kStatusInterval{10};
/// A watchdog's time that is meant to be none must not make the control thread busy.
constexpr std::chrono::milliseconds kLeastInterval{1};

std::string status_line(const ServiceHealth& health) {
    return "STATUS=" + health.status;
}

}  // namespace

Service::Service(EventLoop& loop, const Expected<ServiceEnvironment>& environment, Look look)
    : look_(std::move(look)), interval_(kStatusInterval), timer_(loop) {
    if (!environment) {
        spdlog::warn("{}; the service manager is not told anything", environment.error().message);
        return;
    }
    if (environment->socket.empty()) {
        return;
    }
    auto socket = NotifySocket::open(environment->socket);
    if (!socket) {
        spdlog::warn("{}; the service manager is not told anything", socket.error().message);
        return;
    }
    socket_.emplace(std::move(*socket));
    if (environment->watchdog) {
        watched_ = true;
        interval_ = std::max<std::chrono::microseconds>(*environment->watchdog / 2, kLeastInterval);
    }
}

void Service::ready() {
    if (socket_) {
        tell("READY=1\n" + status_line(look_()));
        wait();
    }
}

void Service::reloading() {
    // When it began is for managers that wait for the end of what they have asked for.
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                     std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

void Service::reloaded() {
    if (socket_) {
        tell("READY=1\n" + status_line(look_()));
    }
}

void Service::stopping() {
    timer_.cancel();
    tell("STOPPING=1\nSTATUS=stopping");
}

void Service::tell(const std::string& lines) {
    if (!socket_) {
        return;
    }
    const auto told = socket_->tell(lines);
    if (!told && !refused_) {
        spdlog::warn("{}: the service manager was not told", told.error().message);
    }
    refused_ = !told;
}

void Service::wait() {
    timer_.after(interval_, [this] {
        beat();
        wait();
    });
}

void Service::beat() {
    const auto health = look_();
    tell((watched_ && health.alive ? "WATCHDOG=1\n" : "") + status_line(health));
}

}  // namespace mgmd
