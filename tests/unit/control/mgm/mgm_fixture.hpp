// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/mgm/group_manager.hpp"
#include "control/monitor/hub.hpp"
#include "control/rib.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_forwarding_table.hpp"

/// Interfaces 1 .. 6; sources on net n are behind interface n. Everything that a client is told
/// goes to one log of readable lines, so that tests see order and silence alike.
namespace mgmd::mgm::test {

using mgmd::test::FakeClock;
using mgmd::test::FakeForwardingTable;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

template <class F>
typename F::Address group(unsigned number) {
    typename F::Address address;
    auto& bytes = address.bytes;
    bytes[0] = F::family == Family::ipv4 ? 239 : 0xff;
    bytes[1] = F::family == Family::ipv4 ? 1 : 0x0e;
    bytes[bytes.size() - 2] = static_cast<std::uint8_t>(number >> 8);
    bytes[bytes.size() - 1] = static_cast<std::uint8_t>(number);
    return address;
}

/// Host `host` of the network behind interface `net`.
template <class F>
typename F::Address source(unsigned net, unsigned host = 1) {
    typename F::Address address;
    auto& bytes = address.bytes;
    bytes[0] = F::family == Family::ipv4 ? 10 : 0x20;
    bytes[1] = static_cast<std::uint8_t>(net);
    bytes[bytes.size() - 2] = static_cast<std::uint8_t>(host >> 8);
    bytes[bytes.size() - 1] = static_cast<std::uint8_t>(host);
    return address;
}

template <class F>
Prefix<F> network(unsigned net) {
    return {masked(source<F>(net), 16), 16};
}

template <class F>
InterfaceId<F> link(InterfaceIndex index) {
    return {index, {}};
}

template <class F>
SourceGroup<F> sg(unsigned net, unsigned group_number) {
    return {.group = group<F>(group_number), .source = source<F>(net)};
}
template <class F>
SourceGroup<F> star_g(unsigned group_number) {
    return {.group = group<F>(group_number)};
}

/// "S3", or "S3.7" for host 7.
template <class F>
std::string name_of_source(const typename F::Address& address) {
    const auto& bytes = address.bytes;
    const unsigned host = bytes[bytes.size() - 2] * 256u + bytes[bytes.size() - 1];
    return 'S' + std::to_string(bytes[1]) + (host == 1 ? "" : '.' + std::to_string(host));
}

/// "(S3,G1)", "(*,G1)", "(*,G1/20)", "(*,*)".
template <class F>
std::string name_of(const SourceGroup<F>& key) {
    if (key.is_any()) {
        return "(*,*)";
    }
    const auto& bytes = key.group.bytes;
    const unsigned number = bytes[bytes.size() - 2] * 256u + bytes[bytes.size() - 1];
    std::string text = key.has_source() ? name_of_source<F>(key.source) : "*";
    text = '(' + text + ",G" + std::to_string(number);
    return text + (key.is_single_group() ? ")" : '/' + std::to_string(key.group_length) + ')');
}

template <class F>
std::string name_of(const InterfaceId<F>& id) {
    return id.is_none() ? "none" : "if" + std::to_string(id.index);
}

using Log = std::vector<std::string>;

/// A client that writes down what it is told, and does what the test wants done then.
template <class F>
class TestClient final : public ProtocolClient<F> {
public:
    TestClient(std::string name, Log& log) : name_(std::move(name)), log_(log) {}

    ClientHandle handle;
    bool log_builds = false;  ///< on_rpf and on_creation_alert, which many tests don't look at
    std::function<void(RpfQuery<F>&)> rpf;
    std::function<void(const CreationAlert<F>&)> creation;
    std::function<void(const JoinAlert<F>&)> join;
    std::function<void(PruneAlert<F>&)> prune;
    std::function<void(const LocalMembership<F>&)> local_join;
    std::function<void(const InterfaceId<F>&)> disable;
    std::function<void(const InterfaceId<F>&)> enable;

