// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include <gtest/gtest.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "tests/support/packet_builder.hpp"

namespace mgmd::test {

/// Starts DPDK's EAL for this process, once, without hugepages, devices or files: lcores 0 to 3,
/// none of them pinned. A failure ends the process with a message.
void start_eal();

/// A pool of packet buffers that frees itself.
class MbufPool {
public:
    /// Each buffer holds RTE_PKTMBUF_HEADROOM and `data_room` octets. `cache`: buffers that each
    /// lcore keeps for itself.
    explicit MbufPool(unsigned count, std::uint16_t data_room = 2048, unsigned cache = 0);
    ~MbufPool();
    MbufPool(const MbufPool&) = delete;
    MbufPool& operator=(const MbufPool&) = delete;

    rte_mempool* get() const { return pool_; }
    unsigned in_use() const { return rte_mempool_in_use_count(pool_); }

private:
    rte_mempool* pool_ = nullptr;
};

/// The frame in mbufs of `pool`, split as `segments` says (PacketBuilder::segments). nullptr: the
/// pool is exhausted. The caller owns it.
rte_mbuf* make_mbuf(rte_mempool* pool, std::span<const std::uint8_t> frame,
                    const std::vector<std::size_t>& segments = {});
rte_mbuf* make_mbuf(rte_mempool* pool, const PacketBuilder& packet);

/// All data of a packet, over all its segments.
Bytes bytes_of(const rte_mbuf* mbuf);

/// A test with an EAL and a pool that must be whole again when it ends.
class EalTest : public testing::Test {
protected:
    static constexpr unsigned kPoolSize = 1023;

    static void SetUpTestSuite() { start_eal(); }
    void TearDown() override { EXPECT_EQ(pool_.in_use(), 0u) << "packet buffers leaked"; }

    rte_mempool* pool() const { return pool_.get(); }
    rte_mbuf* mbuf(const PacketBuilder& packet) const { return make_mbuf(pool(), packet); }

private:
    MbufPool pool_{kPoolSize};
};

}  // namespace mgmd::test
