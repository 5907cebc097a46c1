// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/plugin/plugin_set.hpp"

namespace mgmd::plugin {

PluginSet::~PluginSet() {
    while (!plugins_.empty()) {
        plugins_.pop_back();
    }
}

Expected<> PluginSet::start() {
    for (const auto& settings : doors_.settings.plugins) {
        if (auto started = start(settings); !started) {
            return started;
        }
    }
    return {};
}

Expected<> PluginSet::start(const PluginSettings& settings) {
    const auto managers = managers_(settings.table);
    const auto number = static_cast<std::uint8_t>(plugins_.size() + 1);
    auto plugin = std::make_unique<Plugin>(number, settings, doors_, managers.ipv4, managers.ipv6);
    for (const auto interface : down_) {
        plugin->on_interface_state(interface, false);
    }
    return plugin->load().and_then([&] { return check_unique(*plugin); }).and_then([&] {
        return plugins_.emplace_back(std::move(plugin))->start();
    });
}

Expected<> PluginSet::check_unique(const Plugin& plugin) const {
    for (const auto& other : plugins_) {
        if (other->descriptor() == plugin.descriptor() || other->name() == plugin.name()) {
            return fail(ExitCode::configuration,
                        "plugin \"" + plugin.settings().path + "\": " + plugin.name() +
                            " is loaded already, from \"" + other->settings().path + '"');
        }
    }
    return {};
}

void PluginSet::on_interface_state(InterfaceIndex interface, bool up) {
    if (up) {
        down_.erase(interface);
    } else {
        down_.insert(interface);
    }
    for (const auto& plugin : plugins_) {
        plugin->on_interface_state(interface, up);
    }
}

std::string PluginSet::name_of(TableId table, mgm::ProtocolId protocol) const {
    for (const auto& plugin : plugins_) {
        if (plugin->settings().table == table && plugin->has_protocol(protocol)) {
            return plugin->name();
        }
    }
    return {};
}

}  // namespace mgmd::plugin
