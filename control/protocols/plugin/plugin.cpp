// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/plugin/plugin.hpp"

#include <algorithm>
#include <exception>

#include <spdlog/spdlog.h>

#include "control/mgm/failure.hpp"
#include "control/protocols/plugin/plugin_object.hpp"

namespace mgmd::plugin {

using mgm::Errc;
using mgm::refuse;

template <class F>
bool FamilyPart<F>::is_registered(mgm::ProtocolName name) const {
    return std::any_of(registrations.begin(), registrations.end(),
                       [&](const auto& item) { return item.second->name == name; });
}

template <class F>
bool FamilyPart<F>::has_protocol(mgm::ProtocolId protocol) const {
    return std::any_of(registrations.begin(), registrations.end(),
                       [&](const auto& item) { return item.second->name.protocol == protocol; });
}

template <class F>
std::size_t FamilyPart<F>::end_all() {
    const auto left = registrations.take_all();
    for (const auto& [number, bridge] : left) {
        for (const auto& client : manager.clients()) {
            if (client.name != bridge->name) {
                continue;
            }
            for (const auto& interface : client.interfaces) {
                manager.release_interface(bridge->handle, interface);
            }
        }
        if (const auto done = manager.deregister_protocol(bridge->handle); !done) {
            spdlog::error("plugin: {}", done.error().message);
        }
    }
    enumerations.take_all();
    return left.size();
}

Plugin::Plugin(std::uint8_t number, const PluginSettings& settings, PluginDoors doors,
               mgm::GroupManager<V4>& ipv4, mgm::GroupManager<V6>& ipv6)
    : number_(number),
      settings_(settings),
      doors_(std::move(doors)),
      ipv4_(ipv4, number_),
      ipv6_(ipv6, number_),
      loop_services_(
          doors_.io, number_,
          [this](const char* what, const std::function<void()>& call) { enter(what, call); }) {}

Plugin::~Plugin() {
    stop();
    if (was_loaded_) {
        // The object still points to it.
        static_cast<void>(host_.release());
    } else if (host_) {
        *descriptor_->host = nullptr;
    }
}

Expected<> Plugin::load() {
    return load_object(settings_.path).and_then([this](const mgmd_plugin_descriptor* descriptor) {
        was_loaded_ = true;
        return load(*descriptor);
    });
}

Expected<> Plugin::load(const mgmd_plugin_descriptor& descriptor) {
    if (auto checked = check_descriptor(settings_.path, descriptor); !checked) {
        return checked;
    }
    descriptor_ = &descriptor;
    name_ = descriptor.name;
    return {};
}

Expected<> Plugin::start() {
    host_ = std::make_unique<HostData>(name_, settings_, doors_.settings);
    host_->router().plugin = this;
    *descriptor_->host = &host_->host();
    int status = 1;
    enter("init", [&] { status = descriptor_->init(); });
    if (auto started = check_init(status); !started) {
        end_all();
        return started;
    }
    runs_ = true;
    for (const auto interface : std::vector(down_)) {
        on_interface_state(interface, false);
    }
    spdlog::info("plugin {}: started, {} interfaces of table {}", name_,
                 settings_.interfaces.size(), settings_.table);
    return {};
}

Expected<> Plugin::check_init(int status) const {
    if (status == 0) {
        return {};
    }
    const bool is_configuration = status == MGMD_BAD_CONFIGURATION;
    return fail(is_configuration ? ExitCode::configuration : ExitCode::system,
                "plugin " + name_ + " (" + settings_.path + "): its init " +
                    (is_configuration ? std::string("refuses its arguments")
                                      : "failed with " + std::to_string(status)));
}

void Plugin::stop() {
    if (!runs_) {
        return;
    }
    runs_ = false;
    if (descriptor_->stop != nullptr) {
        enter("stop", [this] { descriptor_->stop(); });
    }
    end_all();
}

void Plugin::end_all() {
    // First: what ends now tells others, and nobody enters the plugin again.
    host_->router().plugin = nullptr;
    const std::size_t registrations = ipv4_.end_all() + ipv6_.end_all();
    const std::size_t waits = loop_services_.end_all();
    if (registrations + waits != 0) {
        spdlog::warn("plugin {}: left {} registrations, {} timers and descriptors behind; ended",
                     name_, registrations, waits);
    }
}

void Plugin::on_interface_state(InterfaceIndex interface, bool up) {
    const auto& own = settings_.interfaces;
    if (std::find(own.begin(), own.end(), interface) == own.end()) {
        return;
    }
    std::erase(down_, interface);
    if (!up) {
        down_.push_back(interface);
    }
    if (runs_ && descriptor_->link != nullptr) {
        enter("link", [&] { descriptor_->link(interface, up ? TRUE : FALSE); });
    }
}

void Plugin::enter(const char* what, const std::function<void()>& call) {
    if (host_->router().plugin == nullptr) {
        return;
    }
    try {
        call();
    } catch (const std::exception& error) {
        exception_log_(doors_.clock.now(), [&](const std::string& more) {
            spdlog::error("plugin {}: its {} threw: {}{}", name_, what, error.what(), more);
        });
    } catch (...) {
        exception_log_(doors_.clock.now(), [&](const std::string& more) {
            spdlog::error("plugin {}: its {} threw{}", name_, what, more);
        });
    }
}

mgm::Result<> Plugin::check_owner(InterfaceIndex index) const {
    const auto& own = settings_.interfaces;
    const auto* interface = doors_.settings.interface(index);
    if (interface == nullptr || std::find(own.begin(), own.end(), index) != own.end()) {
        return {};  // whether there is one is for MGM to say
    }
    if (interface->protocol != InterfaceProtocol::none) {
        return refuse(Errc::already_exists, "interface {} is another protocol's", interface->name);
    }
    return refuse(Errc::can_not_complete, "interface {} is not among the plugin's interfaces",
                  interface->name);
}

std::optional<bool> Plugin::link_is_up(InterfaceIndex interface) const {
    const auto& own = settings_.interfaces;
    if (std::find(own.begin(), own.end(), interface) == own.end()) {
        return std::nullopt;
    }
    return std::find(down_.begin(), down_.end(), interface) == down_.end();
}

void Plugin::note_refusal(const char* function, const mgm::Failure& failure) {
    // Answers that protocols live with.
    const bool is_usual = failure.code == Errc::not_found || failure.code == Errc::already_exists ||
                          failure.code == Errc::insufficient_buffer;
    if (is_usual) {
        spdlog::debug("plugin {}: {}: {}", name_, function, failure.message);
        return;
    }
    ++refused_calls_;
    refusal_log_(doors_.clock.now(), [&](const std::string& more) {
        spdlog::warn("plugin {}: {}: error {}, {}{}", name_, function,
                     static_cast<unsigned>(failure.code), failure.message, more);
    });
}

void Plugin::forget_ended_later() {
    doors_.post([this, alive = std::weak_ptr<const bool>(alive_)] {
        if (!alive.expired()) {
            ipv4_.ended.clear();
            ipv6_.ended.clear();
        }
    });
}

template class FamilyPart<V4>;
template class FamilyPart<V6>;

}  // namespace mgmd::plugin
