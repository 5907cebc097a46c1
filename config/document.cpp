// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <istream>
#include <optional>
#include <streambuf>
#include <unordered_map>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "config/utf8.hpp"

namespace mgmd::config {
namespace {

/// Ends the parser early; caught in parse_document.
struct Stop {
    Position at;
    std::string item;
    std::string rule;
};

/// Text that is already in memory, as a stream and without a copy.
class TextBuffer : public std::streambuf {
public:
    explicit TextBuffer(std::string_view text) {
        char* begin = const_cast<char*>(text.data());  // only ever read
        setg(begin, begin, begin + text.size());
    }
};

Position position(const YAML::Mark& mark) {
    return {static_cast<unsigned>(mark.line + 1), static_cast<unsigned>(mark.column + 1)};
}

/// Builds the tree from yaml-cpp's events, within the bounds.
class TreeBuilder : public YAML::EventHandler {
public:
    TreeBuilder(Document& document, Diagnostics& diagnostics)
        : document_(document), diagnostics_(diagnostics) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (std::exchange(started_, true)) {
            throw Stop{position(mark), "", "a configuration is one YAML document"};
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node& node = attach(position(mark), Node::Kind::null, anchor);
        // Where nothing is written the mark is that of whatever follows.
        node.at = node.key_at.line != 0 ? node.key_at : node.at;
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        if (wants_key()) {
            frames_.back().key = Key{keep(value), position(mark)};
            return;
        }
        Node& node = attach(position(mark), Node::Kind::scalar, anchor);
        node.text = keep(value);
        node.plain = tag != "!";
        check_tag(node, tag);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override {
        open(attach(position(mark), Node::Kind::sequence, anchor), tag, style);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override {
        open(attach(position(mark), Node::Kind::mapping, anchor), tag, style);
    }
    void OnSequenceEnd() override { frames_.pop_back(); }
    void OnMapEnd() override { frames_.pop_back(); }

    /// An alias becomes a copy of what its anchor names: what it costs is counted in nodes.
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            throw Stop{position(mark), "", "the alias names no value that came before it"};
        }
        const Node& original = *found->second;
        for (const Frame& frame : frames_) {
            if (frame.node == &original) {
                throw Stop{position(mark), path(original), "the alias stands inside its own value"};
            }
        }
        Node& node = attach(position(mark), original.kind, YAML::NullAnchor);
        node.text = original.text;
        node.plain = original.plain;
        copy_children(node, original, frames_.size());
    }

    /// After an error: drops the outermost brackets that were not closed, which have swallowed what
    /// came after them, and answers where they open. Line 0: there are none.
    Position drop_open_brackets() {
        for (std::size_t i = 1; i < frames_.size(); ++i) {
            auto& siblings = frames_[i - 1].node->children;
            const bool is_kept = !siblings.empty() && siblings.back() == frames_[i].node;
            if (frames_[i].is_flow && is_kept) {
                siblings.pop_back();
                return frames_[i].node->at;
            }
        }
        return {};
    }

private:
    struct Key {
        std::string_view text;
        Position at;
    };
    struct Frame {
        Node* node;
        bool is_flow;                                          ///< in brackets
        std::optional<Key> key;                                ///< read, its value not yet
        std::unordered_map<std::string_view, unsigned> lines;  ///< of the keys so far
    };

    bool wants_key() const {
        return !frames_.empty() && frames_.back().node->kind == Node::Kind::mapping &&
               !frames_.back().key;
    }

    std::string_view keep(const std::string& text) { return document_.texts.emplace_back(text); }

    Node& new_node(Position at, Node::Kind kind, const Node* parent) {
        if (document_.nodes.size() >= kMaxNodes) {
            throw Stop{at, "", "more than " + std::to_string(kMaxNodes) + " values in one file"};
        }
        Node& node = document_.nodes.emplace_back();
        node.kind = kind;
        node.at = at;
        node.parent = parent;
        return node;
    }

    Node& attach(Position at, Node::Kind kind, YAML::anchor_t anchor) {
        if (wants_key()) {
            throw Stop{at, path(*frames_.back().node), "a key must be a single word or text"};
        }
        Node& node = new_node(at, kind, frames_.empty() ? nullptr : frames_.back().node);
        if (anchor != YAML::NullAnchor) {
            anchors_[anchor] = &node;
        }
        if (frames_.empty()) {
            document_.root = &node;
        } else if (frames_.back().node->kind == Node::Kind::sequence) {
            node.index = frames_.back().node->children.size();
            frames_.back().node->children.push_back(&node);
        } else {
            attach_to_mapping(node, frames_.back());
        }
        return node;
    }

