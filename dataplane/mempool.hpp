// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <rte_mempool.h>

#include "common/dataplane_view.hpp"
#include "common/error.hpp"
#include "common/settings.hpp"

/// Packet buffers: how many, and where they come from. Control thread only.
namespace mgmd::dataplane {

/// Frames that a ring between a worker and the owner of a TX queue may hold.
inline constexpr std::uint32_t kHandOverDepth = 512;
/// Descriptors of a kernel port's queues.
inline constexpr std::uint16_t kKernelDescriptors = 256;

/// How many buffers the settings ask for.
struct PoolPlan {
    std::uint32_t packets = 0;
    std::uint32_t headers = 0;          ///< 0: no chains, no header pool
    std::uint32_t cache = 0;            ///< buffers that each thread keeps for itself
    std::uint32_t held_per_worker = 0;  ///< most buffers that a worker may hold

    /// What both pools take from hugepages, and what they take without them, where no buffer may
    /// cross a page.
    std::size_t octets_huge() const;
    std::size_t octets_no_huge() const;

    /// The part for `some` of `all` workers.
    PoolPlan share(std::uint32_t some, std::uint32_t all) const;
};

/// Enough that no receive queue starves: everything that rings, queues, holds and caches can keep
/// at a time, or exactly memory.mbufs when that is set. Devices may turn out to have fewer queues
/// than planned for, never more.
PoolPlan plan_pools(const Settings& settings);

/// Whether memory.mbufs, where it is set, fills the receive queues and leaves the workers bursts to
/// work on: with fewer, devices lose frames for want of buffers, or receive nothing at all.
Expected<> check_mbufs(const Settings& settings);

/// The pools of one NUMA node. Frees them.
class PoolPair {
public:
    /// `node`: SOCKET_ID_ANY without NUMA. An error says how much memory is missing, and which
    /// setting asks for less.
    static Expected<PoolPair> create(const PoolPlan& plan, int node);
    PoolPair(PoolPair&& other) noexcept;
    PoolPair& operator=(PoolPair&&) = delete;
    ~PoolPair();

    rte_mempool* packets() const { return packets_; }
    rte_mempool* headers() const { return headers_; }  ///< may be null
    int node() const { return node_; }
    /// Appends the state of both.
    void describe(std::vector<PoolView>& pools) const;

private:
    explicit PoolPair(int node) : node_(node) {}

    int node_;
    rte_mempool* packets_ = nullptr;
    rte_mempool* headers_ = nullptr;
};

}  // namespace mgmd::dataplane
