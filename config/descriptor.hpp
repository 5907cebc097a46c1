// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// What describes a setting. The tables of tables_*.cpp hold one Field for each; the parser, the
/// JSON Schema, the reference page and the rule that a diagnostic quotes are all made from it.
namespace mgmd::config {

struct Node;
class Binder;
struct Record;

/// What a single value looks like.
enum class Kind : std::uint8_t {
    boolean,
    integer,
    duration,
    text,
    choice,
    mac,
    address,  ///< of either family
    subnet,   ///< address/length
    group,    ///< address, or address/length
    core,     ///< a CPU, or a range of them
    mode,     ///< permissions, octal
    record,   ///< settings of its own
};

/// How many there are of it.
enum class Shape : std::uint8_t {
    one,
    list,   ///< a sequence; a single value stands for a sequence of one
    named,  ///< a mapping from names that the operator chooses
};

struct Choice {
    std::string_view name;
    std::int64_t value;
};

/// The names of an enumeration's values, in the order shown: specialised beside the tables.
template <class Enum>
inline constexpr std::array<Choice, 0> kChoices{};

/// Smallest and greatest value: numbers as they are, durations in microseconds, lists and texts
/// by their length.
struct Range {
    std::int64_t least = 0;
    std::int64_t most = 0;
};

struct Field {
    std::string_view name;
    std::string_view help;  ///< a sentence or two
    Kind kind = Kind::text;
    Shape shape = Shape::one;
    Range range{};
    std::int64_t resolution = 1;  ///< of a duration, in microseconds
    std::span<const Choice> choices{};
    const Record& (*record)() = nullptr;
    bool required = false;
    std::string_view unless_given{};  ///< what holds where there is no fixed default

    /// Reads `node` into the member this field describes; false: a diagnostic was made.
    bool (*read)(Binder&, const Field&, const Node&, void* owner) = nullptr;
    /// The member's initial value, "" if it has none: the default is written in settings.hpp only.
    std::string (*initial)() = nullptr;

    constexpr Field within(std::int64_t least, std::int64_t most) const {
        Field field = *this;
        field.range = {least, most};
        return field;
    }
    constexpr Field within(std::chrono::microseconds least, std::chrono::microseconds most) const {
        return within(least.count(), most.count());
    }
    constexpr Field mandatory() const {
        Field field = *this;
        field.required = true;
        return field;
    }
    constexpr Field otherwise(std::string_view what) const {
        Field field = *this;
        field.unless_given = what;
        return field;
    }
};

/// Settings that stand together in one mapping.
struct Record {
    std::string_view name;  ///< unique; "port"
    std::string_view help;
    std::span<const Field> fields;
    /// The field that a single value stands for, where one is given in place of the mapping.
    std::string_view shorthand{};
    /// What the keys of a Shape::named of this record are.
    std::string_view key_help{};
};

/// nullptr: no such field.
const Field* find_field(const Record& record, std::string_view name);

/// "a whole number, 68 to 9600": what a value must be, for diagnostics and the reference page.
std::string describe(const Field& field);
/// The same of a single value where the field is a list.
std::string describe_single(const Field& field);

/// The default as the reference page shows it; "" where there is none.
std::string default_text(const Field& field);

/// "50us", "500ms", "210s".
std::string format_duration(std::int64_t microseconds);

}  // namespace mgmd::config
