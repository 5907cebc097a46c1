// SPDX-License-Identifier: Apache-2.0
#include "config/codec.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace mgmd::config {
namespace {

template <class T>
std::optional<T> parse_number(std::string_view text, int base) {
    T number{};
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number, base);
    const bool only_digits = !text.empty() && text.front() != '-';
    if (!only_digits || result.ec != std::errc{} || result.ptr != end) {
        return std::nullopt;
    }
    return number;
}

/// Microseconds in one of `suffix`; nullopt: no such unit.
std::optional<std::int64_t> unit_of(std::string_view suffix) {
    struct Unit {
        std::string_view name;
        std::int64_t microseconds;
    };
    constexpr Unit kUnits[] = {{"", 1'000'000},  {"us", 1},         {"ms", 1'000},
                               {"s", 1'000'000}, {"m", 60'000'000}, {"h", 3'600'000'000}};
    for (const Unit& unit : kUnits) {
        if (unit.name == suffix) {
            return unit.microseconds;
        }
    }
    return std::nullopt;
}

/// `digits` after a decimal point, in parts of `unit`; nullopt unless they come out whole.
std::optional<std::int64_t> fraction(std::string_view digits, std::int64_t unit) {
    std::int64_t scale = unit;
    std::int64_t sum = 0;
    if (digits.empty()) {
        return std::nullopt;
    }
    for (const char digit : digits) {
        if (digit < '0' || digit > '9' || (scale % 10 != 0 && digit != '0')) {
            return std::nullopt;
        }
        scale /= 10;
        sum += (digit - '0') * scale;
    }
    return sum;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
    return parse_number<std::int64_t>(text, 10);
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
    const auto suffix_at = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto unit = unit_of(text.substr(suffix_at));
    const auto number = text.substr(0, suffix_at);
    const auto point = number.find('.');
    const auto whole = parse_integer(number.substr(0, point));
    if (!unit || !whole || *whole >= std::numeric_limits<std::int64_t>::max() / *unit) {
        return std::nullopt;
    }
    if (point == number.npos) {
        return *whole * *unit;
    }
    const auto part = fraction(number.substr(point + 1), *unit);
    return part ? std::optional(*whole * *unit + *part) : std::nullopt;
}

std::optional<bool> parse_boolean(std::string_view text) {
    if (text == "yes" || text == "true" || text == "on") {
        return true;
    }
    if (text == "no" || text == "false" || text == "off") {
        return false;
    }
    return std::nullopt;
}

std::optional<AnyAddress> parse_any_address(std::string_view text) {
    if (const auto address = parse_address<V4>(text)) {
        return *address;
    }
    if (const auto address = parse_address<V6>(text)) {
        return *address;
    }
    return std::nullopt;
}

std::optional<AnyPrefix> parse_any_prefix(std::string_view text) {
    if (const auto prefix = parse_prefix<V4>(text)) {
        return *prefix;
    }
    if (const auto prefix = parse_prefix<V6>(text)) {
        return *prefix;
    }
    return std::nullopt;
}

std::optional<CoreRange> parse_cores(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = parse_number<unsigned>(text.substr(0, dash), 10);
    const auto last = dash == text.npos ? first : parse_number<unsigned>(text.substr(dash + 1), 10);
    if (!first || !last || *first > *last || *last > kMaxCore) {
        return std::nullopt;
    }
    return CoreRange{*first, *last};
}

std::optional<std::uint32_t> parse_mode(std::string_view text) {
    constexpr std::uint32_t kAllBits = 0777;
    const auto mode = parse_number<std::uint32_t>(text, 8);
    return mode && *mode <= kAllBits ? mode : std::nullopt;
}

std::optional<std::string> parse_endpoint(std::string_view text) {
    const auto colon = std::min(text.find(':'), text.size());
    const auto port =
        parse_number<std::uint16_t>(text.substr(std::min(colon + 1, text.size())), 10);
    if (!port || !parse_address<V4>(text.substr(0, colon))) {
        return std::nullopt;
    }
    return std::string(text);
}

std::string format_mode(std::uint32_t mode) {
    std::string text = "0000";
    for (std::size_t digit = text.size(); digit-- > 0; mode >>= 3) {
        text[digit] = static_cast<char>('0' + (mode & 7));
    }
    return text;
}

std::string format_any(const AnyAddress& value) {
    return std::visit([](const auto& address) { return to_string(address); }, value);
}

std::string format_any(const AnyPrefix& value) {
    return std::visit([](const auto& prefix) { return to_string(prefix); }, value);
}

std::string format_group(const AnyPrefix& value) {
    return std::visit(
        []<class F>(const Prefix<F>& prefix) {
            return prefix.length == F::address_bits ? to_string(prefix.address) : to_string(prefix);
        },
        value);
}

std::string format_cores(const CoreRange& value) {
    const auto first = std::to_string(value.first);
    return value.first == value.last ? first : first + '-' + std::to_string(value.last);
}

}  // namespace mgmd::config
