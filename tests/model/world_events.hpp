// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "tests/model/world.hpp"

/// What a World lets happen to a manager: packets, routes, links, time.
namespace mgmd::mgm::differential {

template <class F, class Side>
void World<F, Side>::execute_event(const Operation& op) {
    switch (op.verb) {
        case Verb::packets:
            packets(op);
            break;
        case Verb::no_entry:
            raise(EventKind::no_entry, op, 2);
            break;
        case Verb::wrong_interface:
            raise(EventKind::wrong_interface, op, 4);
            break;
        case Verb::interface_state:
            stage_.note(to_code(op));
            manager_.on_interface_state(Names::interface(op.where).index, op.number != 0);
            break;
        case Verb::advance:
            stage_.note(to_code(op));
            clock_.advance(std::chrono::milliseconds(op.number));
            manager_.run_timers(clock_.now());
            break;
        case Verb::wait:
            stage_.note(to_code(op));
            clock_.advance(std::chrono::milliseconds(op.number));
            break;
        default:
            change_route(op);
    }
}

template <class F, class Side>
void World<F, Side>::change_route(const Operation& op) {
    stage_.note(to_code(op));
    const bool unicast = op.verb == Verb::add_unicast || op.verb == Verb::remove_unicast;
    const RouteView view = unicast ? RouteView::unicast : RouteView::multicast;
    if (op.verb == Verb::add_unicast || op.verb == Verb::add_multicast) {
        rib_.add(view, Names::route(op));
    } else {
        rib_.remove(view, Names::route(op));
    }
    if constexpr (requires { manager_.on_routes_changed(); }) {
        manager_.on_routes_changed();
    }
}

/// As a worker: look up, drop if negative, check where it arrived, forward.
template <class F, class Side>
void World<F, Side>::packets(const Operation& op) {
    const SourceGroup<F> key = Names::key(op.flow);
    const InterfaceIndex arrival = Names::interface(op.where).index;
    const RouteKey<F> flow{table_id_, key.source, key.group};
    if (table_.lookup(flow, arrival) == nullptr) {
        raise(EventKind::no_entry, op, 0);
    } else {
        stage_.note(to_code(op));
    }
    const ForwardingEntry<F>* entry = table_.lookup(flow, arrival);
    if (entry == nullptr) {
        return;
    }
    const auto count = static_cast<std::uint64_t>(op.number);
    const std::vector<InterfaceIndex>& accepted = entry->accept.interfaces;
    EntryCounters& counters = table_.counters_of(entry->key);
    if (entry->action == Action::drop) {
        counters.negative_hits += count;
    } else if (entry->accept.any ||
               std::find(accepted.begin(), accepted.end(), arrival) != accepted.end()) {
        counters.packets += count;
        counters.octets += 100 * count;
    } else {
        counters.wrong_interface += count;
        raise(EventKind::wrong_interface, op, count - 1);
    }
}

template <class F, class Side>
void World<F, Side>::raise(EventKind kind, const Operation& op, std::uint64_t unreported) {
    stage_.note(to_code(op));
    const SourceGroup<F> key = Names::key(op.flow);
    Event event;
    event.kind = kind;
    event.family = F::family;
    event.table = table_id_;
    event.interface = Names::interface(op.where).index;
    event.worker = 1;
    event.header_length = 28;
    event.unreported = unreported;
    event.value = kind == EventKind::no_entry ? 3 : 0;
    event.source = RawAddress::from(key.source);
    event.group = RawAddress::from(key.group);
    if (kind == EventKind::wrong_interface) {
        manager_.on_wrong_interface(event);
        return;
    }
    (void)table_.take_installed();
    manager_.on_no_entry(event);
    const FlowKey<F> flow{table_id_, key.source, key.group};
    std::string answer = table_.take_refused().contains(flow) ? "refused" : "not answered";
    for (const RouteKey<F>& installed : table_.take_installed()) {
        const SourceGroup<F> covering{installed.group, installed.source, installed.group_length};
        if (covering.covers({key.group, key.source})) {
            answer = "answered by an entry";
        }
    }
    stage_.note("  " + answer);
}

}  // namespace mgmd::mgm::differential
