// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/controls.hpp"

#include <algorithm>

namespace mgmd::mgmctl::top {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBackspace = '\b';
constexpr char kDelete = '\x7f';
constexpr std::size_t kLongestFilter = 64;

constexpr std::array<unsigned, 7> kIntervals{1, 2, 5, 10, 30, 60, 300};

bool is_printable(char key) {
    return key >= ' ' && key < kDelete;
}

}  // namespace

void Controls::press(char key) {
    // Keys beyond the letters send Escape, '[' or 'O', and more that ends with a letter or '~'.
    if (sequence_) {
        sequence_ = key < '@' || key == '[';
        return;
    }
    if (escape_ && (key == '[' || key == 'O')) {
        sequence_ = true;
        escape_ = false;
        return;
    }
    escape_ = key == kEscape;
    if (editing_) {
        edit(key);
    } else {
        command(key);
    }
}

void Controls::edit(char key) {
    if (key == '\n' || key == '\r') {
        filter_ = draft_;
        editing_ = false;
    } else if (key == kEscape) {
        editing_ = false;
    } else if (key == kBackspace || key == kDelete) {
        draft_.resize(draft_.empty() ? 0 : draft_.size() - 1);
    } else if (is_printable(key) && draft_.size() < kLongestFilter) {
        draft_ += key;
    }
}

void Controls::command(char key) {
    const auto panel = static_cast<std::size_t>(panel_);
    switch (key) {
        case 'f':
            panel_ = Panel::flows;
            break;
        case 'i':
            panel_ = Panel::interfaces;
            break;
        case 's':
            sort_[panel] = (sort_[panel] + 1) % kFigures[panel];
            break;
        case '/':
            editing_ = true;
            draft_ = filter_;
            break;
        case 'p':
            paused_ = !paused_;
            break;
        case '+':
        case '-':
            change_interval(key == '+');
            break;
        case 'h':
        case '?':
            help_ = !help_;
            break;
        case 'q':
            quit_ = true;
            break;
        default:
            break;
    }
}

void Controls::change_interval(bool longer) {
    const auto now = static_cast<unsigned>(interval_.count());
    if (longer) {
        const auto next = std::upper_bound(kIntervals.begin(), kIntervals.end(), now);
        interval_ = std::chrono::seconds(next == kIntervals.end() ? now : *next);
    } else {
        const auto next = std::lower_bound(kIntervals.begin(), kIntervals.end(), now);
        interval_ = std::chrono::seconds(next == kIntervals.begin() ? now : *(next - 1));
    }
}

}  // namespace mgmd::mgmctl::top
