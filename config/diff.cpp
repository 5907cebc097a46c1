// SPDX-License-Identifier: Apache-2.0
#include "config/diff.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "config/draft.hpp"

namespace mgmd::config {
namespace {

using Nodes = std::vector<const Node*>;
using Texts = std::vector<std::string>;

/// What was given of a field; nullptr: nothing. `record_node` may be nullptr, or the single value
/// that stands for the record.
const Node* given(const Record& record, const Node* record_node, const Field& field) {
    if (record_node == nullptr) {
        return nullptr;
    }
    if (record_node->kind == Node::Kind::mapping) {
        return child(*record_node, field.name);
    }
    return field.name == record.shorthand ? record_node : nullptr;
}

/// A single value stands for a list of one.
Nodes items(const Node* list) {
    if (list == nullptr) {
        return {};
    }
    return list->kind == Node::Kind::sequence ? list->children : Nodes{list};
}

std::string joined(const Texts& texts) {
    std::string line;
    for (const auto& text : texts) {
        line += (line.empty() ? "" : ", ") + text;
    }
    return line;
}

std::string shown(const Record& record, const Node& node);

/// A given field on one line.
std::string shown(const Field& field, const Node& node) {
    if (field.kind == Kind::record && field.shape == Shape::one) {
        return '{' + shown(field.record(), node) + '}';
    }
    if (field.shape == Shape::one) {
        return field.canonical(node.text, field);
    }
    Texts texts;
    for (const Node* item : field.shape == Shape::named ? node.children : items(&node)) {
        const auto text = field.kind == Kind::record ? shown(field.record(), *item)
                                                     : field.canonical(item->text, field);
        texts.push_back(field.shape == Shape::named ? std::string(item->key) + " {" + text + '}'
                                                    : text);
    }
    if (field.as_set) {
        std::sort(texts.begin(), texts.end());
    }
    return texts.size() == 1 ? texts.front() : '[' + joined(texts) + ']';
}

/// "group 232.1.1.1, source 10.1.0.10", in the order of the table; the shorthand's value alone
/// where nothing else is given.
std::string shown(const Record& record, const Node& node) {
    Texts texts;
    const Field* only = nullptr;
    for (const Field& field : record.fields) {
        if (const Node* value = given(record, &node, field)) {
            texts.push_back(std::string(field.name) + ' ' + shown(field, *value));
            only = &field;
        }
    }
    return texts.size() == 1 && only->name == record.shorthand
               ? shown(*only, *given(record, &node, *only))
               : joined(texts);
}

/// A value, or what holds without one.
std::string value_of(const Record& record, const Node* record_node, const Field& field) {
    if (const Node* node = given(record, record_node, field)) {
        return field.canonical(node->text, field);
    }
    if (!field.implied.empty()) {
        return record_node == nullptr ? field.initial() : std::string(field.implied);
    }
    return default_text(field);
}

/// Whether all that an element of a list has can come and go live.
bool is_live(const Record& record, bool live) {
    return std::all_of(record.fields.begin(), record.fields.end(), [&](const Field& field) {
        return live || field.live || (field.kind == Kind::record && is_live(field.record(), false));
    });
}

/// An element of a list of records.
struct Element {
    const Node* node;
    std::string text;
    std::string identity;  ///< "" where the record has none
};

class Differ {
public:
    std::vector<SettingChange> take() { return std::move(changes_); }

    void compare(const Record& record, const Node* before, const Node* after,
                 const std::string& path, bool live) {
        for (const Field& field : record.fields) {
            const auto name = (path.empty() ? "" : path + '.') + std::string(field.name);
            const bool is_field_live = live || field.live;
            const Node* old = given(record, before, field);
            const Node* now = given(record, after, field);
            if (field.shape == Shape::named) {
                compare_named(field, old, now, name, is_field_live);
            } else if (field.shape == Shape::list) {
                compare_lists(field, items(old), items(now), name, is_field_live);
            } else if (field.kind == Kind::record) {
                compare(field.record(), old, now, name, is_field_live);
            } else {
                add(name, value_of(record, before, field), value_of(record, after, field),
                    is_field_live);
            }
        }
    }

private:
    void add(const std::string& item, std::string before, std::string after, bool live) {
        if (before != after) {
            changes_.push_back({item, std::move(before), std::move(after), live});
        }
    }

