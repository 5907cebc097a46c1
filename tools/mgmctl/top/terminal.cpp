// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/terminal.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mgmd::mgmctl::top {
namespace {

// ECMA-48 and what xterm added to it: every terminal of the last decades.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";  // the other screen, no cursor
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kEraseRestOfLine = "\x1b[K";
constexpr std::string_view kPlain = "\x1b[0m";

std::string_view sequence_of(Style style) {
    switch (style) {
        case Style::strong:
            return "\x1b[1m";
        case Style::inverse:
            return "\x1b[7m";
        case Style::faint:
            return "\x1b[2m";
        case Style::plain:
            break;
    }
    return "";
}

void write_all(std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(STDOUT_FILENO, text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            return;  // the terminal is gone: reading tells
        }
        text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
}

}  // namespace

Result<> Terminal::check() {
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
        return tl::make_unexpected(
            Failure{Exit::usage, "top: this is no terminal; --batch LOOKS prints one screen"});
    }
    return {};
}

Terminal::Terminal() {
    ::tcgetattr(STDIN_FILENO, &before_);
    enter();
}

Terminal::~Terminal() {
    leave();
}

void Terminal::enter() {
    auto raw = before_;
    // Signals still come from the keys that send them.
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    write_all(kEnter);
    entered_ = true;
}

void Terminal::leave() {
    if (entered_) {
        write_all(std::string(kPlain) + std::string(kLeave));
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
        entered_ = false;
    }
}

void Terminal::stop_process() {
    leave();
    ::kill(::getpid(), SIGSTOP);
    enter();
}

Size Terminal::size() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        return {};
    }
    return {size.ws_col, size.ws_row};
}

void Terminal::show(const std::vector<Line>& lines) {
    std::string text(kHome);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        text += i == 0 ? "" : "\r\n";
        text += sequence_of(lines[i].style);
        text += lines[i].text;
        text += kPlain;
        text += kEraseRestOfLine;
    }
    write_all(text);
}

std::optional<std::string> Terminal::keys() {
    std::array<char, 256> typed;
    const auto count = ::read(STDIN_FILENO, typed.data(), typed.size());
    if (count > 0) {
        return std::string(typed.data(), static_cast<std::size_t>(count));
    }
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? std::optional(std::string())
                                                            : std::nullopt;
}

}  // namespace mgmd::mgmctl::top