    void on_rpf(RpfQuery<F>& query) override {
        if (log_builds) {
            write("rpf " + name_of(query.key) + " at " + name_of(query.arrival) + " in " +
                  name_of(query.incoming));
        }
        call(rpf, query);
    }
    void on_creation_alert(const CreationAlert<F>& alert) override {
        if (log_builds) {
            std::string line =
                "creation " + name_of(alert.key) + " in " + name_of(alert.incoming) + " out";
            for (const auto& choice : alert.outgoing) {
                line += ' ' + name_of(choice.interface) + (choice.igmp ? "(igmp)" : "");
            }
            write(line);
        }
        call(creation, alert);
    }
    void on_join_alert(const JoinAlert<F>& alert) override {
        write("join " + name_of(alert.key) + cause(alert.member_update));
        call(join, alert);
    }
    void on_prune_alert(PruneAlert<F>& alert) override {
        write("prune " + name_of(alert.key) +
              (alert.interface.is_none() ? "" : ' ' + name_of(alert.interface)) +
              cause(alert.member_update) +
              (alert.member_update ? "" : ' ' + std::to_string(alert.timeout.count())));
        call(prune, alert);
    }
    void on_wrong_interface(const WrongInterface<F>& report) override {
        write("wrong " + name_of(report.key) + ' ' + name_of(report.interface) + ' ' +
              std::to_string(report.header.size()) + " octets +" +
              std::to_string(report.unreported));
    }
    void on_local_join(const LocalMembership<F>& membership) override {
        write("local_join " + name_of(membership.key) + ' ' + name_of(membership.interface));
        call(local_join, membership);
    }
    void on_local_leave(const LocalMembership<F>& membership) override {
        write("local_leave " + name_of(membership.key) + ' ' + name_of(membership.interface));
    }
    void on_local_exclude(const LocalExclude<F>& exclude) override {
        std::string line =
            "local_exclude " + name_of(exclude.key) + ' ' + name_of(exclude.interface);
        for (const auto& address : exclude.sources) {
            line += ' ' + name_of_source<F>(address);
        }
        write(line);
    }
    void on_disable_igmp(const InterfaceId<F>& interface) override {
        write("disable " + name_of(interface));
        call(disable, interface);
    }
    void on_enable_igmp(const InterfaceId<F>& interface) override {
        write("enable " + name_of(interface));
        call(enable, interface);
    }

private:
    static std::string cause(bool member_update) { return member_update ? " member" : " entry"; }
    void write(const std::string& line) { log_.push_back(name_ + ' ' + line); }
    template <class Hook, class Argument>
    static void call(const Hook& hook, Argument& argument) {
        if (hook) {
            hook(argument);
        }
    }

    std::string name_;
    Log& log_;
};

template <class F>
class MgmFixture : public testing::Test {
public:
    using Client = TestClient<F>;
    static constexpr InterfaceIndex kInterfaces = 6;

    MgmFixture() {
        for (InterfaceIndex index = 1; index <= kInterfaces; ++index) {
            rib.add_connected(network<F>(index), index);
        }
    }

    /// The manager, made at first use so that a test can change `options` and `interfaces` before.
    GroupManager<F>& mgm() {
        if (manager_ == nullptr) {
            if (interfaces.empty()) {
                for (InterfaceIndex index = 1; index <= kInterfaces; ++index) {
                    interfaces.push_back(
                        {.id = link<F>(index), .next_hop_mac = {}, .boundaries = {}});
                }
            }
            const auto post = [this](std::function<void()> task) { posted.push_back(task); };
            manager_ = std::make_unique<GroupManager<F>>(
                Dependencies<F>{clock, rib, table, post, {}, monitor::Reporter(hub)}, options,
                interfaces);
        }
        return *manager_;
    }

