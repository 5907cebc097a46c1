// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/binder.hpp"
#include "config/codec.hpp"
#include "config/descriptor.hpp"

/// Makes a Field from a member: its type says what kind of value it is, its initialiser what the
/// default is.
namespace mgmd::config {

template <class T>
inline constexpr Shape kShape = kIsNamed<T>    ? Shape::named
                                : kIsVector<T> ? Shape::list
                                               : Shape::one;

/// Texts of initial values: "" where there is none.
template <class CodecType>
struct Initial {
    template <class T>
    static std::string text(const T& value) {
        return CodecType::format(value);
    }
    template <class T>
    static std::string text(const std::optional<T>& value) {
        return value ? text(*value) : "";
    }
    template <class T>
    static std::string text(const std::vector<T>&) {
        return "none";
    }
    template <class T>
    static std::string text(const Located<T>&) {
        return "";
    }
};

template <class Owner, auto Member>
using MemberType = std::remove_cvref_t<decltype(std::declval<Owner&>().*Member)>;

/// A member with settings of its own.
template <class Owner, auto Member>
requires Described<typename Single<MemberType<Owner, Member>>::type>
constexpr Field section(std::string_view name, std::string_view help) {
    using T = MemberType<Owner, Member>;
    Field field;
    field.name = name;
    field.help = help;
    field.kind = Kind::record;
    field.shape = kShape<T>;
    field.record = &Single<T>::type::record;
    field.read = [](Binder& binder, const Field& self, const Node& node, void* owner) {
        return binder.read_value<void>(self, node, static_cast<Owner*>(owner)->*Member);
    };
    field.initial = [] { return std::string(kShape<T> == Shape::one ? "" : "none"); };
    return field;
}

/// A member that is a value or a list of values.
template <class Owner, auto Member,
          class CodecType = Codec<typename Single<MemberType<Owner, Member>>::type>>
constexpr Field value(std::string_view name, std::string_view help) {
    Field field;
    field.name = name;
    field.help = help;
    field.kind = CodecType::kind;
    field.shape = kShape<MemberType<Owner, Member>>;
    field.range = CodecType::range;
    if constexpr (requires { CodecType::unit; }) {
        field.resolution = CodecType::unit;
    }
    if constexpr (requires { CodecType::choices; }) {
        field.choices = CodecType::choices;
    }
    field.read = [](Binder& binder, const Field& self, const Node& node, void* owner) {
        return binder.read_value<CodecType>(self, node, static_cast<Owner*>(owner)->*Member);
    };
    field.canonical = [](std::string_view text, const Field& self) {
        const auto parsed = CodecType::parse(text, self);
        return parsed ? CodecType::format(*parsed) : std::string(text);
    };
    field.initial = [] { return Initial<CodecType>::text(Owner{}.*Member); };
    return field;
}

}  // namespace mgmd::config
