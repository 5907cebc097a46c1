// SPDX-License-Identifier: Apache-2.0
#include "dataplane/mempool.hpp"

#include <array>
#include <cstdint>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rte_mbuf.h>

#include "dataplane/packet.hpp"
#include "tests/support/dataplane_fixture.hpp"

namespace mgmd::dataplane {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Settings settings_with(std::size_t ports, std::uint16_t workers) {
    Settings settings;
    settings.ports.resize(ports);
    settings.workers.count = workers;
    return settings;
}

TEST(PoolPlan, CoversRingsHoldsAndCaches) {
    const auto settings = settings_with(3, 2);
    const auto plan = plan_pools(settings);
    const std::uint32_t queues = 3 * 2 * (1024 + 1024);
    const std::uint32_t caches = 3 * plan.cache * 3 / 2;
    EXPECT_GE(plan.packets, queues + 2 * 1024 + caches + 2 * 3 * kHandOverDepth);
    EXPECT_EQ(plan.headers, 0u);
}

TEST(PoolPlan, GrowsWithDescriptorsWorkersAndKernelPorts) {
    auto settings = settings_with(3, 2);
    const auto before = plan_pools(settings).packets;
    settings.ports[1].rx_descriptors = 4096;
    const auto deeper = plan_pools(settings).packets;
    EXPECT_EQ(deeper, before + 2 * (4096 - 1024));
    settings.ports[1].kernel_port = "net_tap0";
    EXPECT_EQ(plan_pools(settings).packets, deeper + 2 * kKernelDescriptors);
    settings.workers.count = 3;
    EXPECT_GT(plan_pools(settings).packets, deeper + 2 * kKernelDescriptors);
}

TEST(PoolPlan, CountsConfiguredQueuesInsteadOfWorkers) {
    auto settings = settings_with(1, 4);
    const auto by_workers = plan_pools(settings).packets;
    settings.ports[0].queues = 1;
    EXPECT_EQ(plan_pools(settings).packets, by_workers - 3 * 2048);
}

TEST(PoolPlan, CountsWhatAfXdpKeepsWhateverItsDescriptors) {
    auto settings = settings_with(1, 2);
    const auto other = plan_pools(settings).packets;
    settings.ports[0].device = "net_af_xdp0,iface=x";
    EXPECT_EQ(plan_pools(settings).packets, other + 2 * 2 * (2048 - 1024));
    settings.ports[0].rx_descriptors = 4096;
    EXPECT_EQ(plan_pools(settings).packets, other + 2 * (4096 - 1024) + 2 * (2048 - 1024));
}

TEST(PoolPlan, HoldsASixteenthAtMost) {
    auto settings = settings_with(1, 1);
    EXPECT_EQ(plan_pools(settings).held_per_worker, plan_pools(settings).packets / 16);
    settings.memory.mbufs = 1'000'000;
    EXPECT_EQ(plan_pools(settings).held_per_worker, 1024u);
    settings.limits.held_flows = 10;
    EXPECT_EQ(plan_pools(settings).held_per_worker, 40u);
}

TEST(PoolPlan, RefusesFewerBuffersThanReceiveQueuesKeep) {
    auto settings = settings_with(3, 2);
    EXPECT_TRUE(check_mbufs(settings)) << "computed";
    const std::uint32_t least = 3 * 2 * 1024 + 2 * 2 * kMaxBurst;
    settings.memory.mbufs = least;
    EXPECT_TRUE(check_mbufs(settings));
    settings.memory.mbufs = least - 1;
    const auto refused = check_mbufs(settings);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().exit_code, ExitCode::configuration);
    EXPECT_THAT(refused.error().message,
                AllOf(HasSubstr("memory.mbufs: " + std::to_string(least - 1)),
                      HasSubstr(std::to_string(least)), HasSubstr("6144 receive descriptors")));
    settings.ports[0].device = "net_af_xdp0,iface=x";
    settings.memory.mbufs = least;
    EXPECT_FALSE(check_mbufs(settings)) << "its queues keep 2048, whatever they are asked for";
}