    void enrol(Client& client, ProtocolName name) {
        const auto handle = mgm().register_protocol(name, client);
        ASSERT_TRUE(handle) << handle.error().message;
        client.handle = *handle;
    }
    /// pim, then dvmrp, then igmp, in this order of registration; nobody has an interface.
    void enrol_all() {
        enrol(pim, {100, 1});
        enrol(dvmrp, {200, 1});
        enrol(igmp, {kMembershipProtocol<F>, 1});
    }
    void take(Client& client, InterfaceIndex index, LocalMode local = LocalMode::forward) {
        const auto result = mgm().take_interface(client.handle, link<F>(index), local);
        ASSERT_TRUE(result) << result.error().message;
    }
    void release(Client& client, InterfaceIndex index) {
        const auto result = mgm().release_interface(client.handle, link<F>(index));
        ASSERT_TRUE(result) << result.error().message;
    }

    static Membership<F> on(InterfaceIndex index, const SourceGroup<F>& key,
                            MembershipFlags flags = MembershipFlags::join) {
        return {key, link<F>(index), flags, {}};
    }
    void add(Client& client, InterfaceIndex index, const SourceGroup<F>& key,
             MembershipFlags flags = MembershipFlags::join) {
        const auto result = mgm().add_membership(client.handle, on(index, key, flags));
        ASSERT_TRUE(result) << result.error().message;
    }
    void remove(Client& client, InterfaceIndex index, const SourceGroup<F>& key,
                MembershipFlags flags = MembershipFlags::join) {
        const auto result = mgm().delete_membership(client.handle, on(index, key, flags));
        ASSERT_TRUE(result) << result.error().message;
    }

    static Event event(const SourceGroup<F>& key, InterfaceIndex arrival) {
        Event event;
        event.family = F::family;
        event.interface = arrival;
        event.worker = 3;
        event.source = RawAddress::from(key.source);
        event.group = RawAddress::from(key.group);
        event.header_length = 20;
        return event;
    }
    /// A packet that no entry matches.
    void packet(const SourceGroup<F>& key, InterfaceIndex arrival) {
        mgm().on_no_entry(event(key, arrival));
    }

    static RouteKey<F> route_key(const SourceGroup<F>& key) {
        return {.source = key.source, .group = key.group, .group_length = key.group_length};
    }
    /// What the forwarder does with it: "if1 -> if2 if3", "if1 -> drop", "nothing".
    std::string forwarded(const SourceGroup<F>& key) const { return forwarded(route_key(key)); }
    std::string forwarded(const RouteKey<F>& key) const {
        const auto at = table.entries.find(key);
        if (at == table.entries.end()) {
            return "nothing";
        }
        std::string text;
        for (const InterfaceIndex index : at->second.accept.interfaces) {
            text += "if" + std::to_string(index) + ' ';
        }
        text += "->";
        if (at->second.action == Action::drop) {
            return text + " drop";
        }
        for (const Outgoing& outgoing : at->second.outgoing) {
            text += " if" + std::to_string(outgoing.interface);
        }
        return text;
    }

    /// What clients were told since the last time.
    Log told() { return std::exchange(log, {}); }

    /// Moves time and runs the timers at each deadline on the way.
    void pass(Duration time) {
        const TimePoint end = clock.now() + time;
        while (mgm().next_deadline() && *mgm().next_deadline() <= end) {
            clock.set(std::max(clock.now(), *mgm().next_deadline()));
            mgm().run_timers(clock.now());
        }
        clock.set(end);
    }

    Log log;
    FakeClock clock;
    monitor::Hub hub;
    Rib<F> rib;
    FakeForwardingTable<F> table;
    std::deque<std::function<void()>> posted;
    Options options;
    std::vector<InterfaceConfig<F>> interfaces;
    Client pim{"pim", log};
    Client dvmrp{"dvmrp", log};
    Client igmp{"igmp", log};

private:
    std::unique_ptr<GroupManager<F>> manager_;
};

using Families = testing::Types<V4, V6>;

/// The error of a call, or nullopt.
template <class T>
std::optional<Errc> error_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace mgmd::mgm::test
