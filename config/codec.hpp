// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "common/ip_address.hpp"
#include "common/mac_address.hpp"
#include "config/descriptor.hpp"

/// From the text of a value to its type and back. A parse that fails says nothing: the rule it
/// breaks is describe(field).
namespace mgmd::config {

using AnyAddress = std::variant<Ipv4Address, Ipv6Address>;
using AnyPrefix = std::variant<Prefix<V4>, Prefix<V6>>;

/// CPUs first .. last.
struct CoreRange {
    unsigned first = 0;
    unsigned last = 0;
};
inline constexpr unsigned kMaxCore = 1023;

/// Decimal digits only; nullopt: something else, or too large.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// Microseconds in "210s", "1.5m", "500ms", "50us", "1h", or a number of seconds.
std::optional<std::int64_t> parse_duration(std::string_view text);

std::optional<bool> parse_boolean(std::string_view text);
std::optional<AnyAddress> parse_any_address(std::string_view text);
std::optional<AnyPrefix> parse_any_prefix(std::string_view text);
std::optional<CoreRange> parse_cores(std::string_view text);
std::string format_any(const AnyAddress& value);
std::string format_any(const AnyPrefix& value);
/// A single group without its length.
std::string format_group(const AnyPrefix& value);
std::string format_cores(const CoreRange& value);
std::optional<std::uint32_t> parse_mode(std::string_view text);
std::string format_mode(std::uint32_t mode);
/// An IPv4 address and a port behind a colon, as they are; the port may be 0.
std::optional<std::string> parse_endpoint(std::string_view text);

/// Codec<T>: `kind`; `bare`: only unquoted; `range`: what T itself allows; `parse`; `format`.
template <class T, class = void>
struct Codec;

template <>
struct Codec<bool> {
    static constexpr Kind kind = Kind::boolean;
    static constexpr bool bare = true;
    static constexpr Range range{};
    static auto parse(std::string_view text, const Field&) { return parse_boolean(text); }
    static std::string format(bool value) { return value ? "yes" : "no"; }
};

template <class T>
struct Codec<T, std::enable_if_t<std::is_unsigned_v<T> && !std::is_same_v<T, bool>>> {
    static constexpr Kind kind = Kind::integer;
    static constexpr bool bare = true;
    static constexpr Range range{0, std::numeric_limits<T>::max()};
    static std::optional<T> parse(std::string_view text, const Field& field) {
        const auto number = parse_integer(text);
        if (!number || *number < field.range.least || *number > field.range.most) {
            return std::nullopt;
        }
        return static_cast<T>(*number);
    }
    static std::string format(T value) { return std::to_string(value); }
};

template <class Rep, class Period>
struct Codec<std::chrono::duration<Rep, Period>> {
    using Duration = std::chrono::duration<Rep, Period>;
    static constexpr Kind kind = Kind::duration;
    static constexpr bool bare = false;
    static constexpr std::int64_t unit = std::chrono::microseconds(Duration(1)).count();
    static constexpr Range range{unit, std::chrono::microseconds(std::chrono::hours(24)).count()};
    static std::optional<Duration> parse(std::string_view text, const Field& field) {
        const auto number = parse_duration(text);
        if (!number || *number < field.range.least || *number > field.range.most ||
            *number % unit != 0) {
            return std::nullopt;
        }
        return Duration(*number / unit);
    }
    static std::string format(Duration value) {
        return format_duration(std::chrono::microseconds(value).count());
    }
};

template <>
struct Codec<std::string> {
    static constexpr Kind kind = Kind::text;
    static constexpr bool bare = false;
    static constexpr Range range{1, 255};
    static std::optional<std::string> parse(std::string_view text, const Field& field) {
        const auto length = static_cast<std::int64_t>(text.size());
        if (length < field.range.least || length > field.range.most) {
            return std::nullopt;
        }
        return std::string(text);
    }
    static std::string format(const std::string& value) { return value; }
};

/// By the names in Names, an array of Choice.
template <class T, const auto& Names>
struct ChoiceCodec {
    static constexpr Kind kind = Kind::choice;
    static constexpr bool bare = false;
    static constexpr Range range{};
    static constexpr std::span<const Choice> choices{Names};
    static std::optional<T> parse(std::string_view text, const Field&) {
        for (const Choice& choice : Names) {
            if (choice.name == text) {
                return static_cast<T>(choice.value);
            }
        }
        return std::nullopt;
    }
    static std::string format(T value) {
        for (const Choice& choice : Names) {
            if (choice.value == static_cast<std::int64_t>(value)) {
                return std::string(choice.name);
            }
        }
        return "";
    }
};
template <class T>
struct Codec<T, std::enable_if_t<std::is_enum_v<T>>> : ChoiceCodec<T, kChoices<T>> {};

template <>
struct Codec<MacAddress> {
    static constexpr Kind kind = Kind::mac;
    static constexpr bool bare = false;
    static constexpr Range range{};
    static auto parse(std::string_view text, const Field&) { return parse_mac(text); }
    static std::string format(const MacAddress& value) { return to_string(value); }
};

template <>
struct Codec<AnyAddress> {
    static constexpr Kind kind = Kind::address;
    static constexpr bool bare = false;
    static constexpr Range range{};
    static auto parse(std::string_view text, const Field&) { return parse_any_address(text); }
    static std::string format(const AnyAddress& value) { return format_any(value); }
};

/// With its length: an address alone would silently be a host route.
template <>
struct Codec<AnyPrefix> {
    static constexpr Kind kind = Kind::subnet;
    static constexpr bool bare = false;
    static constexpr Range range{};
    static std::optional<AnyPrefix> parse(std::string_view text, const Field&) {
        return text.find('/') == text.npos ? std::nullopt : parse_any_prefix(text);
    }
    static std::string format(const AnyPrefix& value) { return format_any(value); }
};

/// For groups, where a single one is as usual as a prefix.
struct GroupCodec : Codec<AnyPrefix> {
    static constexpr Kind kind = Kind::group;
    static auto parse(std::string_view text, const Field&) { return parse_any_prefix(text); }
    static std::string format(const AnyPrefix& value) { return format_group(value); }
};

template <>
struct Codec<CoreRange> {
    static constexpr Kind kind = Kind::core;
    static constexpr bool bare = false;
    static constexpr Range range{0, kMaxCore};
    static auto parse(std::string_view text, const Field&) { return parse_cores(text); }
    static std::string format(const CoreRange& value) { return format_cores(value); }
};

struct EndpointCodec {
    static constexpr Kind kind = Kind::endpoint;
    static constexpr bool bare = false;
    static constexpr Range range{};
    static auto parse(std::string_view text, const Field&) { return parse_endpoint(text); }
    static std::string format(const std::string& value) { return value; }
};

struct ModeCodec {
    static constexpr Kind kind = Kind::mode;
    static constexpr bool bare = false;
    static constexpr Range range{0, 0777};
    static auto parse(std::string_view text, const Field&) { return parse_mode(text); }
    static std::string format(std::uint32_t value) { return format_mode(value); }
};

}  // namespace mgmd::config
