// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "common/clock.hpp"
#include "common/settings.hpp"
#include "dataplane/table.hpp"
#include "tests/support/atomic_qsbr.hpp"

/// What tests of the forwarding table stand on. No DPDK.
namespace mgmd::dataplane::test {

/// Time that a test sets.
class ManualClock final : public Clock {
public:
    TimePoint now() const override { return now_; }
    void advance(Duration by) { now_ += by; }

private:
    TimePoint now_{};
};

/// The same numbers in every run.
class Random {
public:
    explicit Random(std::uint32_t seed) : engine_(seed) {}
    std::uint32_t operator()() { return static_cast<std::uint32_t>(engine_()); }

private:
    std::mt19937 engine_;
};

inline MacAddress port_mac(PortIndex port) {
    return {{2, 0, 0, 0, 1, static_cast<std::uint8_t>(port)}};
}

/// `count` interfaces, each untagged on a port of its own with a MAC of its own.
inline Settings settings_with_interfaces(InterfaceIndex count) {
    Settings settings;
    for (InterfaceIndex i = 1; i <= count; ++i) {
        settings.ports.emplace_back();
        auto& interface = settings.interfaces.emplace_back();
        interface.index = i;
        interface.port = static_cast<PortIndex>(i - 1);
    }
    return settings;
}

inline InterfaceTable interface_table(const Settings& settings) {
    std::vector<PortFacts> ports;
    for (PortIndex port = 0; port < settings.ports.size(); ++port) {
        ports.push_back({.mac = port_mac(port)});
    }
    return {settings, ports};
}

/// 232.x.y.z or ff3e::8000:0 + n.
template <class F>
typename F::Address group(std::uint32_t n) {
    typename F::Address address;
    auto& bytes = address.bytes;
    bytes[0] = F::family == Family::ipv4 ? 232 : 0xff;
    if (F::family == Family::ipv6) {
        bytes[1] = 0x3e;
        bytes[12] = static_cast<std::uint8_t>(0x80 | n >> 24);
    }
    for (std::size_t i = 1; i <= 3; ++i) {
        bytes[bytes.size() - i] = static_cast<std::uint8_t>(n >> (8 * (i - 1)));
    }
    return address;
}

/// 10.x.y.z or 2001:db8::x:y:z.
template <class F>
typename F::Address source(std::uint32_t n) {
    auto address = group<F>(n);
    address.bytes[0] = F::family == Family::ipv4 ? 10 : 0x20;
    if (F::family == Family::ipv6) {
        address.bytes[1] = 0x01;
    }
    return address;
}

template <class F>
ForwardingEntry<F> entry_for(const RouteKey<F>& key, InterfaceIndex accept,
                             std::vector<InterfaceIndex> outgoing) {
    ForwardingEntry<F> entry;
    entry.key = key;
    entry.accept.interfaces = {accept};
    for (const auto interface : outgoing) {
        entry.outgoing.push_back({.interface = interface, .ttl_threshold = {}, .next_hop = {}});
    }
    return entry;
}

template <class F>
RouteKey<F> key_of(const typename F::Address& source, const typename F::Address& group,
                   std::uint8_t length = F::address_bits) {
    RouteKey<F> key;
    key.source = source;
    key.group = masked(group, length);
    key.group_length = length;
    return key;
}

template <class F>
RouteKey<F> any_key(InterfaceIndex arrival) {
    RouteKey<F> key;
    key.group_length = 0;
    key.arrival = arrival;
    return key;
}

}  // namespace mgmd::dataplane::test
