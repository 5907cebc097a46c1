// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "control/control_plane.hpp"
#include "control/loop_timer.hpp"
#include "tests/support/control_fixture.hpp"
#include "tests/support/fake_dataplane_ops.hpp"
#include "tests/support/fake_dataplane_view.hpp"

namespace mgmd::test {

inline constexpr InterfaceIndex kSource = 1;
inline constexpr InterfaceIndex kLeft = 2;
inline constexpr InterfaceIndex kRight = 3;

template <class F>
struct Sample;
template <>
struct Sample<V4> {
    static constexpr const char* source = "10.1.0.10";
    static constexpr const char* unrouted_source = "192.0.2.1";
    static constexpr const char* remote_source = "198.51.100.7";
    static constexpr const char* remote_network = "198.51.100.0/24";
    static constexpr const char* group = "239.1.1.1";
    static constexpr const char* other_group = "239.1.1.2";
    static constexpr const char* link_group = "224.0.0.5";
};
template <>
struct Sample<V6> {
    static constexpr const char* source = "fd00:1::10";
    static constexpr const char* unrouted_source = "2001:db8::1";
    static constexpr const char* remote_source = "2001:db8:7::7";
    static constexpr const char* remote_network = "2001:db8:7::/48";
    static constexpr const char* group = "ff1e::1:1";
    static constexpr const char* other_group = "ff1e::1:2";
    static constexpr const char* link_group = "ff02::5";
};

/// The control plane of three interfaces, with receivers of `group` on the left one, between rings
/// that the test fills and tables that it reads. Two workers.
class ControlPlaneFixture {
public:
    ControlPlaneFixture() {
        settings.workers.count = 2;
        for (std::size_t i = 0; i < settings.workers.count; ++i) {
            events_.push_back(std::make_unique<EventRing>());
            packets_.push_back(std::make_unique<ControlPacketRing>());
        }
        auto& left = settings.interfaces[kLeft - 1];
        left.ipv4.membership.enabled = true;
        left.ipv4.membership.static_joins = {{address<V4>(Sample<V4>::group), {}}};
        left.ipv6.membership.enabled = true;
        left.ipv6.membership.static_joins = {{address<V6>(Sample<V6>::group), {}}};
    }

    void start() {
        Doors doors{
            ipv4, ipv6, {}, *port_events, view, ops, [](const InjectPacket&) { return true; }};
        for (std::size_t i = 0; i < events_.size(); ++i) {
            doors.workers.push_back({*events_[i], *packets_[i]});
        }
        control.emplace(settings, clock_, loop, doors);
        ASSERT_TRUE(control->start());
        loop.add_source({.drain =
                             [this] {
                                 if (awaited_ && awaited_()) {
                                     loop.stop();
                                 }
                             },
                         .empty = [] { return true; }});
    }

    /// Lets the loop run until then. False: that does not come.
    bool run_until(std::function<bool()> condition) {
        awaited_ = std::move(condition);
        LoopTimer deadline(loop);
        deadline.after(std::chrono::seconds(120), [this] { loop.stop(); });
        loop.run();
        return awaited_();
    }

    /// As a worker does.
    void raise(WorkerIndex worker, Event event) {
        event.worker = worker;
        EXPECT_TRUE(events_[worker]->push(event));
        waker.wake();
    }
    /// False: the ring is full.
    bool punt(WorkerIndex worker, ControlProtocol protocol) {
        auto packet = std::make_unique<ControlPacket>();
        packet->protocol = protocol;
        packet->interface = kLeft;
        packet->worker = worker;
        const bool pushed = packets_[worker]->push(*packet);
        waker.wake();
        return pushed;
    }

    template <class F>
    FakeForwardingTable<F>& table() {
        if constexpr (F::family == Family::ipv4) {
            return ipv4;
        } else {
            return ipv6;
        }
    }
    /// nullptr: not published.
    template <class F>
    const ForwardingEntry<F>* entry(const char* source, const char* group) {
        RouteKey<F> key;
        key.source = address<F>(source);
        key.group = address<F>(group);
        const auto found = table<F>().entries.find(key);
        return found == table<F>().entries.end() ? nullptr : &found->second;
    }

    Settings settings = three_interfaces();
    Waker waker;
    EventLoop loop{waker, ControlPolicy::sleep};
    FakeForwardingTable<V4> ipv4;
    FakeForwardingTable<V6> ipv6;
    FakeDataplaneView view;
    std::unique_ptr<EventRing> port_events = std::make_unique<EventRing>();
    FakeDataplaneOps ops{*port_events};

private:
    SteadyClock clock_;
    std::vector<std::unique_ptr<EventRing>> events_;  // by worker
    std::vector<std::unique_ptr<ControlPacketRing>> packets_;
    std::function<bool()> awaited_;

public:
    std::optional<ControlPlane> control;  ///< last: all the others outlive it
};

}  // namespace mgmd::test
