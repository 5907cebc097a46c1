// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"

/// YAML as a tree that remembers where everything stood. The only place that sees yaml-cpp, whose
/// own nodes keep one of two equal keys in silence and follow aliases without bound.
namespace mgmd::config {

/// Bounds on what a file may cost; a larger one is refused with a diagnostic.
inline constexpr std::size_t kMaxFileOctets = std::size_t{4} << 20;
inline constexpr std::size_t kMaxNodes = 1'000'000;
inline constexpr std::size_t kMaxDepth = 16;

struct Node {
    enum class Kind : std::uint8_t { null, scalar, sequence, mapping };

    Kind kind = Kind::null;
    bool plain = false;  ///< a scalar without quotes
    Position at;
    std::string_view text;              ///< of a scalar
    const Node* parent = nullptr;       ///< nullptr: the root
    std::string_view key;               ///< in a mapping
    Position key_at;                    ///< in a mapping
    std::size_t index = 0;              ///< in a sequence
    std::vector<const Node*> children;  ///< in file order; of equal keys only the first
};

/// "interfaces.left.addresses[1]"; "" for the root.
std::string path(const Node& node);

/// nullptr: not given.
const Node* child(const Node& mapping, std::string_view key);

struct Document {
    Document() = default;
    Document(Document&&) = default;
    Document& operator=(Document&&) = default;

    std::deque<Node> nodes;         ///< owns the tree
    std::deque<std::string> texts;  ///< owns what the nodes view
    const Node* root = nullptr;
    bool complete = false;  ///< false: the text could only be read up to a syntax error
};

/// Reads one YAML document. Reports syntax errors, repeated keys, and what this configuration does
/// not have (tags, several documents). Whatever was read before an error is in the tree.
Document parse_document(std::string_view text, Diagnostics& diagnostics);

}  // namespace mgmd::config
