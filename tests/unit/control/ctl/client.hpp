// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "common/ctl/protocol.hpp"
#include "control/ctl/server.hpp"

namespace mgmd::ctl::test {

/// The other end of a session, in the same thread: nothing of it blocks.
class Client {
public:
    explicit Client(int descriptor) : descriptor_(descriptor) {}
    Client(Client&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), received_(other.received_) {}
    Client& operator=(Client&&) = delete;
    ~Client() { disconnect(); }

    /// Of a pair, whose other socket becomes a client of the server.
    static Client connected_to(Server& server, EventLoop& loop) {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        Session::Socket socket(loop.io());
        socket.assign(boost::asio::local::stream_protocol(), ends[1]);
        server.add_client(std::move(socket));
        return Client(ends[0]);
    }

    void disconnect() {
        if (descriptor_ >= 0) {
            ::close(std::exchange(descriptor_, -1));
        }
    }
    void finish_sending() { ::shutdown(descriptor_, SHUT_WR); }

    /// How much of it was taken.
    std::size_t send(std::string_view text) {
        const auto sent =
            ::send(descriptor_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        return sent < 0 ? 0 : static_cast<std::size_t>(sent);
    }
    /// Takes what is there. False: the server has hung up.
    bool receive(std::size_t most = 1 << 20) {
        std::string octets(most, '\0');
        const auto count = ::recv(descriptor_, octets.data(), most, MSG_DONTWAIT);
        if (count > 0) {
            received_.append(octets, 0, static_cast<std::size_t>(count));
        }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
    }
    const std::string& received() const { return received_; }
    /// Complete ones.
    std::vector<Json> lines() const {
        std::vector<Json> lines;
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = received_.find('\n', begin)) != std::string::npos;) {
            lines.push_back(Json::parse(received_.substr(begin, end - begin)));
            begin = end + 1;
        }
        return lines;
    }

private:
    int descriptor_;
    std::string received_;
};

}  // namespace mgmd::ctl::test
