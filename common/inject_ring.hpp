// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "common/ids.hpp"
#include "common/mac_address.hpp"
#include "common/metered_ring.hpp"

/// The door by which control sends packets (queries, reports). One ring per worker: the control
/// thread pushes, the worker drains between bursts.
namespace mgmd {

inline constexpr std::size_t kInjectBytes = 2032;

struct InjectPacket {
    InterfaceIndex interface = kNoInterface;  ///< leaves here, with the interface's MAC and tags
    MacAddress destination{};
    std::uint16_t ether_type = 0;
    std::uint16_t length = 0;                      ///< valid octets of `bytes`
    std::array<std::uint8_t, kInjectBytes> bytes;  ///< from the network header on
};
static_assert(sizeof(InjectPacket) <= 2048);

using InjectRing = MeteredRing<InjectPacket, 512>;

}  // namespace mgmd