    void compare_named(const Field& field, const Node* before, const Node* after,
                       const std::string& path, bool live) {
        const Record& record = field.record();
        const auto find = [](const Node* names, std::string_view name) {
            return names == nullptr ? nullptr : child(*names, name);
        };
        for (const Node* old : before == nullptr ? Nodes() : before->children) {
            const auto item = path + '.' + std::string(old->key);
            if (const Node* now = find(after, old->key)) {
                compare(record, old, now, item, live);
            } else {
                add(item, whole(record, *old), "", is_live(record, live));
            }
        }
        for (const Node* now : after == nullptr ? Nodes() : after->children) {
            if (find(before, now->key) == nullptr) {
                add(path + '.' + std::string(now->key), "", whole(record, *now),
                    is_live(record, live));
            }
        }
    }

    void compare_lists(const Field& field, const Nodes& before, const Nodes& after,
                       const std::string& path, bool live) {
        if (field.kind == Kind::record) {
            compare_elements(field, elements(field, before), elements(field, after), path, live);
        } else {
            compare_values(field, values(field, before), values(field, after), path, live);
        }
    }

    static Texts values(const Field& field, const Nodes& nodes) {
        Texts texts;
        for (const Node* node : nodes) {
            texts.push_back(field.canonical(node->text, field));
        }
        return texts;
    }

    /// One line for each that has come or gone; for the whole list where only its order differs.
    void compare_values(const Field& field, Texts before, Texts after, const std::string& path,
                        bool live) {
        const Texts old = before;
        const Texts now = after;
        std::sort(before.begin(), before.end());
        std::sort(after.begin(), after.end());
        Texts gone;
        Texts come;
        std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                            std::back_inserter(gone));
        std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                            std::back_inserter(come));
        for (std::size_t i = 0; i < std::max(gone.size(), come.size()); ++i) {
            add(path, i < gone.size() ? gone[i] : "", i < come.size() ? come[i] : "", live);
        }
        if (gone.empty() && come.empty() && !field.as_set) {
            add(path, joined(old), joined(now), live);
        }
    }

    static std::string whole(const Record& record, const Node& node) {
        const auto text = shown(record, node);
        return text.empty() ? "{}" : text;
    }

    static std::vector<Element> elements(const Field& field, const Nodes& nodes) {
        const Record& record = field.record();
        std::vector<Element> elements;
        for (const Node* node : nodes) {
            Texts identity;
            for (const auto name : record.identity) {
                const Field* part = find_field(record, name);
                const Node* value = part == nullptr ? nullptr : given(record, node, *part);
                if (value != nullptr) {
                    identity.push_back(shown(*part, *value));
                }
            }
            elements.push_back({node, whole(record, *node), joined(identity)});
        }
        return elements;
    }

    /// Equal ones first; of what is left, those of one identity are changes of it, in their order.
    void compare_elements(const Field& field, const std::vector<Element>& before,
                          const std::vector<Element>& after, const std::string& path, bool live) {
        const auto gone = without(before, after);
        const auto come = without(after, before);
        const bool is_reordered = gone.empty() && come.empty() && !field.as_set;
        const Record& record = field.record();
        std::map<std::string_view, std::deque<const Element*>> come_by_identity;
        for (const auto* element : come) {
            come_by_identity[element->identity].push_back(element);
        }
        std::set<const Element*> paired;
        for (const auto* old : gone) {
            const auto item = path + '[' + old->identity + ']';
            auto& candidates = come_by_identity[old->identity];
            if (candidates.empty()) {
                add(item, old->text, "", is_live(record, live));
                continue;
            }
            compare(record, old->node, candidates.front()->node, item, live);
            paired.insert(candidates.front());
            candidates.pop_front();
        }
        for (const auto* now : come) {
            if (paired.count(now) == 0) {
                add(path + '[' + now->identity + ']', "", now->text, is_live(record, live));
            }
        }
        if (is_reordered) {
            add(path, joined(texts(before)), joined(texts(after)), live);
        }
    }

    static Texts texts(const std::vector<Element>& elements) {
        Texts texts;
        for (const auto& element : elements) {
            texts.push_back(element.text);
        }
        return texts;
    }

    /// Those of `elements` that have no equal one in `others`.
    static std::vector<const Element*> without(const std::vector<Element>& elements,
                                               const std::vector<Element>& others) {
        std::map<std::string_view, std::size_t> equal;
        for (const auto& other : others) {
            ++equal[other.text];
        }
        std::vector<const Element*> left;
        for (const auto& element : elements) {
            if (const auto at = equal.find(element.text); at != equal.end() && at->second > 0) {
                --at->second;
            } else {
                left.push_back(&element);
            }
        }
        return left;
    }

    std::vector<SettingChange> changes_;
};

}  // namespace

std::vector<SettingChange> diff(const Document& before, const Document& after) {
    Differ differ;
    differ.compare(Draft::record(), before.root, after.root, "", false);
    return differ.take();
}

}  // namespace mgmd::config
