// SPDX-License-Identifier: Apache-2.0
#include "dataplane/packet_pool.hpp"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_memzone.h>

namespace mgmd::dataplane {
namespace {

void free_memory(rte_mempool_memhdr*, void* zone) {
    rte_memzone_free(static_cast<const rte_memzone*>(zone));
}

/// Puts the buffers of an empty pool one behind the other. False: rte_errno says why not.
bool populate_densely(rte_mempool& pool) {
    const std::size_t object = pool.header_size + pool.elt_size + pool.trailer_size;
    const std::size_t octets =
        (pool.size + std::size_t{1}) * object;  // one more: to align the first
    const auto* zone =
        rte_memzone_reserve_aligned(pool.name, octets, pool.socket_id, 0, RTE_MEMPOOL_ALIGN);
    if (zone == nullptr) {
        return false;
    }
    const int added =
        rte_mempool_populate_iova(&pool, static_cast<char*>(zone->addr), zone->iova, zone->len,
                                  free_memory, const_cast<rte_memzone*>(zone));
    if (added < 0) {
        rte_memzone_free(zone);
        rte_errno = -added;
        return false;
    }
    return pool.populated_size == pool.size;
}

rte_mempool* create_dense(const std::string& name, std::uint32_t size, std::uint32_t cache,
                          std::uint16_t data_room, int node) {
    rte_mempool* pool = rte_mempool_create_empty(
        name.c_str(), size, static_cast<unsigned>(sizeof(rte_mbuf) + data_room), cache,
        sizeof(rte_pktmbuf_pool_private), node, RTE_MEMPOOL_F_NO_IOVA_CONTIG);
    if (pool == nullptr) {
        return nullptr;
    }
    rte_pktmbuf_pool_private layout{};
    layout.mbuf_data_room_size = data_room;
    if (const int error = rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), nullptr);
        error != 0) {
        rte_errno = -error;
        rte_mempool_free(pool);
        return nullptr;
    }
    rte_pktmbuf_pool_init(pool, &layout);
    if (!populate_densely(*pool)) {
        rte_mempool_free(pool);
        return nullptr;
    }
    rte_mempool_obj_iter(pool, rte_pktmbuf_init, nullptr);
    return pool;
}

}  // namespace

rte_mempool* create_packet_pool(const std::string& name, std::uint32_t size, std::uint32_t cache,
                                std::uint16_t data_room, int node) {
    if (rte_eal_has_hugepages() == 0 && rte_eal_iova_mode() == RTE_IOVA_VA) {
        return create_dense(name, size, cache, data_room, node);
    }
    return rte_pktmbuf_pool_create(name.c_str(), size, cache, 0, data_room, node);
}

}  // namespace mgmd::dataplane
