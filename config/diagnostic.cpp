// SPDX-License-Identifier: Apache-2.0
#include "config/diagnostic.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "config/document.hpp"

namespace mgmd::config {
namespace {

auto order(const Diagnostic& diagnostic) {
    return std::tie(diagnostic.at, diagnostic.item, diagnostic.value, diagnostic.rule);
}

std::optional<std::string> shown_value(const Node& node) {
    if (node.kind != Node::Kind::scalar) {
        return std::nullopt;
    }
    return printable(node.text);
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
    std::string text = diagnostic.file;
    if (diagnostic.at.line != 0) {
        text +=
            ':' + std::to_string(diagnostic.at.line) + ':' + std::to_string(diagnostic.at.column);
    }
    if (!diagnostic.item.empty()) {
        text += ": " + diagnostic.item;
    }
    if (diagnostic.value) {
        text += ": value \"" + *diagnostic.value + '"';
    }
    return text + ": " + diagnostic.rule;
}

std::string printable(std::string_view text) {
    constexpr std::size_t kLongest = 64;
    constexpr std::string_view kEllipsis = "...";
    const bool cut = text.size() > kLongest;
    std::string shown(text.substr(0, cut ? kLongest - kEllipsis.size() : kLongest));
    const auto unprintable = [](char c) { return c < ' ' || c > '~'; };
    std::replace_if(shown.begin(), shown.end(), unprintable, '?');
    return cut ? shown.append(kEllipsis) : shown;
}

void Diagnostics::add(Position at, std::string item, std::optional<std::string> value,
                      std::string rule) {
    if (full()) {
        more_ = true;
        return;
    }
    found_.push_back({file_, at, std::move(item), std::move(value), std::move(rule)});
}

void Diagnostics::add(const Node& node, std::string rule) {
    if (full()) {
        more_ = true;
        return;
    }
    add(node.at, path(node), shown_value(node), std::move(rule));
}

void Diagnostics::add_key(const Node& node, std::string rule) {
    if (full()) {
        more_ = true;
        return;
    }
    add(node.key_at.line != 0 ? node.key_at : node.at, path(node), std::nullopt, std::move(rule));
}

std::vector<Diagnostic> Diagnostics::take() {
    std::sort(found_.begin(), found_.end(),
              [](const auto& a, const auto& b) { return order(a) < order(b); });
    const auto repeated =
        std::unique(found_.begin(), found_.end(),
                    [](const auto& a, const auto& b) { return order(a) == order(b); });
    found_.erase(repeated, found_.end());
    if (more_) {
        found_.push_back(
            {file_,
             {},
             "",
             std::nullopt,
             "more than " + std::to_string(kMost) + " mistakes; correct these and check again"});
    }
    more_ = false;
    return std::exchange(found_, {});
}

}  // namespace mgmd::config
