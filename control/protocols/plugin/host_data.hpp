// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mgmd/plugin_abi.h>
#include <string>
#include <thread>
#include <vector>

#include "common/settings.hpp"

namespace mgmd::plugin {
class Plugin;
}

/// The first argument of every call. Outlives the plugin's life: a thread that it left behind gets
/// an error, not freed memory.
struct mgmd_router {
    explicit mgmd_router(std::string its_name) : name(std::move(its_name)) {}

    const std::string name;  ///< of the plugin
    const std::thread::id thread = std::this_thread::get_id();
    std::atomic<mgmd::plugin::Plugin*> plugin{nullptr};  ///< nullptr: not running
    std::atomic<bool> warned_of_thread{false};
    std::atomic<bool> warned_of_end{false};
};

namespace mgmd::plugin {

/// All that a plugin is given, in one place, with the texts and lists that it points to.
class HostData {
public:
    HostData(std::string name, const PluginSettings& plugin, const Settings& settings);
    HostData(const HostData&) = delete;
    HostData& operator=(const HostData&) = delete;

    const mgmd_host_api& host() const { return host_; }
    mgmd_router& router() { return router_; }

private:
    /// An interface with what the C structure points to.
    struct Interface {
        std::string name;
        std::vector<DWORD> ipv4;
        std::vector<in6_addr> ipv6;
    };

    void add_interface(const InterfaceSettings& interface, const Settings& settings);

    mgmd_router router_;
    std::vector<PluginSettings::Argument> argument_texts_;
    std::vector<mgmd_argument> arguments_;
    std::vector<Interface> interface_texts_;
    std::vector<mgmd_interface> interfaces_;
    mgmd_host_api host_{};
};

}  // namespace mgmd::plugin
