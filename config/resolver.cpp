// SPDX-License-Identifier: Apache-2.0
#include "config/resolver.hpp"

#include "config/suggest.hpp"

namespace mgmd::config {

void NameTable::add(std::string_view name) {
    positions_.emplace(name, names_.size());
    names_.push_back(name);
}

std::optional<std::size_t> NameTable::find(std::string_view name) const {
    const auto found = positions_.find(name);
    return found == positions_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> NameTable::find(const Located<std::string>& reference) const {
    if (reference.node == nullptr) {
        return std::nullopt;
    }
    const auto found = find(reference.value);
    if (!found && !diagnostics_.full()) {
        diagnostics_.add(*reference.node, "there is no " + std::string(what_) + " of this name" +
                                              did_you_mean(reference.value, names_));
    }
    return found;
}

Resolver::Resolver(const Draft& file, Diagnostics& found)
    : draft(file), diagnostics(found), ports("port", found), interfaces("interface", found) {
    for (const PortDraft& port : draft.ports) {
        ports.add(port.name);
    }
    for (const InterfaceDraft& interface : draft.interfaces) {
        interfaces.add(interface.name);
    }
}

std::optional<InterfaceIndex> Resolver::find_interface(
    const Located<std::string>& reference) const {
    const auto found = interfaces.find(reference);
    if (!found || *found >= kMaxInterfaces - 1) {
        return std::nullopt;
    }
    return static_cast<InterfaceIndex>(*found + 1);
}

const Node& at(const Node& record, std::string_view key) {
    const Node* node = child(record, key);
    return node == nullptr ? record : *node;
}

std::string owned_already(InterfaceProtocol owner) {
    const char* what = owner == InterfaceProtocol::static_routes ? "has protocol: static"
                       : owner == InterfaceProtocol::proxy       ? "is a proxy's already"
                                                                 : "is a plugin's already";
    return std::string(what) + "; one protocol owns an interface";
}

std::string on_line(const Node& node) {
    return " (line " + std::to_string(node.at.line) + ')';
}

Settings resolve(const Draft& draft, Diagnostics& diagnostics) {
    Resolver resolver(draft, diagnostics);
    resolve_ports(resolver);
    resolve_interfaces(resolver);
    resolve_addresses(resolver);
    resolve_boundaries(resolver);
    resolve_membership_policy(resolver);
    resolve_proxies(resolver);
    resolve_plugins(resolver);
    resolve_joins(resolver);
    resolve_routes(resolver);
    resolve_mroutes(resolver);
    resolve_process(resolver);
    return std::move(resolver.settings);
}

}  // namespace mgmd::config
