// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string_view>

#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

/// The plugins of a file. The object of each is loaded once, so a path stands once; one protocol
/// owns an interface (MGM 4).
class Plugins {
public:
    explicit Plugins(Resolver& resolver) : resolver_(resolver) {}

    void add(const PluginDraft& draft) {
        PluginSettings plugin;
        plugin.path = draft.plugin.value;
        check_path(draft.plugin);
        plugin.table = table_of(draft);
        const Node& list = at(*draft.node, "interfaces");
        if (list.kind == Node::Kind::sequence && list.children.empty()) {
            resolver_.diagnostics.add(list, "a protocol needs at least one");
        }
        for (const auto& reference : draft.given_interfaces) {
            if (const auto index = take(reference, plugin.table)) {
                plugin.interfaces.push_back(*index);
            }
        }
        for (const ArgumentDraft& argument : draft.arguments) {
            plugin.arguments.push_back(argument);
        }
        resolver_.settings.plugins.push_back(std::move(plugin));
    }

    /// Once all have been added: what no protocol has goes to the plugin that names no interfaces.
    void add_the_rest() {
        std::map<TableId, const Node*> takes_rest;
        for (std::size_t i = 0; i < resolver_.settings.plugins.size(); ++i) {
            const PluginDraft& draft = resolver_.draft.protocols[i];
            if (child(*draft.node, "interfaces") != nullptr) {
                continue;
            }
            PluginSettings& plugin = resolver_.settings.plugins[i];
            const auto [first, is_new] = takes_rest.try_emplace(plugin.table, draft.node);
            if (!is_new) {
                resolver_.diagnostics.add(
                    *draft.node, "needs interfaces: the one" + on_line(*first->second) +
                                     " takes all of table " + std::to_string(plugin.table) +
                                     " that no other protocol has");
            }
            take_all(plugin);
            if (is_new && plugin.interfaces.empty()) {
                resolver_.diagnostics.add(*draft.node, "table " + std::to_string(plugin.table) +
                                                           " has no interface that it could own");
            }
        }
    }

private:
    void check_path(const Located<std::string>& path) {
        if (path.node == nullptr) {
            return;
        }
        const auto [first, is_new] = paths_.try_emplace(path.value, path.node);
        if (!is_new) {
            resolver_.diagnostics.add(*path.node, "is loaded already" + on_line(*first->second));
        }
        if (path.value.find('/') == std::string::npos) {
            resolver_.diagnostics.add(*path.node, "must be a path with a '/', as ./" + path.value);
        }
    }

    TableId table_of(const PluginDraft& draft) const {
        if (draft.table.node != nullptr) {
            return draft.table.value;
        }
        for (const auto& reference : draft.given_interfaces) {
            const auto found = reference.node == nullptr
                                   ? std::nullopt
                                   : resolver_.interfaces.find(std::string_view(reference.value));
            if (found && *found < resolver_.settings.interfaces.size()) {
                return resolver_.settings.interfaces[*found].table;
            }
        }
        return 0;
    }

    std::optional<InterfaceIndex> take(const Located<std::string>& reference, TableId table) {
        const auto index = resolver_.find_interface(reference);
        if (!index) {
            return std::nullopt;
        }
        InterfaceSettings& interface = resolver_.interface(*index);
        if (interface.protocol != InterfaceProtocol::none) {
            resolver_.diagnostics.add(*reference.node, owned_already(interface.protocol));
            return std::nullopt;
        }
        interface.protocol = InterfaceProtocol::plugin;
        if (interface.table != table) {
            resolver_.diagnostics.add(*reference.node,
                                      "is in table " + std::to_string(interface.table) +
                                          ", the protocol in table " + std::to_string(table));
        }
        return index;
    }

    void take_all(PluginSettings& plugin) {
        for (InterfaceSettings& interface : resolver_.settings.interfaces) {
            if (interface.table == plugin.table && interface.protocol == InterfaceProtocol::none) {
                interface.protocol = InterfaceProtocol::plugin;
                plugin.interfaces.push_back(interface.index);
            }
        }
    }

    Resolver& resolver_;
    std::map<std::string_view, const Node*> paths_;
};

}  // namespace

void resolve_plugins(Resolver& resolver) {
    Plugins plugins(resolver);
    for (const PluginDraft& draft : resolver.draft.protocols) {
        plugins.add(draft);
    }
    plugins.add_the_rest();
    if (resolver.draft.protocols.size() > kMaxPlugins) {
        resolver.diagnostics.add(at(*resolver.draft.node, "protocols"),
                                 "more than " + std::to_string(kMaxPlugins) + " protocols");
    }
}

}  // namespace mgmd::config
