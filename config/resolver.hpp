// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/settings.hpp"
#include "config/draft.hpp"

/// From a draft to settings: references become indices, and what each value alone can't show is
/// checked. One file per part; each reports all it finds and leaves out what is wrong.
namespace mgmd::config {

/// The names that a reference may use, in file order from 0.
class NameTable {
public:
    NameTable(std::string_view what, Diagnostics& diagnostics)
        : what_(what), diagnostics_(diagnostics) {}

    void add(std::string_view name);
    /// nullopt: not given, or no such name, which is reported.
    std::optional<std::size_t> find(const Located<std::string>& reference) const;
    std::optional<std::size_t> find(std::string_view name) const;

private:
    std::string_view what_;
    Diagnostics& diagnostics_;
    std::unordered_map<std::string_view, std::size_t> positions_;
    std::vector<std::string_view> names_;
};

/// What the parts of resolving share.
struct Resolver {
    Resolver(const Draft& file, Diagnostics& found);

    const Draft& draft;
    Diagnostics& diagnostics;
    Settings settings;
    NameTable ports;
    NameTable interfaces;

    std::optional<InterfaceIndex> find_interface(const Located<std::string>& reference) const;
    /// The settings so far of an interface that exists.
    InterfaceSettings& interface(InterfaceIndex index) { return settings.interfaces[index - 1]; }

    template <class F>
    FamilySettings<F>& family() {
        if constexpr (F::family == Family::ipv4) {
            return settings.ipv4;
        } else {
            return settings.ipv6;
        }
    }
};

/// The value of `key` where it was given, else `record`: where to point.
const Node& at(const Node& record, std::string_view key);

/// Why another protocol can't have an interface of this one.
std::string owned_already(InterfaceProtocol owner);

/// " (line 12)"
std::string on_line(const Node& node);

// In this order: each uses what those before it have put into the settings.
void resolve_ports(Resolver& resolver);
void resolve_interfaces(Resolver& resolver);
void resolve_addresses(Resolver& resolver);
void resolve_boundaries(Resolver& resolver);
void resolve_membership_policy(Resolver& resolver);
void resolve_proxies(Resolver& resolver);
void resolve_plugins(Resolver& resolver);
void resolve_joins(Resolver& resolver);
void resolve_routes(Resolver& resolver);
void resolve_mroutes(Resolver& resolver);
void resolve_process(Resolver& resolver);

Settings resolve(const Draft& draft, Diagnostics& diagnostics);

}  // namespace mgmd::config
