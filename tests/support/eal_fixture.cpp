// SPDX-License-Identifier: Apache-2.0
#include "tests/support/eal_fixture.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <sched.h>
#include <string>

#include <rte_eal.h>
#include <rte_errno.h>

#include "dataplane/packet_pool.hpp"

namespace mgmd::test {
namespace {

/// "0,1": the CPUs this process may run on.
std::string allowed_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::string list;
    if (sched_getaffinity(0, sizeof(set), &set) == 0) {
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (CPU_ISSET(cpu, &set)) {
                list += (list.empty() ? "" : ",") + std::to_string(cpu);
            }
        }
    }
    return list.empty() ? "0" : list;
}

bool initialise() {
    std::vector<std::string> arguments{"test",
                                       "--no-huge",
                                       "--iova-mode=va",
                                       "--no-pci",
                                       "--no-shconf",
                                       "--no-telemetry",
                                       "-m",
                                       "256",
                                       "--log-level=error",
                                       "--lcores",
                                       "(0-3)@(" + allowed_cpus() + ")"};
    std::vector<char*> argv;
    for (auto& argument : arguments) {
        argv.push_back(argument.data());
    }
    if (rte_eal_init(static_cast<int>(argv.size()), argv.data()) < 0) {
        std::cerr << "rte_eal_init: " << rte_strerror(rte_errno) << '\n';
        std::exit(EXIT_FAILURE);
    }
    return true;
}

}  // namespace

void start_eal() {
    [[maybe_unused]] static const bool started = initialise();
}

MbufPool::MbufPool(unsigned count, std::uint16_t data_room, unsigned cache) {
    static unsigned serial = 0;
    start_eal();
    const auto name = "test_pool_" + std::to_string(serial++);
    pool_ = dataplane::create_packet_pool(
        name, count, cache, static_cast<std::uint16_t>(RTE_PKTMBUF_HEADROOM + data_room),
        SOCKET_ID_ANY);
    if (pool_ == nullptr) {
        std::cerr << "no packet buffers: " << rte_strerror(rte_errno) << '\n';
        std::exit(EXIT_FAILURE);
    }
}

MbufPool::~MbufPool() {
    rte_mempool_free(pool_);
}

rte_mbuf* make_mbuf(rte_mempool* pool, std::span<const std::uint8_t> frame,
                    const std::vector<std::size_t>& segments) {
    rte_mbuf* first = rte_pktmbuf_alloc(pool);
    rte_mbuf* last = first;
    for (std::size_t index = 0; last != nullptr; ++index) {
        const auto room = std::size_t{rte_pktmbuf_tailroom(last)};
        const auto wanted = index < segments.size() ? segments[index] : room;
        const auto length = std::min({wanted, room, frame.size()});
        std::copy_n(frame.begin(), length, rte_pktmbuf_mtod(last, std::uint8_t*));
        last->data_len = static_cast<std::uint16_t>(length);
        first->pkt_len += static_cast<std::uint32_t>(length);
        frame = frame.subspan(length);
        if (frame.empty()) {
            return first;
        }
        last->next = rte_pktmbuf_alloc(pool);
        last = last->next;
        first->nb_segs = static_cast<std::uint16_t>(first->nb_segs + (last != nullptr));
    }
    rte_pktmbuf_free(first);
    return nullptr;
}

rte_mbuf* make_mbuf(rte_mempool* pool, const PacketBuilder& packet) {
    return make_mbuf(pool, packet.bytes(), packet.segments());
}

Bytes bytes_of(const rte_mbuf* mbuf) {
    Bytes bytes;
    for (; mbuf != nullptr; mbuf = mbuf->next) {
        const auto* data = rte_pktmbuf_mtod(mbuf, const std::uint8_t*);
        bytes.insert(bytes.end(), data, data + mbuf->data_len);
    }
    return bytes;
}

}  // namespace mgmd::test
