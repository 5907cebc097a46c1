// SPDX-License-Identifier: Apache-2.0
#include "config/descriptor.hpp"

#include <algorithm>

namespace mgmd::config {
namespace {

std::string number_range(const Range& range) {
    return std::to_string(range.least) + " to " + std::to_string(range.most);
}

std::string describe_duration(const Field& field) {
    const bool whole_seconds = field.resolution == 1'000'000;
    return std::string("a duration") + (whole_seconds ? " in whole seconds" : "") + ", " +
           format_duration(field.range.least) + " to " + format_duration(field.range.most);
}

std::string describe_choice(const Field& field) {
    std::string text = "one of";
    for (const Choice& choice : field.choices) {
        text += (&choice == field.choices.data() ? " " : ", ") + std::string(choice.name);
    }
    return text;
}

std::string describe_record(const Record& record) {
    const Field* shorthand = find_field(record, record.shorthand);
    const std::string settings = std::string(record.name) + " settings";
    return shorthand == nullptr ? settings : describe_single(*shorthand) + ", or " + settings;
}

}  // namespace

const Field* find_field(const Record& record, std::string_view name) {
    const auto found = std::find_if(record.fields.begin(), record.fields.end(),
                                    [&](const Field& field) { return field.name == name; });
    return found == record.fields.end() ? nullptr : &*found;
}

std::string describe_single(const Field& field) {
    switch (field.kind) {
        case Kind::boolean:
            return "yes or no";
        case Kind::integer:
            return "a whole number, " + number_range(field.range);
        case Kind::duration:
            return describe_duration(field);
        case Kind::text:
            return "text of " + number_range(field.range) + " characters";
        case Kind::choice:
            return describe_choice(field);
        case Kind::mac:
            return "a MAC address like 02:00:00:00:01:01";
        case Kind::address:
            return "an IPv4 or IPv6 address";
        case Kind::subnet:
            return "an address with its prefix length, like 10.1.0.1/24";
        case Kind::group:
            return "a group address, or a prefix of them like 239.1.0.0/16";
        case Kind::core:
            return "a CPU number, or a range of them like 2-5";
        case Kind::mode:
            return "file permissions in octal, like 0660";
        case Kind::endpoint:
            return "an IPv4 address and a port, like 127.0.0.1:9475";
        case Kind::record:
            return describe_record(field.record());
    }
    return "";
}

std::string describe(const Field& field) {
    switch (field.shape) {
        case Shape::one:
            return describe_single(field);
        case Shape::list:
            return "a list, each " + describe_single(field);
        case Shape::named:
            return "a mapping from names to " + std::string(field.record().name) + " settings";
    }
    return "";
}

std::string default_text(const Field& field) {
    return field.unless_given.empty() ? field.initial() : std::string(field.unless_given);
}

std::string format_duration(std::int64_t microseconds) {
    if (microseconds % 1'000'000 == 0) {
        return std::to_string(microseconds / 1'000'000) + "s";
    }
    if (microseconds % 1'000 == 0) {
        return std::to_string(microseconds / 1'000) + "ms";
    }
    return std::to_string(microseconds) + "us";
}

}  // namespace mgmd::config
