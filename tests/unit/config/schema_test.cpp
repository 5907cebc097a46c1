// SPDX-License-Identifier: Apache-2.0
#include "config/schema.hpp"

#include <algorithm>
#include <regex.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/codec.hpp"
#include "config/document.hpp"
#include "config/draft.hpp"
#include "tests/unit/config/support.hpp"

namespace mgmd::config::test {
namespace {

using Json = nlohmann::json;

const Json& schema() {
    static const Json kSchema = Json::parse(json_schema());
    return kSchema;
}

/// What an editor makes of the text: YAML 1.2's core types, where yes and no are just words.
Json to_json(const Node& node) {
    Json json;
    switch (node.kind) {
        case Node::Kind::null:
            return nullptr;
        case Node::Kind::scalar:
            if (const auto number = parse_integer(node.text); number && node.plain) {
                return *number;
            }
            if (node.plain && (node.text == "true" || node.text == "false")) {
                return node.text == "true";
            }
            return std::string(node.text);
        case Node::Kind::sequence:
            json = Json::array();
            for (const Node* item : node.children) {
                json.push_back(to_json(*item));
            }
            return json;
        case Node::Kind::mapping:
            json = Json::object();
            for (const Node* item : node.children) {
                json[std::string(item->key)] = to_json(*item);
            }
            return json;
    }
    return json;
}

bool is_valid(const Json& rule, const Json& value);

bool has_type(const std::string& type, const Json& value) {
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
           (type == "integer" && value.is_number_integer());
}

bool is_valid_object(const Json& rule, const Json& value) {
    const Json properties = rule.value("properties", Json::object());
    for (const auto& name : rule.value("required", Json::array())) {
        if (!value.contains(name.get<std::string>())) {
            return false;
        }
    }
    for (const auto& [name, item] : value.items()) {
        const bool is_named = properties.contains(name);
        const Json& other = rule.at("additionalProperties");
        if (is_named ? !is_valid(properties[name], item)
                     : other.is_boolean() || !is_valid(other, item)) {
            return false;
        }
        if (rule.contains("propertyNames") && !is_valid(rule["propertyNames"], name)) {
            return false;
        }
    }
    return true;
}

/// By POSIX: what our patterns use means the same there. (gcc 12 warns about std::regex with the
/// address sanitizer.)
bool matches(const std::string& pattern, const std::string& text) {
    regex_t compiled;
    if (regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
        ADD_FAILURE() << pattern;
        return false;
    }
    const bool is_match = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
    regfree(&compiled);
    return is_match;
}

bool is_valid_scalar(const Json& rule, const Json& value) {
    if (rule.contains("pattern") &&
        !matches(rule["pattern"].get<std::string>(), value.get<std::string>())) {
        return false;
    }
    if (value.is_number()) {
        return value.get<double>() >= rule.value("minimum", -1e300) &&
               value.get<double>() <= rule.value("maximum", 1e300);
    }
    return !value.is_string() || value.get<std::string>().size() >= rule.value("minLength", 0u);
}

/// The part of JSON Schema that ours is written in.
bool is_valid(const Json& rule, const Json& value) {
    if (rule.contains("$ref")) {
        return is_valid(schema().at(Json::json_pointer(rule["$ref"].get<std::string>().substr(1))),
                        value);
    }
    if (rule.contains("anyOf")) {
        return std::any_of(rule["anyOf"].begin(), rule["anyOf"].end(),
                           [&](const Json& one) { return is_valid(one, value); });
    }
    if (rule.contains("enum")) {
        return std::find(rule["enum"].begin(), rule["enum"].end(), value) != rule["enum"].end();
    }
    if (!has_type(rule.at("type"), value)) {
        return false;
    }
    if (value.is_array()) {
        return std::all_of(value.begin(), value.end(),
                           [&](const Json& item) { return is_valid(rule["items"], item); });
    }
    return value.is_object() ? is_valid_object(rule, value) : is_valid_scalar(rule, value);
}

bool editor_accepts(std::string_view text) {
    Diagnostics diagnostics("f");
    const Document document = parse_document(text, diagnostics);
    return is_valid(schema(), to_json(*document.root));
}

TEST(Schema, NamesItsDialect) {
    EXPECT_EQ(schema().at("$schema"), "https://json-schema.org/draft/2020-12/schema");
}

TEST(Schema, HasEverySettingOnce) {
    const Json& port = schema().at("/$defs/port/anyOf/0/properties"_json_pointer);
    EXPECT_EQ(port.size(), PortDraft::record().fields.size());
    EXPECT_EQ(port.at("mtu").at("minimum"), 68);
    EXPECT_EQ(port.at("mtu").at("maximum"), 9600);
    EXPECT_EQ(port.at("mtu").at("default"), 1500);
    EXPECT_FALSE(port.at("mtu").at("description").get<std::string>().empty());
    EXPECT_EQ(schema().at("required"), (Json{"ports", "interfaces"}));
}

TEST(Schema, AcceptsTheExamples) {
    for (const char* name : {"minimal", "lab-pcap", "physical"}) {
        EXPECT_TRUE(editor_accepts(read_file("config/examples/" + std::string(name) + ".yaml")))
            << name;
    }
}

/// Every mistake that one value alone shows is seen by editor and loader alike.
TEST(Schema, AgreesWithTheLoaderOnSingleValues) {
    const auto file = [](const std::string& port, const std::string& interface,
                         const std::string& rest) {
        return "ports: {p: " + port + "}\ninterfaces: {p: {" + interface + "}}\n" + rest;
    };
    const std::string null = "net_null0";
    const std::vector<std::string> files = {
        file(null, "", ""),
        file("{device: net_null0, mtu: 68}", "", ""),
        file("{device: net_null0, mtu: 67}", "", ""),
        file("{device: net_null0, mtu: \"68\"}", "", ""),
        file("{device: net_null0, mtuu: 68}", "", ""),
        file("{device: net_null0, mac: 02:00:00:00:00}", "", ""),
        file("{device: net_null0, tx_sharing: yes}", "", ""),
        file("{device: net_null0, tx_sharing: true}", "", ""),
        file("{device: net_null0, tx_sharing: 1}", "", ""),
        file("{mtu: 68}", "", ""),
        file("[]", "", ""),
        file(null, "addresses: 10.1.0.1/24", ""),
        file(null, "addresses: [10.1.0.1/24, \"fd00::1/64\"]", ""),
        file(null, "addresses: 10.1.0.1", ""),
        file(null, "igmp: yes", ""),
        file(null, "igmp: {query_interval: 60s}", ""),
        file(null, "igmp: {query_interval: 60}", ""),
        file(null, "igmp: {query_interval: 60d}", ""),
        file(null, "igmp: sometimes", ""),
        file(null, "mld: {check_ttl: no}", ""),
        file(null, "protocol: static, static_joins: [239.1.1.1, {group: \"ff1e::1\"}]", ""),
        file(null, "protocol: statik", ""),
        file(null, "boundaries: 239.0.0.0/8", ""),
        file(null, "ipv6_scope_boundary: site-local", ""),
        file(null, "", "workers: {cores: [1, 2-3]}"),
        file(null, "", "workers: {cores: 1-}"),
        file(null, "", "workers: 0"),
        file(null, "", "memory: {eal_args: []}"),
        file(null, "", "control_socket: {path: /s, mode: 0660}"),
        file(null, "", "metrics: 127.0.0.1:9475"),
        file(null, "", "metrics: 127.0.0.1"),
        file(null, "", "log: loud"),
        file(null, "", "unknown: 1"),
        "interfaces: {p: {}}\n",
    };
    for (const std::string& text : files) {
        EXPECT_EQ(editor_accepts(text), mistakes(text).empty())
            << text << testing::PrintToString(mistakes(text));
    }
}

}  // namespace
}  // namespace mgmd::config::test
