// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "dataplane/context.hpp"
#include "dataplane/packet.hpp"

namespace mgmd::dataplane {

/// Answers an IPv6 packet with an ICMPv6 Packet Too Big (RFC 4443 3.2), which multicast does not
/// forbid (2.4 e.3): to its source, out of the arrival interface, to the station that the frame
/// came from. `mtu`: the smallest of the interfaces that refuse it. At most
/// LimitSettings::packet_too_big_rate a second (2.4 f); nothing is sent about an ICMPv6 error
/// (2.4 e.1), nor by an interface without a suitable address of its own.
///
/// Call it before the packet's frame is given away: the received link header is read. The packet
/// itself stays as it is.
void packet_too_big(WorkerContext& ctx, const Packet& packet, std::uint16_t mtu);

}  // namespace mgmd::dataplane
