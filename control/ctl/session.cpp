// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/session.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/buffer.hpp>

#include "common/version.hpp"

namespace mgmd::ctl {
namespace {

constexpr std::size_t kReadOctets = 4096;

bool would_block(const boost::system::error_code& error) {
    return error == boost::asio::error::would_block || error == boost::asio::error::try_again;
}

}  // namespace

Session::Session(Socket socket, const Clock& clock, const Dispatch& dispatch)
    : socket_(std::move(socket)),
      clock_(clock),
      dispatch_(dispatch),
      pause_(socket_.get_executor()),
      last_progress_(clock.now()) {}

void Session::start() {
    boost::system::error_code error;
    socket_.non_blocking(true, error);
    output_ += hello_line(kVersion);
    flush();
    await_input();
    await_hang_up();
}

void Session::dismiss(const Refusal& refusal) {
    dismissed_ = true;
    output_ += error_line(nullptr, refusal);
    flush();
    end_if_done();
}

bool Session::may_read() const {
    return readable_ && !input_ended_ && !dismissed_ && !input_.has_line();
}

bool Session::may_handle() const {
    return !answer_ && !paused_ && !dismissed_ && queued_octets() < kMaxQueuedOctets &&
           input_.has_line();
}

bool Session::may_answer() const {
    return answer_ && queued_octets() < kMaxQueuedOctets && answer_->is_ready();
}

bool Session::is_unheard() const {
    return hung_up_ && answer_ && answer_->is_stream();
}

bool Session::has_work() const {
    return !is_closed() && (may_read() || may_handle() || may_answer() ||
                            (writable_ && queued_octets() > 0) || is_unheard());
}

void Session::work() {
    if (may_read()) {
        read();
        conclude_if_asked();
    }
    if (may_answer()) {
        write_answer();
    } else if (may_handle()) {
        handle();
    }
    flush();
    end_if_done();
}

void Session::read() {
    std::array<char, kReadOctets> octets;
    boost::system::error_code error;
    const auto most = std::min(octets.size(), input_.room());
    const auto count = socket_.read_some(boost::asio::buffer(octets.data(), most), error);
    if (would_block(error)) {
        readable_ = false;
        await_input();
        return;
    }
    if (error) {
        input_ended_ = true;
        if (!input_.rest().empty() && input_.room() > 0) {
            input_.append("\n");  // a last line without an end is a line
        }
        return;
    }
    last_progress_ = clock_.now();
    input_.append({octets.data(), count});
    if (input_.has_overflown()) {
        dismiss({Refused::invalid_request,
                 "a request is longer than " + std::to_string(kMaxRequestOctets) + " octets"});
    }
}

void Session::handle() {
    if (!is_within_rate()) {
        return;
    }
    auto request = parse_request(*input_.next(), id_);
    if (!request) {
        output_ += error_line(id_, request.error());
        return;
    }
    auto answer = dispatch_(*request);
    if (!answer) {
        output_ += error_line(id_, answer.error());
        return;
    }
    answer_ = std::move(*answer);
    conclude_if_asked();
    write_answer();
}

void Session::conclude_if_asked() {
    if (answer_ && input_.has_line()) {
        answer_->conclude();
    }
}

bool Session::is_within_rate() {
    constexpr Duration kEach = Duration(std::chrono::seconds(1)) / kRequestRate;
    const auto now = clock_.now();
    const auto due = std::max(requests_due_, now);
    if (due < now + std::chrono::seconds(1)) {
        requests_due_ = due + kEach;
        return true;
    }
    paused_ = true;
    pause_.expires_after(kEach);
    pause_.async_wait([self = weak_from_this()](const boost::system::error_code&) {
        if (const auto session = self.lock()) {
            session->paused_ = false;
        }
    });
    return false;
}

void Session::write_answer() {
    Rows rows(output_, id_);
    if (!answer_->write(rows)) {
        answer_.reset();
        output_ += end_line(id_);
    }
}

void Session::flush() {
    while (writable_ && queued_octets() > 0) {
        boost::system::error_code error;
        const auto count =
            socket_.write_some(boost::asio::buffer(output_.data() + sent_, queued_octets()), error);
        if (would_block(error)) {
            writable_ = false;
            await_output();
        } else if (error) {
            close();
            return;
        } else {
            last_progress_ = clock_.now();
            sent_ += count;
        }
    }
    output_.erase(0, sent_);
    sent_ = 0;
}

void Session::end_if_done() {
    const bool no_more = dismissed_ || (input_ended_ && !answer_ && !input_.has_line());
    if (is_unheard() || (no_more && queued_octets() == 0)) {
        close();
    }
}

void Session::await_input() {
    socket_.async_wait(Socket::wait_read,
                       [self = weak_from_this()](const boost::system::error_code& error) {
                           const auto session = self.lock();
                           if (session && !error) {
                               session->readable_ = true;
                           }
                       });
}

void Session::await_output() {
    socket_.async_wait(Socket::wait_write,
                       [self = weak_from_this()](const boost::system::error_code& error) {
                           const auto session = self.lock();
                           if (session && !error) {
                               session->writable_ = true;
                           }
                       });
}

void Session::await_hang_up() {
    // A stream may have nothing to write for hours: its client's end is not found out by writing.
    socket_.async_wait(Socket::wait_error,
                       [self = weak_from_this()](const boost::system::error_code& error) {
                           const auto session = self.lock();
                           if (session && !error) {
                               session->hung_up_ = true;
                           }
                       });
}

void Session::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    pause_.cancel();
    answer_.reset();
    output_ = {};
    sent_ = 0;
}

}  // namespace mgmd::ctl
