// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/headers.hpp"

namespace mgmd::dataplane {

/// Longest hop-by-hop options header that is forwarded, and most options in it, padding included:
/// bounds on the work that one packet can cause (RFC 8504 5.3).
inline constexpr std::size_t kMaxHopByHopLength = 256;
inline constexpr unsigned kMaxHopByHopOptions = 32;

struct HopByHop {
    std::uint16_t length = 0;  ///< of the whole header
    IpProtocol next_header = IpProtocol::udp;
    bool router_alert = false;  ///< RFC 2711
};

/// Walks the hop-by-hop options header at the start of `bytes`, which end where the packet or its
/// first segment ends. nullopt: malformed, past a bound, or with an option that demands a drop
/// from who does not know it (RFC 8200 4.2: the two high bits of the type are not 00).
std::optional<HopByHop> walk_hop_by_hop(std::span<const std::uint8_t> bytes);

}  // namespace mgmd::dataplane
