// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/server.hpp"

#include <algorithm>
#include <utility>

namespace mgmd::ctl {
namespace {

/// How long to wait for descriptors when the process has no more.
constexpr std::chrono::milliseconds kRetry{100};

}  // namespace

Server::Server(EventLoop& loop, const Clock& clock, Dispatch dispatch)
    : loop_(loop),
      clock_(clock),
      dispatch_(std::move(dispatch)),
      acceptor_(loop.io()),
      retry_(loop.io()) {
    loop_.add_source({.drain = [this] { work(); }, .empty = [this] { return !has_work(); }});
}

Expected<> Server::listen(const ControlSocketSettings& settings) {
    if (settings == listening_) {
        return {};
    }
    if (file_ && settings.path == listening_.path) {
        return change_permissions(settings);
    }
    if (settings.path.empty()) {
        stop_listening();
        return {};
    }
    auto file = SocketFile::listen(settings);
    if (!file) {
        return tl::make_unexpected(std::move(file.error()));
    }
    stop_listening();
    listening_ = settings;
    file_.emplace(std::move(*file));
    acceptor_.assign(boost::asio::local::stream_protocol(), file_->release_descriptor());
    accept();
    return {};
}

Expected<> Server::change_permissions(const ControlSocketSettings& settings) {
    auto changed = SocketFile::set_permissions(settings);
    if (changed) {
        listening_ = settings;
    } else if (!SocketFile::set_permissions(listening_)) {
        stop_listening();  // rather than with rights that nobody asked for
    }
    return changed;
}

void Server::stop_listening() {
    ++acceptors_;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
    file_.reset();
    listening_ = {};
}

void Server::accept() {
    acceptor_.async_accept([this, acceptor = acceptors_](const boost::system::error_code& error,
                                                         Session::Socket socket) {
        const bool is_listening = acceptor == acceptors_;
        if (error == boost::asio::error::operation_aborted || (error && !is_listening)) {
            return;
        }
        if (error) {
            retry_.expires_after(kRetry);
            retry_.async_wait([this](const boost::system::error_code& cancelled) {
                if (!cancelled) {
                    accept();
                }
            });
            return;
        }
        add_client(std::move(socket));
        if (is_listening) {
            accept();
        }
    });
}

void Server::add_client(Session::Socket socket) {
    auto session = std::make_shared<Session>(std::move(socket), clock_, dispatch_);
    const bool taken = has_room();
    session->start();
    if (!taken) {
        session->dismiss({Refused::busy, "there are " + std::to_string(kMaxClients) +
                                             " clients already, which is the most"});
        return;
    }
    sessions_.push_back(std::move(session));
}

bool Server::has_room() {
    if (sessions_.size() < kMaxClients) {
        return true;
    }
    const auto silent =
        std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) {
            return std::pair(a->is_watching(), a->last_progress()) <
                   std::pair(b->is_watching(), b->last_progress());
        });
    if ((*silent)->last_progress() + kSilence > clock_.now()) {
        return false;
    }
    sessions_.erase(silent);
    return true;
}

bool Server::has_work() const {
    return std::any_of(sessions_.begin(), sessions_.end(), [](const auto& session) {
        return session->has_work() || session->is_closed();
    });
}

void Server::work() {
    for (std::size_t looked_at = 0; looked_at < sessions_.size(); ++looked_at) {
        next_ = next_ < sessions_.size() ? next_ : 0;
        const auto session = sessions_[next_++];
        if (session->has_work()) {
            session->work();
            break;
        }
    }
    std::erase_if(sessions_, [](const auto& session) { return session->is_closed(); });
}

}  // namespace mgmd::ctl
