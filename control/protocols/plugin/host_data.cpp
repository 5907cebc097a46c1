// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/plugin/host_data.hpp"

#include <utility>

#include "control/protocols/plugin/abi.hpp"
#include "control/protocols/plugin/calls.hpp"

namespace mgmd::plugin {

HostData::HostData(std::string name, const PluginSettings& plugin, const Settings& settings)
    : router_(std::move(name)), argument_texts_(plugin.arguments) {
    for (const auto& argument : argument_texts_) {
        arguments_.push_back({argument.name.c_str(), argument.value.c_str()});
    }
    interface_texts_.reserve(plugin.interfaces.size());  // the C structures point into it
    for (const auto index : plugin.interfaces) {
        add_interface(*settings.interface(index), settings);
    }
    host_.abi = MGMD_PLUGIN_ABI;
    host_.table = plugin.table;
    host_.router = &router_;
    host_.services = &service_calls();
    host_.mgm = &mgm_calls<V4>();
    host_.mgm6 = &mgm_calls<V6>();
    host_.interfaces = interfaces_.data();
    host_.interface_count = interfaces_.size();
    host_.arguments = arguments_.data();
    host_.argument_count = arguments_.size();
}

void HostData::add_interface(const InterfaceSettings& interface, const Settings& settings) {
    auto& texts = interface_texts_.emplace_back();
    texts.name = interface.name;
    for (const auto& address : interface.ipv4.addresses) {
        texts.ipv4.push_back(to_abi<V4>(address.address));
    }
    for (const auto& address : interface.ipv6.addresses) {
        texts.ipv6.push_back(to_abi<V6>(address.address));
    }
    const auto mtu = interface.mtu.value_or(settings.ports[interface.port].mtu);
    interfaces_.push_back({interface.index, texts.name.c_str(), mtu, texts.ipv4.data(),
                           texts.ipv4.size(), texts.ipv6.data(), texts.ipv6.size()});
}

}  // namespace mgmd::plugin
