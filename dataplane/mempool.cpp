// SPDX-License-Identifier: Apache-2.0
#include "dataplane/mempool.hpp"

#include <algorithm>
#include <utility>

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "dataplane/driver_table.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/packet_pool.hpp"
#include "dataplane/transmitter.hpp"

namespace mgmd::dataplane {
namespace {

constexpr std::uint32_t kCache = 256;
constexpr std::uint32_t kMaxHeld = 1024;
constexpr std::uint32_t kSmallestPool = 1024;
constexpr std::size_t kPage = 4096;
/// Data room of a private header: headroom, Ethernet, tags, IP header with options, rounded up.
constexpr std::uint16_t kHeaderRoom = RTE_PKTMBUF_HEADROOM + 128;

std::size_t object_octets(std::uint16_t data_room) {
    return rte_mempool_calc_obj_size(static_cast<std::uint32_t>(sizeof(rte_mbuf) + data_room), 0,
                                     nullptr);
}

/// Queue pairs that a port may come to have, and with how many descriptors.
struct Descriptors {
    std::uint32_t rx = 0;
    std::uint32_t tx = 0;
};

Descriptors count_descriptors(const Settings& settings) {
    Descriptors sum;
    const auto add = [&sum](const std::string& device, std::uint32_t pairs, std::uint16_t rx,
                            std::uint16_t tx) {
        const auto least = traits_by_device(device).queue_keeps;
        sum.rx += pairs * std::max(rx, least);
        sum.tx += pairs * std::max(tx, least);
    };
    for (const auto& port : settings.ports) {
        add(port.device, port.queues != 0 ? port.queues : settings.workers.count,
            port.rx_descriptors, port.tx_descriptors);
        if (port.kernel_port) {
            add(*port.kernel_port, 1, kKernelDescriptors, kKernelDescriptors);
        }
    }
    return sum;
}

/// What one worker can have outside rings of devices: its cache, a received burst, full TX buffers
/// of every port, and, where it may have to share TX queues, full rings to their owners.
std::uint32_t per_worker(const Settings& settings) {
    const auto ports = static_cast<std::uint32_t>(settings.ports.size());
    const std::uint32_t handed_over = settings.workers.count > 1 ? ports * kHandOverDepth : 0;
    return kCache * 3 / 2 + 2 * kMaxBurst + ports * TxBuffer::kCapacity + handed_over;
}

rte_mempool* create_pool(const char* kind, std::uint32_t size, std::uint32_t cache,
                         std::uint16_t data_room, int node) {
    const auto name = std::string(kind) + (node < 0 ? "" : "-" + std::to_string(node));
    return create_packet_pool(name, size, cache, data_room, node);
}

PoolView view_of(const rte_mempool* pool) {
    return {pool->name, pool->size, rte_mempool_in_use_count(pool)};
}

}  // namespace

std::size_t PoolPlan::octets_huge() const {
    return packets * object_octets(RTE_MBUF_DEFAULT_BUF_SIZE) +
           headers * object_octets(kHeaderRoom);
}

std::size_t PoolPlan::octets_no_huge() const {
    const auto headers_in_page = kPage / object_octets(kHeaderRoom);
    return (packets + headers / headers_in_page + 1) * kPage;
}

PoolPlan PoolPlan::share(std::uint32_t some, std::uint32_t all) const {
    const auto part = [&](std::uint32_t whole) {
        return static_cast<std::uint32_t>((std::uint64_t{whole} * some + all - 1) / all);
    };
    return {part(packets), part(headers), cache, held_per_worker};
}

PoolPlan plan_pools(const Settings& settings) {
    const auto descriptors = count_descriptors(settings);
    const std::uint32_t workers = settings.workers.count;
    const auto wanted_held = std::min<std::uint32_t>(
        kMaxHeld, settings.limits.held_flows * settings.limits.held_packets_per_flow);
    // The control thread has a cache too.
    const auto elsewhere = workers * per_worker(settings) + kCache * 3 / 2;

    PoolPlan plan;
    plan.cache = kCache;
    plan.packets = descriptors.rx + descriptors.tx + workers * wanted_held + elsewhere;
    plan.packets = std::max(plan.packets, kSmallestPool);
    if (settings.memory.mbufs != 0) {
        plan.packets = settings.memory.mbufs;
        plan.cache = std::min(kCache, plan.packets / (4 * (workers + 1)));
    }
    if (settings.replication.chain) {
        plan.headers = descriptors.tx + elsewhere;
    }
    plan.held_per_worker = std::min(wanted_held, plan.packets / 16);
    return plan;
}

Expected<> check_mbufs(const Settings& settings) {
    const auto mbufs = settings.memory.mbufs;
    const auto descriptors = count_descriptors(settings).rx;
    const auto least = descriptors + settings.workers.count * 2u * kMaxBurst;
    if (mbufs == 0 || mbufs >= least) {
        return {};
    }
    return fail(ExitCode::configuration,
                "memory.mbufs: " + std::to_string(mbufs) + " is less than " +
                    std::to_string(least) + ": the " + std::to_string(descriptors) +
                    " receive descriptors of all queues, and two bursts for each worker; raise it, "
                    "lower rx_descriptors of the ports, or leave it out");
}

Expected<PoolPair> PoolPair::create(const PoolPlan& plan, int node) {
    PoolPair pair{node};
    pair.packets_ =
        create_pool("packets", plan.packets, plan.cache, RTE_MBUF_DEFAULT_BUF_SIZE, node);
    if (pair.packets_ != nullptr && plan.headers != 0) {
        pair.headers_ = create_pool("headers", plan.headers, plan.cache, kHeaderRoom, node);
    }
    if (pair.packets_ == nullptr || (plan.headers != 0 && pair.headers_ == nullptr)) {
        const auto mebibytes = plan.octets_huge() / 1024 / 1024 + 1;
        return fail(ExitCode::system,
                    "no memory for " + std::to_string(plan.packets + plan.headers) +
                        " packet buffers (" + std::to_string(mebibytes) +
                        " MiB): " + rte_strerror(rte_errno) +
                        "; reserve more hugepages (vm.nr_hugepages), or lower memory.mbufs, "
                        "workers.count or rx_descriptors and tx_descriptors of the ports");
    }
    return pair;
}

PoolPair::PoolPair(PoolPair&& other) noexcept
    : node_(other.node_),
      packets_(std::exchange(other.packets_, nullptr)),
      headers_(std::exchange(other.headers_, nullptr)) {}

PoolPair::~PoolPair() {
    rte_mempool_free(packets_);
    rte_mempool_free(headers_);
}

void PoolPair::describe(std::vector<PoolView>& pools) const {
    for (const auto* pool : {packets_, headers_}) {
        if (pool != nullptr) {
            pools.push_back(view_of(pool));
        }
    }
}

}  // namespace mgmd::dataplane
