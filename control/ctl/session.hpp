// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/clock.hpp"
#include "common/ctl/line_buffer.hpp"
#include "common/ctl/request.hpp"
#include "control/ctl/answer.hpp"

namespace mgmd::ctl {

/// Carries a request out, or begins to: what it has to say follows as the client reads.
using Dispatch = std::function<Outcome<AnswerPtr>(const Request&)>;

/// One client of the control socket. Nothing that it sends, or leaves unread, makes it hold more
/// than one request and one slice of an answer beyond kMaxQueuedOctets, or work for longer than one
/// slice at a time. Control thread.
class Session : public std::enable_shared_from_this<Session> {
public:
    using Socket = boost::asio::local::stream_protocol::socket;

    /// No more is produced while so much waits to be read.
    static constexpr std::size_t kMaxQueuedOctets = 64 * 1024;
    /// Requests a second, and at once; others wait.
    static constexpr int kRequestRate = 500;

    /// `clock` and `dispatch` outlive it.
    Session(Socket socket, const Clock& clock, const Dispatch& dispatch);

    /// Greets the client and begins to listen to it.
    void start();
    /// Says why, and ends once that has been read.
    void dismiss(const Refusal& refusal);

    bool is_closed() const { return !socket_.is_open(); }
    /// Whether work() has something to do.
    bool has_work() const;
    /// One bounded piece of what there is to do.
    void work();

    /// It has a stream whose client has read all so far: it may well be silent.
    bool is_watching() const { return answer_ && answer_->is_stream() && queued_octets() == 0; }
    /// When octets last came or went.
    TimePoint last_progress() const { return last_progress_; }
    /// What waits to be read by the client.
    std::size_t queued_octets() const { return output_.size() - sent_; }

private:
    bool may_read() const;
    bool may_handle() const;
    bool may_answer() const;
    /// It has a stream for a client that is gone.
    bool is_unheard() const;
    void read();
    void handle();
    void conclude_if_asked();
    void write_answer();
    void flush();
    void end_if_done();
    void await_input();
    void await_output();
    void await_hang_up();
    bool is_within_rate();
    void close();

    Socket socket_;
    const Clock& clock_;
    const Dispatch& dispatch_;
    LineBuffer input_{kMaxRequestOctets};
    std::string output_;
    std::size_t sent_ = 0;  ///< octets of output_ that are gone
    Json id_;               ///< of the request that answer_ is for
    AnswerPtr answer_;
    boost::asio::steady_timer pause_;
    TimePoint requests_due_{};  ///< when those so far would have come, evenly spaced
    TimePoint last_progress_;
    bool readable_ = false;
    bool writable_ = true;
    bool paused_ = false;
    bool input_ended_ = false;  ///< the client has sent its last request
    bool hung_up_ = false;      ///< the client reads no more either
    bool dismissed_ = false;    ///< what else it sends is not read
};

}  // namespace mgmd::ctl
