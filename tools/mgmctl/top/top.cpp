// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/top.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>
#include <poll.h>
#include <sys/signalfd.h>
#include <thread>
#include <unistd.h>

#include "tools/mgmctl/top/sampler.hpp"
#include "tools/mgmctl/top/terminal.hpp"

namespace mgmd::mgmctl::top {
namespace {

using Clock = std::chrono::steady_clock;

/// What the screen has to be put in order for, before the process does what they ask.
class Signals {
public:
    Signals() {
        sigemptyset(&mask_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH}) {
            sigaddset(&mask_, signal);
        }
        pthread_sigmask(SIG_BLOCK, &mask_, &before_);
        descriptor_ = ::signalfd(-1, &mask_, SFD_CLOEXEC | SFD_NONBLOCK);
    }
    ~Signals() {
        ::close(descriptor_);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    int descriptor() const { return descriptor_; }
    /// 0: none.
    int take() const {
        signalfd_siginfo info{};
        const auto count = ::read(descriptor_, &info, sizeof(info));
        return count == sizeof(info) ? static_cast<int>(info.ssi_signo) : 0;
    }

private:
    sigset_t mask_{};
    sigset_t before_{};
    int descriptor_ = -1;
};

/// The live view.
class View {
public:
    View(Connection& connection, const Controls& controls, Json filter)
        : controls_(controls), sampler_(connection, std::move(filter)) {}

    /// Returns when a key, a signal or the router ends it. The signal that is still to be obeyed,
    /// or 0.
    Result<int> run(Terminal& terminal, const Signals& signals) {
        sampler_.ask();
        asked_at_ = Clock::now();
        while (!controls_.wants_to_quit()) {
            terminal.show(draw(model_, controls_, Terminal::size(), glyphs_, message_));
            if (auto signal = wait(terminal, signals); signal != 0) {
                return signal;
            }
            if (failure_) {
                return tl::make_unexpected(*failure_);
            }
        }
        return 0;
    }

private:
    /// Until there is something new to show. Any signal that ends the program is returned.
    int wait(Terminal& terminal, const Signals& signals) {
        std::array<pollfd, 3> sources{{{STDIN_FILENO, POLLIN, 0},
                                       {signals.descriptor(), POLLIN, 0},
                                       {sampler_.descriptor(), POLLIN, 0}}};
        ::poll(sources.data(), sources.size(), milliseconds_to_next_look());
        if (sources[0].revents != 0) {
            const auto typed = terminal.keys();
            if (!typed) {
                return SIGHUP;
            }
            for (const char key : *typed) {
                controls_.press(key);
            }
        }
        if (sources[2].revents != 0) {
            take_answer();
        }
        look_again();
        return sources[1].revents != 0 ? obey(terminal, signals) : 0;
    }

    static int obey(Terminal& terminal, const Signals& signals) {
        for (int signal = 0; (signal = signals.take()) != 0;) {
            if (signal == SIGTSTP) {
                terminal.stop_process();
            } else if (signal != SIGWINCH) {
                return signal;
            }
        }
        return 0;
    }

    void take_answer() {
        auto answer = sampler_.take();
        if (!answer) {
            return;
        }
        took_ = Clock::now() - asked_at_;
        if (!*answer) {
            failure_ = answer->error();
        } else if (!controls_.is_paused()) {
            model_.take(**answer);
        }
        message_.clear();
    }

    void look_again() {
        if (sampler_.is_looking()) {
            if (Clock::now() > asked_at_ + kPatience) {
                message_ = "the router has not answered yet";
            }
        } else if (!controls_.is_paused() && Clock::now() >= next_look()) {
            asked_at_ = Clock::now();
            sampler_.ask();
        }
    }

    /// A router of many entries is left alone for as long as it has been busy with the last answer.
    Clock::time_point next_look() const {
        return asked_at_ + std::max<Clock::duration>(controls_.interval(), 2 * took_);
    }

    int milliseconds_to_next_look() const {
        if (controls_.is_paused()) {
            return -1;
        }
        const auto until = sampler_.is_looking() ? Clock::now() + kPatience : next_look();
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
    }

    static constexpr std::chrono::seconds kPatience{3};

    Model model_;
    Controls controls_;
    Glyphs glyphs_ = glyphs_of_locale();
    std::string message_;
    std::optional<Failure> failure_;
    Clock::time_point asked_at_{};
    Clock::duration took_{};
    Sampler sampler_;
};

Result<> run_live(Connection& connection, const Controls& controls, const Json& filter) {
    if (auto checked = Terminal::check(); !checked) {
        return checked;
    }
    int signal = 0;
    {
        const Signals signals;
        View view(connection, controls, filter);
        Terminal terminal;
        const auto ended = view.run(terminal, signals);
        if (!ended) {
            return tl::make_unexpected(ended.error());
        }
        signal = *ended;
    }
    if (signal != 0 && signal != SIGINT) {
        ::raise(signal);
    }
    return {};
}

Result<> print_screen(Connection& connection, const Controls& controls, const Json& filter,
                      unsigned looks) {
    Model model;
    for (unsigned i = 0; i < looks; ++i) {
        if (i > 0) {
            std::this_thread::sleep_for(controls.interval());
        }
        const auto sample = look(connection, filter);
        if (!sample) {
            return tl::make_unexpected(sample.error());
        }
        model.take(*sample);
    }
    auto lines = draw(model, controls, {}, glyphs_of_locale());
    lines.pop_back();  // the keys
    while (!lines.empty() && lines.back().text.empty()) {
        lines.pop_back();
    }
    for (const auto& line : lines) {
        const auto end = line.text.find_last_not_of(' ');
        std::cout << line.text.substr(0, end == std::string::npos ? 0 : end + 1) << '\n';
    }
    std::cout.flush();
    return {};
}

}  // namespace

Result<> run(const Invocation& invocation) {
    auto filter = invocation.arguments;
    const Controls controls(std::chrono::seconds(filter.value("interval", 1u)));
    const auto looks = filter.value("batch", 0u);
    filter.erase("interval");
    filter.erase("batch");
    auto connection = Connection::open(invocation.socket);
    if (!connection) {
        return tl::make_unexpected(connection.error());
    }
    return looks > 0 ? print_screen(*connection, controls, filter, looks)
                     : run_live(*connection, controls, filter);
}

}  // namespace mgmd::mgmctl::top