    void attach_to_mapping(Node& node, Frame& frame) {
        const Key key = *std::exchange(frame.key, std::nullopt);
        node.key = key.text;
        node.key_at = key.at;
        const auto [first, is_new] = frame.lines.try_emplace(key.text, key.at.line);
        if (is_new) {
            frame.node->children.push_back(&node);
        } else {
            diagnostics_.add_key(node,
                                 "given twice, first on line " + std::to_string(first->second));
        }
    }

    void open(Node& node, const std::string& tag, YAML::EmitterStyle::value style) {
        check_tag(node, tag);
        check_depth(node, frames_.size() + 1);
        frames_.push_back({&node, style == YAML::EmitterStyle::Flow, std::nullopt, {}});
    }

    static void check_depth(const Node& node, std::size_t depth) {
        if (depth > kMaxDepth) {
            throw Stop{node.at, path(node),
                       "nested deeper than " + std::to_string(kMaxDepth) + " levels"};
        }
    }

    /// "?" and "!" are yaml-cpp's names for a plain and a quoted value without a tag.
    void check_tag(const Node& node, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") {
            diagnostics_.add(node, "YAML tags are not used here");
        }
    }

    void copy_children(Node& target, const Node& original, std::size_t depth) {
        for (const Node* item : original.children) {
            Node& copy = new_node(item->at, item->kind, &target);
            copy.plain = item->plain;
            copy.text = item->text;
            copy.key = item->key;
            copy.key_at = item->key_at;
            copy.index = item->index;
            target.children.push_back(&copy);
            check_depth(copy, depth + 1);
            copy_children(copy, *item, depth + 1);
        }
    }

    Document& document_;
    Diagnostics& diagnostics_;
    std::vector<Frame> frames_;
    std::unordered_map<YAML::anchor_t, Node*> anchors_;
    bool started_ = false;
};

Position position_of_offset(std::string_view text, std::size_t offset) {
    Position at{1, 1};
    for (const char c : text.substr(0, offset)) {
        at = c == '\n' ? Position{at.line + 1, 1} : Position{at.line, at.column + 1};
    }
    return at;
}

/// False: yaml-cpp must not see this text.
bool check_text(std::string_view text, Diagnostics& diagnostics) {
    if (text.size() > kMaxFileOctets) {
        diagnostics.add({}, "", std::nullopt,
                        "larger than " + std::to_string(kMaxFileOctets >> 20) + " MiB");
        return false;
    }
    const std::size_t bad = first_bad_octet(text);
    if (bad != text.size()) {
        diagnostics.add(position_of_offset(text, bad), "", std::nullopt,
                        "not text: neither UTF-8 nor free of control characters");
        return false;
    }
    return true;
}

}  // namespace

std::string path(const Node& node) {
    if (node.parent == nullptr) {
        return "";
    }
    if (node.parent->kind == Node::Kind::sequence) {
        return path(*node.parent) + '[' + std::to_string(node.index) + ']';
    }
    const std::string parent = path(*node.parent);
    return parent.empty() ? printable(node.key) : parent + '.' + printable(node.key);
}

const Node* child(const Node& mapping, std::string_view key) {
    for (const Node* node : mapping.children) {
        if (node->key == key) {
            return node;
        }
    }
    return nullptr;
}

Document parse_document(std::string_view text, Diagnostics& diagnostics) {
    Document document;
    if (!check_text(text, diagnostics)) {
        return document;
    }
    TreeBuilder builder(document, diagnostics);
    try {
        TextBuffer buffer(text);
        std::istream stream(&buffer);
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
        document.complete = true;
    } catch (const Stop& stop) {
        diagnostics.add(stop.at, stop.item, std::nullopt, stop.rule);
        builder.drop_open_brackets();
    } catch (const YAML::Exception& error) {
        const Position open = builder.drop_open_brackets();
        const std::string hint =
            open.line == 0 ? "" : " (brackets open on line " + std::to_string(open.line) + ')';
        diagnostics.add(error.mark.is_null() ? Position{} : position(error.mark), "", std::nullopt,
                        "not YAML: " + printable(error.msg) + hint);
    } catch (const std::exception& error) {
        diagnostics.add({}, "", std::nullopt,
                        "the YAML parser gave up: " + printable(error.what()));
        builder.drop_open_brackets();
    }
    return document;
}

}  // namespace mgmd::config
