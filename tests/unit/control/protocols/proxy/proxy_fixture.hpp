// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/table_control.hpp"
#include "tests/support/control_fixture.hpp"

namespace mgmd::test {

using namespace std::chrono_literals;
using membership::Generation;
using membership::Query;
using membership::Record;
using membership::RecordType;
using membership::Report;

inline constexpr InterfaceIndex kWan = 1;
inline constexpr InterfaceIndex kBackup = 2;
inline constexpr InterfaceIndex kLeft = 3;
inline constexpr InterfaceIndex kRight = 4;
inline constexpr InterfaceIndex kOwned = 5;

/// A proxy between upstream interfaces wan and backup and downstream interfaces left and right, and
/// an interface of the static protocol, in one table: all of its control, with a clock of the
/// test's. Subnet n is that of interface n: 10.n.0.0/24 or fd00:n::/64.
template <class F>
class ProxyFixture : public testing::Test {
public:
    using Address = typename F::Address;

    ProxyFixture() {
        for (const std::string name : {"wan", "backup", "left", "right", "owned"}) {
            add_interface(name);
        }
        for (const auto index : {kLeft, kRight}) {
            settings.interfaces[index - 1].ipv4.membership.enabled = true;
            settings.interfaces[index - 1].ipv6.membership.enabled = true;
        }
        settings.interfaces[kOwned - 1].protocol = InterfaceProtocol::static_routes;
        ProxySettings proxy;
        proxy.upstream = {kWan, kBackup};
        proxy.downstream = {kLeft, kRight};
        settings.proxies.push_back(proxy);
    }
    /// The control goes first: at its end it still posts.
    ~ProxyFixture() override { control.reset(); }

    /// After `settings` is as it has to be; `down` are the interfaces whose links are.
    void start(const std::vector<InterfaceIndex>& down = {}) {
        control = std::make_unique<TableControl<F>>(settings, 0, table, doors());
        for (const auto index : down) {
            control->on_interface_state(index, false);
        }
        const auto started = control->start();
        ASSERT_TRUE(started) << started.error().message;
        pass(0s);
    }

    static Address group(int number) {
        return parsed((F::family == Family::ipv4 ? "239.1.1." : "ff1e::") + std::to_string(number));
    }
    /// Source 1 to 9 on subnet `net`.
    static Address source(int net, int number = 1) {
        const auto n = std::to_string(net);
        return parsed(F::family == Family::ipv4 ? "10." + n + ".0.20" + std::to_string(number)
                                                : "fd00:" + n + "::20" + std::to_string(number));
    }
    /// Source 1 to 9 that no route leads to.
    static Address far(int number) { return source(99, number); }
    /// A host or router on the link: greater than the router's own address, 1 excepted.
    static Address neighbour(InterfaceIndex on, int number) {
        return F::family == Family::ipv4
                   ? parsed("10." + std::to_string(on) + ".0." + std::to_string(number))
                   : parsed("fe80::" + std::to_string(number));
    }

    void report(InterfaceIndex on, RecordType type, const Address& about,
                std::vector<Address> sources = {}) {
        const Report<F> report{Generation::third, {{type, about, std::move(sources)}}};
        receive(on, encode(report, neighbour(on, 77)));
    }
    void query(InterfaceIndex on, Query<F> query, int from) {
        if (query.max_response.count() == 0) {
            query.max_response = 1s;
        }
        receive(on, encode(query, neighbour(on, from)));
    }
    void link(InterfaceIndex index, bool up) {
        control->on_interface_state(index, up);
        pass(0s);
    }
    /// A packet arrives and finds no entry.
    void packet(const Address& from, const Address& to, InterfaceIndex arrival) {
        Event event;
        event.kind = EventKind::no_entry;
        event.family = F::family;
        event.interface = arrival;
        event.source = RawAddress::from(from);
        event.group = RawAddress::from(to);
        control->manager().on_no_entry(event);
        pass(0s);
    }

    /// Time goes by, with everything that is due at its time.
    void pass(Duration duration) {
        const auto end = clock.now() + duration;
        run_posted();
        while (control->next_deadline() && *control->next_deadline() <= end) {
            clock.set(std::max(clock.now(), *control->next_deadline()));
            control->run_timers(clock.now());
            run_posted();
        }
        clock.set(end);
    }

