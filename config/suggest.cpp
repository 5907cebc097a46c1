// SPDX-License-Identifier: Apache-2.0
#include "config/suggest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace mgmd::config {
namespace {

constexpr std::size_t kLongestWord = 64;
constexpr std::size_t kMostEdits = 2;

/// Levenshtein distance: insertions, deletions and substitutions.
std::size_t edits(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t substituted = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::size_t difference(std::size_t a, std::size_t b) {
    return a > b ? a - b : b - a;
}

}  // namespace

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    if (word.size() > kLongestWord) {
        return "";
    }
    // Two edits make any two-letter word of any other: short words must be nearer.
    std::size_t nearest = std::min(kMostEdits, word.size() / 2) + 1;
    std::string_view best;
    for (const std::string_view candidate : candidates) {
        if (difference(candidate.size(), word.size()) >= nearest) {
            continue;
        }
        const std::size_t distance = edits(word, candidate);
        if (distance < nearest) {
            nearest = distance;
            best = candidate;
        }
    }
    return best.empty() ? "" : "; did you mean \"" + std::string(best) + "\"?";
}

}  // namespace mgmd::config
