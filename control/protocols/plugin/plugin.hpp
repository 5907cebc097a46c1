// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/clock.hpp"
#include "common/error.hpp"
#include "common/log_limit.hpp"
#include "common/settings.hpp"
#include "control/mgm/group_manager.hpp"
#include "control/protocols/plugin/handle_table.hpp"
#include "control/protocols/plugin/host_data.hpp"
#include "control/protocols/plugin/loop_services.hpp"
#include "control/protocols/plugin/protocol_bridge.hpp"

namespace mgmd::plugin {

/// What a plugin has in one family: registrations and enumerations. Control thread.
template <class F>
class FamilyPart {
public:
    static constexpr std::size_t kMostRegistrations = 64;
    static constexpr std::size_t kMostEnumerations = 1'024;

    struct Enumeration {
        mgm::EnumerationHandle handle;
        mgm::ClientHandle client;
    };

    FamilyPart(mgm::GroupManager<F>& its_manager, std::uint8_t plugin)
        : manager(its_manager),
          registrations(plugin, HandleKind::protocol, kFamily, kMostRegistrations),
          enumerations(plugin, HandleKind::enumeration, kFamily, kMostEnumerations) {}

    bool is_registered(mgm::ProtocolName name) const;
    bool has_protocol(mgm::ProtocolId protocol) const;
    /// Releases and deregisters what the plugin did not, and says how much that was.
    std::size_t end_all();

    mgm::GroupManager<F>& manager;
    HandleTable<std::unique_ptr<ProtocolBridge<F>>> registrations;
    HandleTable<Enumeration> enumerations;
    /// Deregistered, maybe from one of their own callbacks: they go when that has returned.
    std::vector<std::unique_ptr<ProtocolBridge<F>>> ended;

private:
    static constexpr auto kFamily = static_cast<std::uint8_t>(F::family);
};

/// What plugins work with. All of it outlives them.
struct PluginDoors {
    const Settings& settings;
    const Clock& clock;
    boost::asio::io_context& io;
    /// Runs a task from the event loop, later; may run after the plugin's end.
    std::function<void(std::function<void()>)> post;
};

/// A protocol that came in a shared object: its life, and its side of every call. Control thread;
/// all that it gives to the plugin is safe to be called wrongly.
class Plugin {
public:
    /// `number`: 1 .. 255, unique. What `doors` refers to and the managers, those of its table,
    /// outlive it.
    Plugin(std::uint8_t number, const PluginSettings& settings, PluginDoors doors,
           mgm::GroupManager<V4>& ipv4, mgm::GroupManager<V6>& ipv6);
    ~Plugin();
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    /// Errors (configuration): see load_object.
    Expected<> load();
    /// In place of a shared object's: `descriptor` outlives it. Errors: see check_descriptor.
    Expected<> load(const mgmd_plugin_descriptor& descriptor);
    /// Precondition: loaded. Errors: what its `init` answers.
    Expected<> start();
    /// Also by the destructor. Ends what the plugin forgets to.
    void stop();

    /// Also before the start.
    void on_interface_state(InterfaceIndex interface, bool up);

    /// As its descriptor says; empty before it is loaded.
    const std::string& name() const { return name_; }
    const mgmd_plugin_descriptor* descriptor() const { return descriptor_; }
    const PluginSettings& settings() const { return settings_; }
    template <class F>
    bool is_registered(mgm::ProtocolName name) const {
        if constexpr (F::family == Family::ipv4) {
            return ipv4_.is_registered(name);
        } else {
            return ipv6_.is_registered(name);
        }
    }
    /// It is registered with that protocol id, in either family.
    bool has_protocol(mgm::ProtocolId protocol) const {
        return ipv4_.has_protocol(protocol) || ipv6_.has_protocol(protocol);
    }
    /// Calls that were misuse: bad arguments, foreign interfaces, limits, the wrong moment.
    std::uint64_t refused_calls() const { return refused_calls_; }

    // For what serves the plugin's calls.

    /// Runs code of the plugin. An exception ends here, with a log line.
    void enter(const char* what, const std::function<void()>& call);
    /// The configuration lets the plugin have the interface.
    mgm::Result<> check_owner(InterfaceIndex interface) const;
    /// nullopt: none of its interfaces.
    std::optional<bool> link_is_up(InterfaceIndex interface) const;
    void note_refusal(const char* function, const mgm::Failure& failure);
    /// A registration has ended: it goes when nothing of it runs any more.
    void forget_ended_later();

    template <class F>
    FamilyPart<F>& part() {
        if constexpr (F::family == Family::ipv4) {
            return ipv4_;
        } else {
            return ipv6_;
        }
    }
    LoopServices& loop_services() { return loop_services_; }

private:
    Expected<> check_init(int status) const;
    void end_all();

    std::uint8_t number_;
    const PluginSettings settings_;
    PluginDoors doors_;
    const mgmd_plugin_descriptor* descriptor_ = nullptr;
    std::string name_;
    std::unique_ptr<HostData> host_;
    bool runs_ = false;
    bool was_loaded_ = false;  ///< from a file, whose threads may go on for ever
    std::vector<InterfaceIndex> down_;
    FamilyPart<V4> ipv4_;
    FamilyPart<V6> ipv6_;
    LoopServices loop_services_;
    std::uint64_t refused_calls_ = 0;
    LogLimit refusal_log_;
    LogLimit exception_log_;
    /// Tells posted tasks whether it still is there.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace mgmd::plugin
