// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <rte_mempool.h>

namespace mgmd::dataplane {

/// A pool of packet buffers like rte_pktmbuf_pool_create's, and laid out for the caches without
/// hugepages as well.
///
/// DPDK lets no buffer cross a page then, since pages may lie anywhere for a device: one buffer
/// of default size for each page of 4 KiB, so that the headers of all buffers compete for the same
/// few places of a first-level cache. Where devices see virtual addresses (rte_eal_iova_mode) that
/// is not needed, and the buffers stand side by side.
///
/// `data_room` counts the headroom. nullptr: rte_errno says why. Control thread.
rte_mempool* create_packet_pool(const std::string& name, std::uint32_t size, std::uint32_t cache,
                                std::uint16_t data_room, int node);

}  // namespace mgmd::dataplane
