// SPDX-License-Identifier: Apache-2.0
#include "config/schema.hpp"

#include <cstdlib>
#include <set>
#include <string_view>

#include <nlohmann/json.hpp>

#include "config/codec.hpp"
#include "config/draft.hpp"

namespace mgmd::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kIpv4 = R"(([0-9]{1,3}\.){3}[0-9]{1,3})";
constexpr std::string_view kIpv6 = "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*";

Json matching(const std::string& pattern) {
    return {{"type", "string"}, {"pattern", '^' + pattern + '$'}};
}

std::string either_family(std::string_view after) {
    return "(" + std::string(kIpv4) + '|' + std::string(kIpv6) + ')' + std::string(after);
}

Json integer(const Range& range) {
    return {{"type", "integer"}, {"minimum", range.least}, {"maximum", range.most}};
}

Json choice(const Field& field) {
    Json names = Json::array();
    for (const Choice& choice : field.choices) {
        names.push_back(choice.name);
    }
    return {{"enum", names}};
}

Json duration(const Field& field) {
    constexpr double kMicroseconds = 1e6;
    const Json seconds = {{"type", "number"},
                          {"minimum", static_cast<double>(field.range.least) / kMicroseconds},
                          {"maximum", static_cast<double>(field.range.most) / kMicroseconds}};
    return {{"anyOf", {matching(R"([0-9]+(\.[0-9]+)?(us|ms|s|m|h)?)"), seconds}}};
}

Json reference(const Record& record) {
    return {{"$ref", "#/$defs/" + std::string(record.name)}};
}

Json single(const Field& field) {
    switch (field.kind) {
        case Kind::boolean:
            return {{"enum", {true, false, "yes", "no", "on", "off"}}};
        case Kind::integer:
            return integer(field.range);
        case Kind::duration:
            return duration(field);
        case Kind::text:
            return {{"type", "string"},
                    {"minLength", field.range.least},
                    {"maxLength", field.range.most}};
        case Kind::choice:
            return choice(field);
        case Kind::mac:
            return matching("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}");
        case Kind::address:
            return matching(either_family(""));
        case Kind::subnet:
            return matching(either_family("/[0-9]{1,3}"));
        case Kind::group:
            return matching(either_family("(/[0-9]{1,3})?"));
        case Kind::core:
            return {{"anyOf", {integer(field.range), matching("[0-9]+(-[0-9]+)?")}}};
        case Kind::mode:
            // Editors see 0660 as the number 660.
            return {{"anyOf", {matching("0*[0-7]{1,3}"), integer({0, 777})}}};
        case Kind::endpoint:
            return matching(std::string(kIpv4) + ":[0-9]{1,5}");
        case Kind::record:
            return reference(field.record());
    }
    return {};
}

Json shaped(const Field& field) {
    Json one = single(field);
    switch (field.shape) {
        case Shape::one:
            return one;
        case Shape::list: {
            Json list = {{"type", "array"}, {"items", one}};
            return {{"anyOf", {std::move(list), std::move(one)}}};
        }
        case Shape::named:
            return {{"type", "object"},
                    {"propertyNames", matching("[A-Za-z0-9_.-]{1,31}")},
                    {"additionalProperties", std::move(one)}};
    }
    return {};
}

void add_default(Json& schema, const Field& field) {
    const std::string text = field.initial();
    if (!field.unless_given.empty() || field.shape != Shape::one || text.empty()) {
        return;
    }
    switch (field.kind) {
        case Kind::boolean:
            schema["default"] = text == "yes";
            break;
        case Kind::integer:
            schema["default"] = std::strtoll(text.c_str(), nullptr, 10);
            break;
        default:
            schema["default"] = text;
    }
}

Json property(const Field& field) {
    std::string help(field.help);
    if (!field.unless_given.empty()) {
        help += " Default: " + std::string(field.unless_given) + '.';
    }
    Json schema = {{"description", help}};
    schema.update(shaped(field));
    add_default(schema, field);
    return schema;
}

Json object(const Record& record) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Field& field : record.fields) {
        properties[std::string(field.name)] = property(field);
        if (field.required) {
            required.push_back(field.name);
        }
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

Json definition(const Record& record) {
    Json schema = {{"description", record.help}};
    if (const Field* field = find_field(record, record.shorthand)) {
        schema["anyOf"] = {object(record), single(*field)};
    } else {
        schema.update(object(record));
    }
    return schema;
}

void add_definitions(Json& definitions, const Record& record) {
    for (const Field& field : record.fields) {
        if (field.kind == Kind::record) {
            definitions[std::string(field.record().name)] = definition(field.record());
            add_definitions(definitions, field.record());
        }
    }
}

}  // namespace

std::string json_schema() {
    Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                   {"title", "mgmd configuration"}};
    schema.update(definition(Draft::record()));
    Json definitions = Json::object();
    add_definitions(definitions, Draft::record());
    schema["$defs"] = std::move(definitions);
    return schema.dump(2) + '\n';
}

}  // namespace mgmd::config
