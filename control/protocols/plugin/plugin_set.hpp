// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "control/protocols/plugin/plugin.hpp"

namespace mgmd::plugin {

/// The GroupManagers of a routing table.
struct Managers {
    mgm::GroupManager<V4>& ipv4;
    mgm::GroupManager<V6>& ipv6;
};

/// All plugins of the configuration. Control thread.
class PluginSet {
public:
    /// `doors` and the managers outlive it.
    PluginSet(PluginDoors doors, std::function<Managers(TableId)> managers)
        : doors_(std::move(doors)), managers_(std::move(managers)) {}
    /// Ends them, the last one first: it may have heard of those before it.
    ~PluginSet();
    PluginSet(const PluginSet&) = delete;
    PluginSet& operator=(const PluginSet&) = delete;

    /// Loads and starts them in the order of the configuration. Errors name the plugin; those
    /// before it run.
    Expected<> start();

    /// Also before the start.
    void on_interface_state(InterfaceIndex interface, bool up);

    const std::vector<std::unique_ptr<Plugin>>& plugins() const { return plugins_; }
    /// Whose registration that is; nullptr: no plugin's.
    template <class F>
    const Plugin* find(TableId table, mgm::ProtocolName name) const {
        for (const auto& plugin : plugins_) {
            if (plugin->settings().table == table && plugin->template is_registered<F>(name)) {
                return plugin.get();
            }
        }
        return nullptr;
    }
    /// The name of the plugin that is registered with the protocol id, whatever the component; "":
    /// none is.
    std::string name_of(TableId table, mgm::ProtocolId protocol) const;

private:
    Expected<> start(const PluginSettings& settings);
    Expected<> check_unique(const Plugin& plugin) const;

    PluginDoors doors_;
    std::function<Managers(TableId)> managers_;
    std::set<InterfaceIndex> down_;
    std::vector<std::unique_ptr<Plugin>> plugins_;
};

}  // namespace mgmd::plugin
