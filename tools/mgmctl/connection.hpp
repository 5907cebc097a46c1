// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "common/ctl/line_buffer.hpp"
#include "common/ctl/protocol.hpp"
#include "tools/mgmctl/command_line.hpp"

namespace mgmd::mgmctl {

/// What ends mgmctl, and what it says then.
struct Failure {
    Exit exit = Exit::internal;
    std::string message;
};

template <class T = void>
using Result = tl::expected<T, Failure>;

/// The client's end of the control socket.
class Connection {
public:
    /// Connects, and checks that there is a router that speaks the same protocol.
    static Result<Connection> open(const std::string& path);

    Connection(Connection&& other) noexcept;
    Connection& operator=(Connection&&) = delete;
    ~Connection();

    /// Ends a request that another thread may be waiting for the answer of, and all later ones.
    void hang_up();

    /// Sends a request and hands on the rows of its answer, one by one.
    Result<> request(const ctl::Command& command, const ctl::Json& arguments,
                     const std::function<void(ctl::Json)>& on_row);

    /// Called each time before it waits for the router, with the descriptor that can then be read.
    void on_wait(std::function<void(int)> wait) { wait_ = std::move(wait); }
    /// Within a request: its answer, a stream, is to end with the rows that there are. Nothing else
    /// can be asked then.
    void conclude();

private:
    explicit Connection(int descriptor) : descriptor_(descriptor) {}
    Result<ctl::Json> receive();
    Result<> send(std::string_view text);

    int descriptor_;
    std::function<void(int)> wait_;
    ctl::LineBuffer input_{ctl::kMaxAnswerLineOctets};
};

}  // namespace mgmd::mgmctl
