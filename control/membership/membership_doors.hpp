// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>

#include "common/clock.hpp"
#include "common/inject_ring.hpp"
#include "control/membership/wire/codec.hpp"
#include "control/monitor/reporter.hpp"

namespace mgmd {

/// What IGMP and MLD need of their surroundings. What is referred to outlives them.
struct MembershipDoors {
    const Clock& clock;
    /// Runs a task from the event loop, later.
    std::function<void(std::function<void()>)> post;
    /// Sends a packet. False: it could not be queued.
    std::function<bool(const InjectPacket&)> send;
    /// The address that frames of a port carry.
    std::function<MacAddress(PortIndex)> port_mac;
    /// Who is told of what happens.
    monitor::Reporter reporter{};
};

/// Sends a packet out of an interface. False: it could not be queued, or is too long to be.
template <class F>
bool send(const MembershipDoors& doors, InterfaceIndex interface,
          const membership::Packet<F>& packet) {
    InjectPacket frame;
    if (packet.octets.size() > frame.bytes.size()) {
        return false;
    }
    frame.interface = interface;
    frame.destination = multicast_mac(packet.destination);
    frame.ether_type = F::ether_type;
    frame.length = static_cast<std::uint16_t>(packet.octets.size());
    std::copy(packet.octets.begin(), packet.octets.end(), frame.bytes.begin());
    return doors.send(frame);
}

}  // namespace mgmd