TEST(PoolPlan, TakesTheUsersNumber) {
    auto settings = settings_with(8, 4);
    settings.memory.mbufs = 5000;
    const auto plan = plan_pools(settings);
    EXPECT_EQ(plan.packets, 5000u);
    // Caches must not be able to keep everything.
    EXPECT_LT(5 * plan.cache * 3 / 2, plan.packets);
}

TEST(PoolPlan, HasHeadersOnlyForChains) {
    auto settings = settings_with(2, 1);
    settings.replication.chain = true;
    EXPECT_GE(plan_pools(settings).headers, 2 * 1024u);
}

TEST(PoolPlan, DividesByWorkers) {
    const auto plan = plan_pools(settings_with(2, 4));
    EXPECT_GE(plan.share(1, 4).packets * 4, plan.packets);
    EXPECT_EQ(plan.share(4, 4).packets, plan.packets);
    EXPECT_EQ(plan.share(1, 4).held_per_worker, plan.held_per_worker);
}

TEST(PoolPair, HasWhatWasPlannedAndTellsWhatIsInUse) {
    test::shared_eal();
    const PoolPlan plan{.packets = 2000, .headers = 500, .cache = 32};
    auto pair = PoolPair::create(plan, SOCKET_ID_ANY);
    ASSERT_TRUE(pair) << pair.error().message;
    rte_mbuf* mbuf = rte_pktmbuf_alloc(pair->packets());
    std::vector<PoolView> views;
    pair->describe(views);
    ASSERT_EQ(views.size(), 2u);
    EXPECT_EQ(views[0].size, 2000u);
    EXPECT_EQ(views[0].in_use, 1u);
    EXPECT_EQ(views[1].size, 500u);
    EXPECT_EQ(views[1].in_use, 0u);
    rte_pktmbuf_free(mbuf);
}

TEST(PoolPair, BuffersWithoutHugepagesAreSpreadOverTheCaches) {
    test::shared_eal();
    const PoolPlan plan{.packets = 255, .headers = 0, .cache = 0};
    const auto pair = PoolPair::create(plan, SOCKET_ID_ANY);
    ASSERT_TRUE(pair) << pair.error().message;
    std::array<rte_mbuf*, 255> mbufs;
    ASSERT_EQ(rte_pktmbuf_alloc_bulk(pair->packets(), mbufs.data(), mbufs.size()), 0);
    std::set<std::uintptr_t> places;  // of cache lines, within a page
    for (rte_mbuf* mbuf : mbufs) {
        const char* reason = "";
        EXPECT_EQ(rte_mbuf_check(mbuf, 1, &reason), 0) << reason;
        EXPECT_EQ(mbuf->buf_iova, reinterpret_cast<std::uintptr_t>(mbuf->buf_addr));
        EXPECT_EQ(mbuf->buf_len, RTE_MBUF_DEFAULT_BUF_SIZE);
        places.insert(reinterpret_cast<std::uintptr_t>(mbuf) % 4096 / RTE_CACHE_LINE_SIZE);
    }
    EXPECT_GE(places.size(), 32u) << "more than half of all places";
    rte_pktmbuf_free_bulk(mbufs.data(), mbufs.size());
}

TEST(PoolPair, SaysWhatToDoWithoutMemory) {
    test::shared_eal();
    const PoolPlan plan{.packets = 50'000'000, .cache = 256};
    const auto pair = PoolPair::create(plan, SOCKET_ID_ANY);
    ASSERT_FALSE(pair);
    EXPECT_EQ(pair.error().exit_code, ExitCode::system);
    EXPECT_THAT(pair.error().message, AllOf(HasSubstr("50000000 packet buffers"), HasSubstr("MiB"),
                                            HasSubstr("memory.mbufs")));
}

}  // namespace
}  // namespace mgmd::dataplane
