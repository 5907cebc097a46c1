// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/error.hpp"

namespace mgmd {

/// What a service manager asks of those it starts, by their environment: sd_notify(3) and
/// sd_watchdog_enabled(3) of systemd.
struct ServiceEnvironment {
    std::string
        socket;  ///< $NOTIFY_SOCKET: a path, or "@" and an abstract name; empty: nobody asks
    /// $WATCHDOG_USEC: it is to hear of us more often than this. nullopt: it does not care.
    std::optional<std::chrono::microseconds> watchdog;
};
/// Fails when a variable makes no sense.
Expected<ServiceEnvironment> read_service_environment();

/// Tells a service manager something: one datagram with lines of NAME=VALUE, a protocol that
/// systemd keeps stable. It is written here, as that is less than what libsystemd would bring into
/// a process with privileges. Any thread.
class NotifySocket {
public:
    /// Fails when there can't be such a socket. Whether somebody listens shows when it is told.
    static Expected<NotifySocket> open(std::string_view address);

    NotifySocket(NotifySocket&& other) noexcept;
    NotifySocket& operator=(NotifySocket&&) = delete;
    ~NotifySocket();

    /// Waits 100 ms at most for a manager that is behind. Fails when it was not told.
    Expected<> tell(std::string_view lines) const;

private:
    NotifySocket(int descriptor, std::string address)
        : descriptor_(descriptor), address_(std::move(address)) {}

    int descriptor_;
    std::string address_;  ///< as the environment has it
};

}  // namespace mgmd
