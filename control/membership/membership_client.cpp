// SPDX-License-Identifier: Apache-2.0
#include "control/membership/membership_client.hpp"

#include <spdlog/spdlog.h>

#include "control/protocols/refusal.hpp"

namespace mgmd {
namespace {

template <class F>
constexpr const char* kName = F::family == Family::ipv4 ? "IGMP" : "MLD";

}  // namespace

template <class F>
MembershipClient<F>::MembershipClient(mgm::GroupManager<F>& manager, const Settings& settings,
                                      TableId table, MembershipDoors doors)
    : manager_(manager), settings_(settings), table_(table), doors_(std::move(doors)) {}

template <class F>
MembershipClient<F>::~MembershipClient() {
    stop();
}

template <class F>
bool MembershipClient<F>::enabled_on(const InterfaceSettings& interface) const {
    return interface.table == table_ && interface.family<F>().membership.enabled;
}

template <class F>
Expected<> MembershipClient<F>::start() {
    const auto handle = manager_.register_protocol({mgm::kMembershipProtocol<F>, 0}, *this);
    if (!handle) {
        return refusal(kName<F>, handle.error());
    }
    handle_ = *handle;
    return start_new();
}

template <class F>
Expected<> MembershipClient<F>::start_new() {
    for (const auto& interface : settings_.interfaces) {
        if (!enabled_on(interface) || ports_.count(interface.index) != 0) {
            continue;
        }
        if (auto started = start_on(interface); !started) {
            return started;
        }
    }
    return {};
}

template <class F>
Expected<> MembershipClient<F>::reconfigure(const Settings& before) {
    for (const auto& [index, port] : ports_) {
        const auto& interface = *settings_.interface(index);
        const auto& old = before.interface(index)->template family<F>().membership;
        if (!enabled_on(interface) || old == interface.template family<F>().membership) {
            continue;
        }
        const auto changed = port->reconfigure();
        settle(index, *port);
        if (!changed) {
            return refusal(std::string(kName<F>) + " join on " + interface.name, changed.error());
        }
    }
    return {};
}

template <class F>
void MembershipClient<F>::stop_old() {
    for (auto at = ports_.begin(); at != ports_.end();) {
        const InterfaceIndex index = at->first;
        if (enabled_on(*settings_.interface(index))) {
            ++at;
            continue;
        }
        report(manager_.release_interface(*handle_, {index, {}}));
        deadlines_.set(index, std::nullopt);
        at = ports_.erase(at);
        if (querier_listener_) {
            querier_listener_(index, false);
        }
    }
}

template <class F>
void MembershipClient<F>::report(const mgm::Result<>& result) const {
    if (!result) {
        spdlog::error("{}: {}", kName<F>, result.error().message);
    }
}

template <class F>
Expected<> MembershipClient<F>::start_on(const InterfaceSettings& interface) {
    if (const auto taken = manager_.take_interface(*handle_, {interface.index, {}}); !taken) {
        return refusal(std::string(kName<F>) + " on " + interface.name, taken.error());
    }
    const auto& port_settings = settings_.ports[interface.port];
    auto& port =
        *ports_
             .emplace(interface.index,
                      std::make_unique<Port>(manager_, *handle_, interface, port_settings, doors_))
             .first->second;
    if (const auto joined = port.subscription().add_static_joins(); !joined) {
        return refusal(std::string(kName<F>) + " join on " + interface.name, joined.error());
    }
    if (down_.count(interface.index) == 0) {
        port.router().link_up(doors_.clock.now());
    }
    settle(interface.index, port);
    return {};
}

template <class F>
void MembershipClient<F>::stop() {
    if (!handle_) {
        return;
    }
    for (const auto& [interface, port] : ports_) {
        report(manager_.release_interface(*handle_, {interface, {}}));
        deadlines_.set(interface, std::nullopt);
    }
    ports_.clear();
    report(manager_.deregister_protocol(*handle_));
    handle_.reset();
}

template <class F>
auto MembershipClient<F>::port(InterfaceIndex interface) -> Port* {
    const auto found = ports_.find(interface);
    return found == ports_.end() ? nullptr : found->second.get();
}

template <class F>
void MembershipClient<F>::settle(InterfaceIndex interface, Port& port) {
    deadlines_.set(interface, port.router().next_deadline());
    if (querier_listener_) {
        querier_listener_(interface, port.router().querier().role() == membership::Role::querier);
    }
}

template <class F>
void MembershipClient<F>::on_packet(const ControlPacket& packet) {
    if (auto* on = port(packet.interface)) {
        on->router().receive(packet.content(), doors_.clock.now());
        settle(packet.interface, *on);
    }
}

template <class F>
void MembershipClient<F>::on_interface_state(InterfaceIndex interface, bool up) {
    if (up) {
        down_.erase(interface);
    } else {
        down_.insert(interface);
    }
    if (auto* on = port(interface)) {
        if (up) {
            on->router().link_up(doors_.clock.now());
        } else {
            on->router().link_down();
        }
        settle(interface, *on);
    }
}

template <class F>
void MembershipClient<F>::run_timers(TimePoint now) {
    // Each interface once, in the order of the deadlines; what is left is due again.
    for (auto left = ports_.size(); left > 0; --left) {
        const auto due = deadlines_.pop_due(now);
        if (!due) {
            return;
        }
        auto& on = *ports_.at(*due);
        on.router().run_timers(now);
        settle(*due, on);
    }
}

template <class F>
void MembershipClient<F>::append_summaries(std::vector<MembershipSummary>& summaries) const {
    for (const auto& [interface, port] : ports_) {
        summaries.push_back(port->summary());
    }
}

template <class F>
const membership::LinkRouter<F>* MembershipClient<F>::router(InterfaceIndex interface) const {
    const auto found = ports_.find(interface);
    return found == ports_.end() ? nullptr : &std::as_const(*found->second).router();
}

template <class F>
void MembershipClient<F>::on_disable_igmp(const mgm::InterfaceId<F>& interface) {
    if (auto* on = port(interface.index)) {
        on->subscription().disable();
    }
}

template <class F>
void MembershipClient<F>::on_enable_igmp(const mgm::InterfaceId<F>& interface) {
    if (auto* on = port(interface.index)) {
        on->subscription().enable();
    }
    // Re-adding from inside the callback is refused (MGM 6).
    doors_.post([this, interface, alive = std::weak_ptr<const bool>(alive_)] {
        if (alive.expired()) {
            return;
        }
        if (auto* on = port(interface.index)) {
            on->resync();
        }
    });
}

template class MembershipClient<V4>;
template class MembershipClient<V6>;

}  // namespace mgmd
