// SPDX-License-Identifier: Apache-2.0
#include "config/binder.hpp"

#include "config/suggest.hpp"

namespace mgmd::config {
namespace {

std::string unknown_setting(const Record& record, std::string_view name) {
    std::vector<std::string_view> names;
    for (const Field& field : record.fields) {
        names.push_back(field.name);
    }
    return "unknown setting" + did_you_mean(name, names);
}

std::string member_path(const Node& node, std::string_view name) {
    const std::string parent = path(node);
    return parent.empty() ? std::string(name) : parent + '.' + std::string(name);
}

}  // namespace

bool Binder::bind(const Record& record, const Node& node, void* owner) {
    if (node.kind == Node::Kind::mapping) {
        return bind_fields(record, node, owner);
    }
    const Field* field = find_field(record, record.shorthand);
    if (node.kind == Node::Kind::scalar && field != nullptr) {
        return field->read(*this, *field, node, owner);
    }
    const std::string alternative = field == nullptr ? "" : describe(*field) + ", or ";
    diagnostics_.add(
        node, "must be " + alternative + "a mapping of " + std::string(record.name) + " settings");
    return false;
}

bool Binder::bind_fields(const Record& record, const Node& node, void* owner) {
    bool are_good = true;
    for (const Node* item : node.children) {
        if (const Field* field = find_field(record, item->key)) {
            are_good &= field->read(*this, *field, *item, owner);
        } else if (!diagnostics_.full()) {
            diagnostics_.add_key(*item, unknown_setting(record, item->key));
            are_good = false;
        }
    }
    for (const Field& field : record.fields) {
        if (complete_ && field.required && child(node, field.name) == nullptr) {
            diagnostics_.add(node.key_at.line != 0 ? node.key_at : node.at,
                             member_path(node, field.name), std::nullopt,
                             "missing; must be " + describe(field));
            are_good = false;
        }
    }
    return are_good;
}

bool Binder::is_value(const Field& field, const Node& node, bool bare) {
    const bool is_good = node.kind == Node::Kind::scalar && (node.plain || !bare);
    return is_good || refuse(field, node);
}

bool Binder::check_name(const Node& node) {
    constexpr std::size_t kLongest = 31;
    constexpr std::string_view kCharacters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    const bool is_good = !node.key.empty() && node.key.size() <= kLongest && node.key != "any" &&
                         node.key.find_first_not_of(kCharacters) == node.key.npos;
    if (!is_good) {
        diagnostics_.add_key(node,
                             "a name has 1 to 31 letters, digits, '.', '_' or '-', and is not any");
    }
    return is_good;
}

bool Binder::refuse(const Field& field, const Node& node) {
    const bool is_quoted = node.kind == Node::Kind::scalar && !node.plain;
    const bool is_number = field.kind == Kind::boolean || field.kind == Kind::integer;
    const bool is_item = field.shape == Shape::list && node.kind != Node::Kind::null;
    diagnostics_.add(node, "must be " + (is_item ? describe_single(field) : describe(field)) +
                               (is_quoted && is_number ? ", without quotes" : ""));
    return false;
}

}  // namespace mgmd::config
