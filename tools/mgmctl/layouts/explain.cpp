// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

namespace {

constexpr std::size_t kStep = 10;
constexpr std::size_t kOutcome = 20;

std::string member(const Json& row, std::string_view key) {
    const auto* value = find(row, key);
    return value == nullptr ? std::string() : as_text(*value);
}

/// "outgoing  right: not listed   nobody wants 239.1.1.1 there", and what it needs below.
std::vector<std::string> lines(const Json& row) {
    const auto step = member(row, "step");
    auto outcome = member(row, "outcome");
    if (step == "outgoing" && find(row, "interface") != nullptr) {
        outcome = member(row, "interface") + ": " + outcome;
    }
    std::vector<std::string> lines{
        fmt::format("{:<{}}{:<{}} {}", step, kStep, outcome, kOutcome, member(row, "why"))};
    if (const auto* needs = find(row, "needs")) {
        lines.push_back(
            fmt::format("{:<{}}{:>{}} {}", "", kStep, "needs:", kOutcome, as_text(*needs)));
    }
    return lines;
}

}  // namespace

Layout explain_layout() {
    return {.command = "explain", .columns = {}, .identity = {}, .if_empty = {}, .lines = lines};
}

}  // namespace mgmd::mgmctl
