// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <rte_mbuf.h>
#include <rte_mempool.h>

namespace mgmd::dataplane {

/// Most fragments of one packet: a copy that needs more is not made.
inline constexpr std::uint16_t kMaxFragments = 128;

/// Splits the IPv4 packet at `packet` (data at its IP header, checksum correct, DF clear) into
/// fragments of at most `mtu` octets (RFC 791 3.2), or less where a buffer holds less.
///
/// The fragments are copies in new, single-segment buffers of `pool`, in order, shaped like any
/// packet behind classify: data at the IP header, room for the link header in front, at least
/// kMinPayload octets. `packet` is only read. Options go into the first fragment; of them only
/// those with the copied flag into the others.
///
/// Returns how many fragments `out` (at least kMaxFragments long) holds now. 0: nothing was made,
/// for want of buffers, or because it takes too many fragments. Worker thread.
std::uint16_t fragment(const rte_mbuf& packet, std::uint16_t mtu, rte_mempool& pool,
                       std::span<rte_mbuf*> out);

}  // namespace mgmd::dataplane
