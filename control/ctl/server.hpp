// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/clock.hpp"
#include "common/error.hpp"
#include "common/settings.hpp"
#include "control/ctl/session.hpp"
#include "control/ctl/socket_file.hpp"
#include "control/event_loop.hpp"

namespace mgmd::ctl {

/// The control socket: takes clients, and lets one of them at a time do one bounded piece of work
/// in each round of the event loop, so that neither their number nor what they do keeps control
/// from its rings and timers. Control thread.
class Server {
public:
    static constexpr std::size_t kMaxClients = 64;
    /// Where all places are taken, a client that has been silent for this long loses its own; who
    /// watches and has nothing to read, after all others.
    static constexpr std::chrono::seconds kSilence{1};

    /// `loop` and `clock` outlive it, and `loop` does not run after its end.
    Server(EventLoop& loop, const Clock& clock, Dispatch dispatch);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Listens as the settings ask, and nowhere else; without a path nowhere. Who is connected
    /// stays so. Fails when the socket can't be made so; the message says why, and it listens where
    /// it did before.
    Expected<> listen(const ControlSocketSettings& settings);

    /// A client that is connected already.
    void add_client(Session::Socket socket);
    std::size_t clients() const { return sessions_.size(); }

private:
    Expected<> change_permissions(const ControlSocketSettings& settings);
    void stop_listening();
    void accept();
    bool has_room();
    void work();
    bool has_work() const;

    EventLoop& loop_;
    const Clock& clock_;
    Dispatch dispatch_;
    ControlSocketSettings listening_;  ///< as these ask
    std::optional<SocketFile> file_;
    std::uint64_t acceptors_ = 0;  ///< how many there have been
    boost::asio::local::stream_protocol::acceptor acceptor_;
    boost::asio::steady_timer retry_;
    std::vector<std::shared_ptr<Session>> sessions_;
    std::size_t next_ = 0;  ///< whose turn it is
};

}  // namespace mgmd::ctl
