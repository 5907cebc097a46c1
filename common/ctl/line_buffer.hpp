// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mgmd::ctl {

/// Cuts a stream of octets into lines, and never holds more than `limit` of them. One thread.
class LineBuffer {
public:
    /// `limit`: octets of the longest line, without its end.
    explicit LineBuffer(std::size_t limit) : limit_(limit) {}

    /// How much it can take now.
    std::size_t room() const { return limit_ + 1 - (data_.size() - begin_); }

    /// Precondition: no more than room().
    void append(std::string_view octets) {
        data_.erase(0, begin_);
        searched_ -= begin_;
        begin_ = 0;
        data_ += octets;
    }

    bool has_line() const { return find_end() != std::string::npos; }

    /// The next complete line, without its end; nullopt: none yet.
    std::optional<std::string> next() {
        const auto end = find_end();
        if (end == std::string::npos) {
            return std::nullopt;
        }
        std::string line = data_.substr(begin_, end - begin_);
        begin_ = end + 1;
        searched_ = begin_;
        return line;
    }

    /// What is there is longer than a line may be, and no line will come of it.
    bool has_overflown() const { return room() == 0 && !has_line(); }

    /// What is left when the stream has ended in the middle of a line.
    std::string_view rest() const { return std::string_view(data_).substr(begin_); }

private:
    std::size_t find_end() const {
        const auto end = data_.find('\n', searched_);
        searched_ = end == std::string::npos ? data_.size() : end;
        return end;
    }

    std::size_t limit_;
    std::string data_;
    std::size_t begin_ = 0;             ///< what comes before has been taken
    mutable std::size_t searched_ = 0;  ///< no line end before that
};

}  // namespace mgmd::ctl
