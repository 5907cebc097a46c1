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
    address,   ///< of either family
    subnet,    ///< address/length
    group,     ///< address, or address/length
    core,      ///< a CPU, or a range of them
    mode,      ///< permissions, octal
    endpoint,  ///< IPv4 address:port
    record,    ///< settings of its own
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
    std::string_view implied{};       ///< its value where the section it is in is given without it
    /// A running router takes a change of it over; of a section: of all that is in it. What nobody
    /// has said this of needs a restart.
    bool live = false;
    bool as_set = false;  ///< the order of the list does not matter

    /// Reads `node` into the member this field describes; false: a diagnostic was made.
    bool (*read)(Binder&, const Field&, const Node&, void* owner) = nullptr;
    /// A good value's text in the one form that equal values have.
    std::string (*canonical)(std::string_view text, const Field&) = nullptr;
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
    constexpr Field implies(std::string_view what) const {
        Field field = *this;
        field.implied = what;
        return field;
    }
    constexpr Field changes_live() const {
        Field field = *this;
        field.live = true;
        return field;
    }
    constexpr Field in_any_order() const {
        Field field = *this;
        field.as_set = true;
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
    /// In a list: the fields that tell one element from another, so that what else differs is a
    /// change of it.
    std::array<std::string_view, 2> identity{};
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
