// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mgmd::config {

/// A place in the file, counted from 1; columns count octets. Line 0: the file as a whole.
struct Position {
    unsigned line = 0;
    unsigned column = 0;

    friend constexpr auto operator<=>(const Position&, const Position&) = default;
};

/// One mistake: where, in which item, the value found there and the rule it breaks.
struct Diagnostic {
    std::string file;
    Position at;
    std::string item;                  ///< "interfaces.left.mtu"; empty: the file as a whole
    std::optional<std::string> value;  ///< absent where a key, and not its value, is wrong
    std::string rule;
};

/// `file:line:column: item: value "x": rule`, without the parts that are absent. One line.
std::string to_string(const Diagnostic& diagnostic);

/// `text` in at most 64 printable characters: what a message may show of a hostile file.
std::string printable(std::string_view text);

struct Node;

/// Collects what is wrong with one file. Past kMost mistakes only their existence is noted.
class Diagnostics {
public:
    static constexpr std::size_t kMost = 1000;

    explicit Diagnostics(std::string file) : file_(std::move(file)) {}

    void add(Position at, std::string item, std::optional<std::string> value, std::string rule);
    /// About the value of `node`.
    void add(const Node& node, std::string rule);
    /// About the key of `node`, or that it is there at all.
    void add_key(const Node& node, std::string rule);

    bool empty() const { return found_.empty(); }
    /// Nothing more will be kept: don't spend effort on explanations.
    bool full() const { return found_.size() >= kMost; }

    /// By position, without repetitions. Leaves nothing behind.
    std::vector<Diagnostic> take();

private:
    std::string file_;
    std::vector<Diagnostic> found_;
    bool more_ = false;
};

}  // namespace mgmd::config
