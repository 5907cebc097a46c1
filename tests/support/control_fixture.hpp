// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/settings.hpp"
#include "control/membership/membership_port.hpp"
#include "control/mgm/group_manager.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_forwarding_table.hpp"

namespace mgmd::test {

template <class F>
typename F::Address address(const char* text) {
    return parse_address<F>(text).value();
}

/// A packet of (source, group) arrived on `interface` and found no entry.
template <class F>
Event no_entry_event(const char* source, const char* group, InterfaceIndex interface) {
    Event event;
    event.kind = EventKind::no_entry;
    event.family = F::family;
    event.interface = interface;
    event.source = RawAddress::from(address<F>(source));
    event.group = RawAddress::from(address<F>(group));
    return event;
}

/// Settings of three interfaces on ports of their own: "source" (10.1.0.1/24, fd00:1::1/64), "left"
/// and "right" likewise with 2 and 3. Nobody owns them, IGMP and MLD are off.
inline Settings three_interfaces() {
    Settings settings;
    for (const std::string name : {"source", "left", "right"}) {
        const auto index = static_cast<InterfaceIndex>(settings.interfaces.size() + 1);
        const auto number = std::to_string(index);
        InterfaceSettings interface;
        interface.index = index;
        interface.name = name;
        interface.port = static_cast<PortIndex>(index - 1);
        interface.ipv4.addresses = {parse_prefix<V4>("10." + number + ".0.1/24").value()};
        interface.ipv6.addresses = {parse_prefix<V6>("fd00:" + number + "::1/64").value()};
        settings.interfaces.push_back(interface);
        settings.ports.emplace_back().name = name;
    }
    return settings;
}

/// A GroupManager of those interfaces on a fake table, and a loop that the test turns by hand.
template <class F>
class ManagerFixture {
public:
    explicit ManagerFixture(const Settings& settings)
        : manager({clock, rib, table, poster()}, {0, settings.limits, settings.timers},
                  configs(settings)) {
        for (const auto& interface : settings.interfaces) {
            rib.add_connected(interface.family<F>().addresses.front().network(), interface.index);
        }
    }

    std::function<void(std::function<void()>)> poster() {
        return [this](std::function<void()> task) { posted.push_back(std::move(task)); };
    }

    /// For a MembershipClient: what it sends comes to `sent`, ports have the MAC 02:00:00:00:00:0n.
    MembershipDoors membership_doors() {
        return {clock, poster(),
                [this](const InjectPacket& packet) {
                    sent.push_back(packet);
                    return true;
                },
                [](PortIndex port) {
                    return MacAddress{{2, 0, 0, 0, 0, static_cast<std::uint8_t>(port + 1)}};
                }};
    }

    void run_posted() {
        while (!posted.empty()) {
            const auto tasks = std::exchange(posted, {});
            for (const auto& task : tasks) {
                task();
            }
        }
    }

    /// A packet of (source, group) arrives on `interface` and finds no entry.
    void new_source(const char* source, const char* group, InterfaceIndex interface) {
        manager.on_no_entry(no_entry_event<F>(source, group, interface));
    }

    /// Where the published (S,G) entry sends copies; empty also without an entry.
    std::vector<InterfaceIndex> outgoing(const char* source, const char* group) const {
        RouteKey<F> key;
        key.source = address<F>(source);
        key.group = address<F>(group);
        std::vector<InterfaceIndex> result;
        if (const auto found = table.entries.find(key); found != table.entries.end()) {
            for (const auto& out : found->second.outgoing) {
                result.push_back(out.interface);
            }
        }
        return result;
    }

    FakeClock clock;
    Rib<F> rib;
    FakeForwardingTable<F> table;
    std::vector<std::function<void()>> posted;
    std::vector<InjectPacket> sent;
    mgm::GroupManager<F> manager;

private:
    static std::vector<mgm::InterfaceConfig<F>> configs(const Settings& settings) {
        std::vector<mgm::InterfaceConfig<F>> result;
        for (const auto& interface : settings.interfaces) {
            result.push_back({.id = {interface.index, {}}});
        }
        return result;
    }
};

}  // namespace mgmd::test
