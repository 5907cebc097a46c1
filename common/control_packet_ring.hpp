// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "common/ids.hpp"
#include "common/metered_ring.hpp"

/// The door by which IGMP, MLD, PIM, ND and ARP packets reach control, as bytes, never behind data
/// events. One ring per worker: the worker pushes, the control thread drains.
namespace mgmd {

inline constexpr std::size_t kControlPacketBytes = 2032;

enum class ControlProtocol : std::uint8_t { igmp, mld, pim, arp, nd, link_local, unicast, data };

struct ControlPacket {
    ControlProtocol protocol = ControlProtocol::igmp;
    InterfaceIndex interface = kNoInterface;  ///< arrival interface
    WorkerIndex worker = 0;
    std::uint16_t length = 0;     ///< valid octets of `bytes`
    std::uint64_t timestamp = 0;  ///< TSC of the worker when it was received
    /// From the network header on (IP header, or ARP), trimmed to its length.
    std::array<std::uint8_t, kControlPacketBytes> bytes;

    std::span<const std::uint8_t> content() const { return {bytes.data(), length}; }
};
static_assert(sizeof(ControlPacket) <= 2048);

using ControlPacketRing = MeteredRing<ControlPacket, 512>;

}  // namespace mgmd
