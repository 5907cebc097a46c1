// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mgmd/plugin.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/protocols/plugin/plugin.hpp"
#include "tests/support/captured_log.hpp"
#include "tests/support/control_fixture.hpp"

namespace mgmd::plugin::test {

using mgmd::test::address;

inline constexpr InterfaceIndex kSource = 1;
inline constexpr InterfaceIndex kLeft = 2;
inline constexpr InterfaceIndex kForeign = 3;
inline constexpr DWORD kProtocol = 0x7fff0001;

/// A plugin without a shared object, in this process, between managers of both families. Its
/// interfaces are "source" and "left"; "right" is the static protocol's.
class PluginFixture : public ::testing::Test {
protected:
    PluginFixture() {
        settings_.interfaces[kForeign - 1].protocol = InterfaceProtocol::static_routes;
        plugin_settings_.path = "./test.so";
        plugin_settings_.interfaces = {kSource, kLeft};
        plugin_settings_.arguments = {{"speed", "30"}};
        at_init = [] { return 0; };
        at_stop = [] {};
        at_link = [](DWORD, BOOL) {};
    }
    ~PluginFixture() override { plugin_.reset(); }

    Expected<> start() {
        plugin_ = std::make_unique<Plugin>(std::uint8_t{1}, plugin_settings_,
                                           PluginDoors{settings_, clock_, io_, ipv4_.poster()},
                                           ipv4_.manager, ipv6_.manager);
        for (const auto interface : down_at_start_) {
            plugin_->on_interface_state(interface, false);
        }
        return plugin_->load(descriptor_).and_then([this] { return plugin_->start(); });
    }

    template <class F>
    mgmd::test::ManagerFixture<F>& mgm() {
        if constexpr (F::family == Family::ipv4) {
            return ipv4_;
        } else {
            return ipv6_;
        }
    }

    // A descriptor's functions have no context.
    static inline std::function<int()> at_init;
    static inline std::function<void()> at_stop;
    static inline std::function<void(DWORD, BOOL)> at_link;

    mgmd_plugin_descriptor descriptor_{.abi = MGMD_PLUGIN_ABI,
                                       .host = &mgmd_host,
                                       .name = "test",
                                       .init = [] { return at_init(); },
                                       .stop = [] { at_stop(); },
                                       .link = [](DWORD index, BOOL up) { at_link(index, up); }};
    Settings settings_ = mgmd::test::three_interfaces();
    PluginSettings plugin_settings_;
    std::vector<InterfaceIndex> down_at_start_;
    mgmd::test::FakeClock clock_;
    boost::asio::io_context io_;
    mgmd::test::ManagerFixture<V4> ipv4_{settings_};
    mgmd::test::ManagerFixture<V6> ipv6_{settings_};
    std::unique_ptr<Plugin> plugin_;
};

/// The functions of a family, as a plugin calls them.
template <class F>
const typename Abi<F>::Functions& functions() {
    if constexpr (F::family == Family::ipv4) {
        return *mgmd_host->mgm;
    } else {
        return *mgmd_host->mgm6;
    }
}

template <class F>
AbiAddress<F> abi_address(const char* text) {
    return to_abi<F>(address<F>(text));
}

}  // namespace mgmd::plugin::test
