// SPDX-License-Identifier: Apache-2.0
#include "dataplane/punt.hpp"

#include <cstring>

#include "dataplane/drop.hpp"

namespace mgmd::dataplane {
namespace {

enum class Pushed : std::uint8_t { yes, too_long, refused };

/// What anybody on the link can send in any amount must not keep membership reports out: it gets
/// half of the ring.
bool has_room(const ControlPacketRing& ring, ControlProtocol protocol) {
    const bool membership = protocol == ControlProtocol::igmp || protocol == ControlProtocol::mld ||
                            protocol == ControlProtocol::pim;
    return membership || ring.room() > ControlPacketRing::capacity() / 2;
}

Pushed push_to_control(IngressContext& ctx, const rte_mbuf* frame, InterfaceIndex arrival,
                       ControlProtocol protocol, Extent content) {
    ControlPacket packet;
    if (content.length > packet.bytes.size()) {
        return Pushed::too_long;
    }
    packet.protocol = protocol;
    packet.interface = arrival;
    packet.worker = ctx.worker;
    packet.length = static_cast<std::uint16_t>(content.length);
    packet.timestamp = ctx.now;
    const void* bytes =
        rte_pktmbuf_read(frame, content.offset, content.length, packet.bytes.data());
    if (bytes != packet.bytes.data()) {
        std::memcpy(packet.bytes.data(), bytes, content.length);
    }
    if (!has_room(*ctx.control_packets, protocol)) {
        ctx.control_packets->refuse();
        return Pushed::refused;
    }
    if (!ctx.control_packets->push(packet)) {
        return Pushed::refused;
    }
    ctx.pushed = true;
    return Pushed::yes;
}

/// True: the kernel's port took the frame. False: it is still ours.
bool send_to_kernel(IngressContext& ctx, PortIndex port, rte_mbuf* frame) {
    const TxQueue& kernel = ctx.kernel[port];
    return kernel.send != nullptr && kernel.send(kernel.device, &frame, 1) == 1;
}

/// The whole frame again: the link header still stands before the packet.
void restore_link_header(const Packet& packet) {
    rte_pktmbuf_prepend(packet.mbuf, packet.l2_length);
}

PortIndex port_of(const IngressContext& ctx, const Packet& packet) {
    return (*ctx.interfaces)[packet.interface].port;
}

}  // namespace

void punt_control(IngressContext& ctx, rte_mbuf* frame, InterfaceIndex arrival, PortIndex port,
                  ControlProtocol protocol, Extent content) {
    const auto pushed = push_to_control(ctx, frame, arrival, protocol, content);
    const bool kernel = send_to_kernel(ctx, port, frame);
    if (!kernel && pushed != Pushed::yes) {
        drop(ctx, frame,
             pushed == Pushed::too_long ? DropReason::control_too_long
                                        : DropReason::control_refused);
        return;
    }
    ctx.counters->punted.add();
    if (!kernel) {
        release(frame);
    }
}

void punt_other(IngressContext& ctx, rte_mbuf* frame, PortIndex port) {
    if (send_to_kernel(ctx, port, frame)) {
        ctx.counters->punted.add();
    } else {
        drop(ctx, frame, DropReason::not_multicast);
    }
}

void punt_copy(IngressContext& ctx, const Packet& packet) {
    bool taken = push_to_control(ctx, packet.mbuf, packet.interface, ControlProtocol::data,
                                 {0, packet.ip_length}) == Pushed::yes;
    const auto port = port_of(ctx, packet);
    if (ctx.kernel[port].send != nullptr) {
        restore_link_header(packet);
        rte_mbuf* copy = rte_pktmbuf_copy(packet.mbuf, ctx.pools.packets, 0, UINT32_MAX);
        rte_pktmbuf_adj(packet.mbuf, packet.l2_length);
        if (copy != nullptr && send_to_kernel(ctx, port, copy)) {
            taken = true;
        } else if (copy != nullptr) {
            release(copy);
        }
    }
    if (taken) {
        ctx.counters->punt_copies.add();
    }
}

void hand_over(IngressContext& ctx, const Packet& packet) {
    const bool pushed = push_to_control(ctx, packet.mbuf, packet.interface, ControlProtocol::data,
                                        {0, packet.ip_length}) == Pushed::yes;
    restore_link_header(packet);
    const bool kernel = send_to_kernel(ctx, port_of(ctx, packet), packet.mbuf);
    if (!kernel && !pushed) {
        rte_pktmbuf_adj(packet.mbuf, packet.l2_length);
        drop(ctx, packet, DropReason::handed_over);
        return;
    }
    ctx.counters->punted.add();
    if (!kernel) {
        release(packet.mbuf);
    }
}

}  // namespace mgmd::dataplane
