// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace mgmd::test {

/// A service manager that only listens, at an abstract name of this process.
class NotifyListener {
public:
    NotifyListener() : descriptor_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::memcpy(at.sun_path, name_.data(), name_.size());
        at.sun_path[0] = '\0';
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
        EXPECT_EQ(bind(descriptor_, reinterpret_cast<const sockaddr*>(&at), length), 0);
    }
    ~NotifyListener() { close(descriptor_); }
    NotifyListener(const NotifyListener&) = delete;
    NotifyListener& operator=(const NotifyListener&) = delete;

    /// As in $NOTIFY_SOCKET.
    const std::string& address() const { return name_; }

    /// The next that was told; "" if nothing was.
    std::string next() {
        std::array<char, 4096> octets;
        const auto length = recv(descriptor_, octets.data(), octets.size(), 0);
        return length < 0 ? "" : std::string(octets.data(), static_cast<std::size_t>(length));
    }

private:
    const std::string name_ = "@mgmd-notify-" + std::to_string(getpid());
    int descriptor_;
};

}  // namespace mgmd::test
