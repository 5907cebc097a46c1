// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/codec.hpp"
#include "config/descriptor.hpp"
#include "config/diagnostic.hpp"
#include "config/document.hpp"

namespace mgmd::config {

/// A value that remembers where it was given, for checks that come later.
template <class T>
struct Located {
    T value{};
    const Node* node = nullptr;  ///< nullptr: not given, or refused
};

/// The elements of a mapping whose keys are names: each T has `name` and `node`.
template <class T>
struct Named : std::vector<T> {};

/// A struct that a table describes.
template <class T>
concept Described = requires {
    { T::record() } -> std::same_as<const Record&>;
};

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsNamed = false;
template <class T>
inline constexpr bool kIsNamed<Named<T>> = true;

/// The single value inside any nesting of optional, vector, Named and Located.
template <class T>
struct Single {
    using type = T;
};
template <class T>
struct Single<std::optional<T>> : Single<T> {};
template <class T>
struct Single<std::vector<T>> : Single<T> {};
template <class T>
struct Single<Named<T>> : Single<T> {};
template <class T>
struct Single<Located<T>> : Single<T> {};

/// Reads a tree into structs by their tables and reports what does not fit them.
class Binder {
public:
    /// `complete`: the text was read to its end, so that what is missing is missing.
    Binder(Diagnostics& diagnostics, bool complete)
        : diagnostics_(diagnostics), complete_(complete) {}

    template <class T>
    bool read_record(const Node& node, T& target) {
        target.node = &node;
        return bind(T::record(), node, &target);
    }

    template <class CodecType, class T>
    bool read_value(const Field& field, const Node& node, T& target) {
        if constexpr (kIsNamed<T>) {
            return read_named(field, node, target);
        } else if constexpr (kIsVector<T>) {
            return read_list<CodecType>(field, node, target);
        } else if constexpr (Described<T>) {
            return read_record(node, target);
        } else {
            return read_single<CodecType>(field, node, target);
        }
    }

private:
    template <class CodecType, class T>
    bool read_single(const Field& field, const Node& node, T& target) {
        if (!is_value(field, node, CodecType::bare)) {
            return false;
        }
        auto parsed = CodecType::parse(node.text, field);
        if (!parsed) {
            refuse(field, node);
            return false;
        }
        target = std::move(*parsed);
        return true;
    }
    template <class CodecType, class T>
    bool read_single(const Field& field, const Node& node, std::optional<T>& target) {
        T value{};
        const bool is_good = read_value<CodecType>(field, node, value);
        if (is_good || Described<T>) {
            target = std::move(value);
        }
        return is_good;
    }
    template <class CodecType, class T>
    bool read_single(const Field& field, const Node& node, Located<T>& target) {
        const bool is_good = read_value<CodecType>(field, node, target.value);
        target.node = is_good ? &node : nullptr;
        return is_good;
    }

    template <class CodecType, class T>
    bool read_list(const Field& field, const Node& node, std::vector<T>& target) {
        if (node.kind == Node::Kind::null) {
            return refuse(field, node);
        }
        if (node.kind != Node::Kind::sequence) {
            return read_item<CodecType>(field, node, target);
        }
        bool are_good = true;
        for (const Node* item : node.children) {
            are_good &= read_item<CodecType>(field, *item, target);
        }
        return are_good;
    }
    template <class CodecType, class T>
    bool read_item(const Field& field, const Node& node, std::vector<T>& target) {
        T value{};
        const bool is_good = read_value<CodecType>(field, node, value);
        if (is_good || Described<T>) {
            target.push_back(std::move(value));
        }
        return is_good;
    }

    template <class T>
    bool read_named(const Field& field, const Node& node, Named<T>& target) {
        if (node.kind != Node::Kind::mapping) {
            return refuse(field, node);
        }
        bool are_good = true;
        for (const Node* item : node.children) {
            are_good &= check_name(*item);
            T& element = target.emplace_back();
            element.name = item->key;
            are_good &= read_record(*item, element);
        }
        return are_good;
    }

    bool bind(const Record& record, const Node& node, void* owner);
    bool bind_fields(const Record& record, const Node& node, void* owner);
    /// Something single and, where `bare`, without quotes.
    bool is_value(const Field& field, const Node& node, bool bare);
    bool check_name(const Node& node);
    bool refuse(const Field& field, const Node& node);

    Diagnostics& diagnostics_;
    bool complete_;
};

}  // namespace mgmd::config
