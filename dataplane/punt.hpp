// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <rte_mbuf.h>

#include "common/control_packet_ring.hpp"
#include "dataplane/ingress_context.hpp"
#include "dataplane/packet.hpp"

/// The exception path: bytes to control, whole frames to the kernel's port of the arrival port
/// where one is configured. Off the hot path.
namespace mgmd::dataplane {

/// Where in a frame the bytes for control stand.
struct Extent {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
};

/// The verdict of a control packet, whose frame is as it was received: punted when control or the
/// kernel's port took it, else dropped as `control_too_long` or `control_refused`.
void punt_control(IngressContext& ctx, rte_mbuf* frame, InterfaceIndex arrival, PortIndex port,
                  ControlProtocol protocol, Extent content);

/// The verdict of a frame that is nothing of ours: punted when the kernel's port took it, else
/// dropped as `not_multicast`.
void punt_other(IngressContext& ctx, rte_mbuf* frame, PortIndex port);

/// Copies a data packet to control and the kernel's port, beside its own verdict
/// (Action::forward_and_copy). The link header before the packet is still as it was received.
void punt_copy(IngressContext& ctx, const Packet& packet);

/// The verdict of a data packet that only control and the kernel's port get (Action::hand_over):
/// punted, or dropped as `handed_over` when neither took it.
void hand_over(IngressContext& ctx, const Packet& packet);

}  // namespace mgmd::dataplane