    /// "wan -> left right", "left -> drop", "nothing".
    std::string forwarded(const Address& from, const Address& to) const {
        RouteKey<F> key;
        key.source = from;
        key.group = to;
        const auto found = table.entries.find(key);
        if (found == table.entries.end()) {
            return "nothing";
        }
        std::string text;
        for (const auto index : found->second.accept.interfaces) {
            text += name(index) + ' ';
        }
        text += "->";
        if (found->second.action == Action::drop) {
            return text + " drop";
        }
        for (const auto& out : found->second.outgoing) {
            text += ' ' + name(out.interface);
        }
        return text;
    }

    /// The records of the reports since the last look, each with its interface: "wan TO_EX(1,{})",
    /// groups and sources by the last digits of their numbers.
    std::vector<std::string> reported() {
        std::vector<std::string> lines;
        for (const auto& packet : std::exchange(sent, {})) {
            const auto message = membership::decode<F>({packet.bytes.data(), packet.length});
            if (!message) {
                lines.push_back("malformed");
            } else if (const auto* report = std::get_if<Report<F>>(&message->body)) {
                for (const auto& record : report->records) {
                    lines.push_back(name(packet.interface) + ' ' + text(record));
                }
            }
        }
        return lines;
    }

    const ProxySummary& summary(InterfaceIndex index) {
        summaries_.clear();
        control->append_proxies(summaries_);
        for (const auto& each : summaries_) {
            if (each.interface == name(index)) {
                return each;
            }
        }
        throw std::out_of_range(name(index));
    }

    Settings settings;
    FakeClock clock;
    FakeForwardingTable<F> table;
    std::vector<InjectPacket> sent;
    std::unique_ptr<TableControl<F>> control;

private:
    static Address parsed(const std::string& text) { return parse_address<F>(text).value(); }

    void add_interface(const std::string& name) {
        const auto index = static_cast<InterfaceIndex>(settings.interfaces.size() + 1);
        const auto number = std::to_string(index);
        InterfaceSettings interface;
        interface.index = index;
        interface.name = name;
        interface.port = static_cast<PortIndex>(index - 1);
        interface.ipv4.addresses = {parse_prefix<V4>("10." + number + ".0.9/24").value()};
        interface.ipv6.addresses = {parse_prefix<V6>("fd00:" + number + "::9/64").value(),
                                    parse_prefix<V6>("fe80::9/64").value()};
        settings.interfaces.push_back(interface);
        settings.ports.emplace_back().name = name;
    }

    std::string name(InterfaceIndex index) const { return settings.interface(index)->name; }

    static std::string text(const Record<F>& record) {
        static constexpr const char* kTypes[] = {"",      "IS_IN", "IS_EX", "TO_IN",
                                                 "TO_EX", "ALLOW", "BLOCK"};
        const auto digit = [](const Address& of) { return std::to_string(of.bytes.back() % 10); };
        std::string line = kTypes[static_cast<std::size_t>(record.type)];
        line += '(' + digit(record.group) + ",{";
        for (const auto& source : record.sources) {
            line += (line.back() == '{' ? "" : ",") + digit(source);
        }
        return line + "})";
    }

    MembershipDoors doors() {
        return {clock, [this](std::function<void()> task) { posted_.push_back(std::move(task)); },
                [this](const InjectPacket& packet) {
                    sent.push_back(packet);
                    return true;
                },
                [](PortIndex port) {
                    return MacAddress{{2, 0, 0, 0, 0, static_cast<std::uint8_t>(port + 1)}};
                }};
    }

    void receive(InterfaceIndex on, const membership::Packet<F>& packet) {
        ControlPacket frame;
        frame.interface = on;
        frame.length = static_cast<std::uint16_t>(packet.octets.size());
        std::copy(packet.octets.begin(), packet.octets.end(), frame.bytes.begin());
        control->on_membership_packet(frame);
        pass(0s);
    }

    void run_posted() {
        while (!posted_.empty()) {
            for (const auto& task : std::exchange(posted_, {})) {
                task();
            }
        }
    }

    std::vector<std::function<void()>> posted_;
    std::vector<ProxySummary> summaries_;
};

using Families = testing::Types<V4, V6>;

}  // namespace mgmd::test
