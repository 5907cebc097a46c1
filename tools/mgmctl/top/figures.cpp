// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <langinfo.h>
#include <locale.h>

#include <fmt/format.h>

namespace mgmd::mgmctl::top {
namespace {

constexpr std::array<std::string_view, 9> kBlocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 9> kAscii{" ", ".", ":", "-", "=", "+", "*", "%", "#"};

bool begins_code_point(char octet) {
    return (static_cast<unsigned char>(octet) & 0xc0) != 0x80;
}

/// The octets of the first `count` code points.
std::string_view first_columns(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        if (begins_code_point(text[end]) && count-- == 0) {
            break;
        }
    }
    return text.substr(0, end);
}

}  // namespace

std::string scaled(double value) {
    constexpr double kStep = 1000;
    constexpr std::string_view kUnits = " kMGT";
    std::size_t unit = 0;
    // What would be rounded up to four digits goes to the next unit.
    while (value >= kStep - 0.5 && unit + 1 < kUnits.size()) {
        value /= kStep;
        ++unit;
    }
    const auto suffix = unit == 0 ? std::string() : std::string(1, kUnits[unit]);
    const bool is_whole = unit == 0 && value == std::floor(value);
    const int digits = is_whole || value >= 99.95 ? 0 : value >= 9.995 || unit == 0 ? 1 : 2;
    return fmt::format("{:.{}f}{}", value, digits, suffix);
}

Glyphs glyphs_of_locale() {
    const locale_t locale = ::newlocale(LC_CTYPE_MASK, "", nullptr);
    if (locale == nullptr) {
        return Glyphs::ascii;
    }
    const bool utf8 = std::string_view(::nl_langinfo_l(CODESET, locale)) == "UTF-8";
    ::freelocale(locale);
    return utf8 ? Glyphs::blocks : Glyphs::ascii;
}

std::string sparkline(const std::deque<double>& values, std::size_t width, Glyphs glyphs) {
    const auto& levels = glyphs == Glyphs::blocks ? kBlocks : kAscii;
    const std::size_t shown = std::min(width, values.size());
    const auto first = values.end() - static_cast<std::ptrdiff_t>(shown);
    const double highest = shown == 0 ? 0 : *std::max_element(first, values.end());
    std::string graph(width - shown, ' ');
    for (auto value = first; value != values.end(); ++value) {
        const double top = static_cast<double>(levels.size() - 1);
        const auto level = *value <= 0 ? 0 : std::ceil(*value / highest * top);
        graph += levels[static_cast<std::size_t>(std::clamp(level, 0.0, top))];
    }
    return graph;
}

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

std::string fitted(std::string_view text, std::size_t width) {
    const auto columns = columns_of(text);
    if (columns <= width) {
        return std::string(text) + std::string(width - columns, ' ');
    }
    return width == 0 ? std::string() : std::string(first_columns(text, width - 1)) + '~';
}

std::string right_aligned(std::string_view text, std::size_t width) {
    const auto columns = columns_of(text);
    return columns < width ? std::string(width - columns, ' ') + std::string(text)
                           : fitted(text, width);
}

}  // namespace mgmd::mgmctl::top
