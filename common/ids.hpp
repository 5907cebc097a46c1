// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// Small numbers that name things on both sides of the doors, and the sizes that both sides share.
namespace mgmd {

/// A logical interface (port and optional VLAN tags), 1 .. kMaxInterfaces - 1 in configured order.
using InterfaceIndex = std::uint16_t;
inline constexpr InterfaceIndex kNoInterface = 0;
inline constexpr std::size_t kMaxInterfaces = 2048;

/// Most outgoing interfaces of one forwarding entry.
inline constexpr std::size_t kMaxOutgoing = 1024;

/// A routing table (VRF); 0 unless configured.
using TableId = std::uint16_t;

/// Position of a port in the configuration, from 0. Not the DPDK port id.
using PortIndex = std::uint16_t;

/// A forwarding core, from 0.
using WorkerIndex = std::uint16_t;

}  // namespace mgmd
