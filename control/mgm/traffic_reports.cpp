// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/traffic_reports.hpp"

#include <algorithm>

#include "control/mgm/outgoing.hpp"

namespace mgmd::mgm {

namespace {

template <class F>
SourceGroup<F> key_of(const Event& event) {
    return {.group = event.group.template as<F>(),
            .source = event.source.template as<F>(),
            .group_length = event.group_length};
}

bool asks_for(const Signals& signals, const Event& event) {
    return event.kind == EventKind::threshold ? signals.threshold.has_value()
                                              : !signals.arrivals.empty();
}

}  // namespace

template <class F>
std::optional<Alert<F>> wrong_interface_alert(const State<F>& state, const Event& event) {
    const Slot slot = state.links.arrival(event.interface);
    const ClientIndex owner = state.links.owner(slot);
    if (owner == kNobody) {
        return std::nullopt;
    }
    const auto length = std::min<std::size_t>(event.header_length, event.header.size());
    Alert<F> alert;
    alert.kind = AlertKind::wrong_interface;
    alert.recipient = owner;
    alert.key.group = event.group.template as<F>();
    alert.key.source = event.source.template as<F>();
    alert.interface = state.links.id(slot);
    alert.header.assign(event.header.begin(), event.header.begin() + length);
    alert.unreported = event.unreported;
    return alert;
}

template <class F>
std::optional<Alert<F>> signal_alert(const State<F>& state, const Event& event) {
    const auto key = key_of<F>(event);
    const Slot arrival = state.links.arrival(event.interface);
    const bool silent = event.header_length == 0;
    const Installed<F>* installed =
        silent ? state.installed.find(key) : installed_for(state, key, arrival);
    if (installed == nullptr || !asks_for(installed->route.signals, event)) {
        return std::nullopt;
    }
    Alert<F> alert;
    alert.kind = AlertKind::signal;
    alert.recipient = installed->client;
    alert.signal = event.kind == EventKind::threshold ? SignalKind::threshold : SignalKind::arrival;
    alert.route = installed->route.key;
    alert.key = key;
    alert.interface = state.links.id(arrival);
    alert.packets = event.value;
    alert.octets = event.octets;
    return alert;
}

template std::optional<Alert<V4>> wrong_interface_alert(const State<V4>&, const Event&);
template std::optional<Alert<V6>> wrong_interface_alert(const State<V6>&, const Event&);
template std::optional<Alert<V4>> signal_alert(const State<V4>&, const Event&);
template std::optional<Alert<V6>> signal_alert(const State<V6>&, const Event&);

}  // namespace mgmd::mgm
