// SPDX-License-Identifier: Apache-2.0
#include "control/service/notify_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mgmd {
namespace {

constexpr timeval kPatience{.tv_sec = 0, .tv_usec = 100'000};

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : value;
}

Expected<std::uint64_t> number(const char* name, std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0 ||
        value > std::numeric_limits<std::int64_t>::max()) {
        return fail(ExitCode::usage, std::string(name) + "=\"" + std::string(text) +
                                         "\" in the environment: must be a whole number above 0");
    }
    return value;
}

std::string reason() {
    return std::generic_category().message(errno);
}

std::string named(std::string_view address) {
    return "NOTIFY_SOCKET=\"" + std::string(address) + "\" in the environment: ";
}

/// An abstract name begins with an octet 0, and has no end but its length.
socklen_t fill(sockaddr_un& to, std::string_view address) {
    to.sun_family = AF_UNIX;
    std::copy(address.begin(), address.end(), to.sun_path);
    if (address.front() == '@') {
        to.sun_path[0] = '\0';
        return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
    }
    return sizeof(to);
}

}  // namespace

Expected<ServiceEnvironment> read_service_environment() {
    ServiceEnvironment environment;
    environment.socket = variable("NOTIFY_SOCKET");
    const auto watchdog = variable("WATCHDOG_USEC");
    if (watchdog.empty()) {
        return environment;
    }
    if (const auto process = variable("WATCHDOG_PID"); !process.empty()) {
        const auto asked = number("WATCHDOG_PID", process);
        if (!asked) {
            return tl::make_unexpected(asked.error());
        }
        if (*asked != static_cast<std::uint64_t>(getpid())) {
            return environment;  // meant for a parent of ours
        }
    }
    const auto interval = number("WATCHDOG_USEC", watchdog);
    if (!interval) {
        return tl::make_unexpected(interval.error());
    }
    environment.watchdog = std::chrono::microseconds(*interval);
    return environment;
}

Expected<NotifySocket> NotifySocket::open(std::string_view address) {
    const bool has_form = address.size() > 1 && (address[0] == '/' || address[0] == '@');
    if (!has_form || address.size() >= sizeof(sockaddr_un::sun_path)) {
        return fail(ExitCode::usage,
                    named(address) +
                        "must be an absolute path, or @ and a name, of at most 107 "
                        "octets");
    }
    const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor == -1 ||
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience)) != 0) {
        auto error = fail(ExitCode::system, named(address) + reason());
        if (descriptor != -1) {
            close(descriptor);
        }
        return error;
    }
    return NotifySocket(descriptor, std::string(address));
}

NotifySocket::NotifySocket(NotifySocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), address_(std::move(other.address_)) {}

NotifySocket::~NotifySocket() {
    if (descriptor_ != -1) {
        close(descriptor_);
    }
}

Expected<> NotifySocket::tell(std::string_view lines) const {
    sockaddr_un to{};
    const auto length = fill(to, address_);
    const auto sent = sendto(descriptor_, lines.data(), lines.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&to), length);
    if (sent != static_cast<ssize_t>(lines.size())) {
        return fail(ExitCode::system, named(address_) + reason());
    }
    return {};
}

}  // namespace mgmd
