// SPDX-License-Identifier: Apache-2.0
#include "dataplane/hand_over.hpp"

#include <array>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_ring_peek.h>

#include "dataplane/mempool.hpp"
#include "dataplane/packet.hpp"

namespace mgmd::dataplane {

std::uint16_t DeviceQueue::send(rte_mbuf** frames, std::uint16_t count) const {
    return rte_eth_tx_burst(device, queue, frames, count);
}

TxQueue DeviceQueue::entrance() {
    return {[](void* self, rte_mbuf** frames, std::uint16_t count) {
                return static_cast<const DeviceQueue*>(self)->send(frames, count);
            },
            this};
}

Expected<std::unique_ptr<HandOver>> HandOver::create(const std::string& name, int node,
                                                     DeviceQueue& queue, Waker* owner) {
    // A ring of 2^n has room for 2^n - 1.
    auto* ring = rte_ring_create(name.c_str(), kHandOverDepth, node, RING_F_SP_ENQ | RING_F_SC_DEQ);
    if (ring == nullptr) {
        return fail(ExitCode::system, "no memory for the ring " + name + ": " +
                                          rte_strerror(rte_errno) + "; fewer workers need fewer");
    }
    return std::unique_ptr<HandOver>(new HandOver(ring, queue, owner));
}

HandOver::~HandOver() {
    rte_ring_free(ring_);
}

TxQueue HandOver::entrance() {
    return {[](void* self, rte_mbuf** frames, std::uint16_t count) {
                return static_cast<HandOver*>(self)->take(frames, count);
            },
            this};
}

std::uint16_t HandOver::take(rte_mbuf** frames, std::uint16_t count) {
    const auto taken =
        rte_ring_sp_enqueue_burst(ring_, reinterpret_cast<void**>(frames), count, nullptr);
    if (owner_ != nullptr) {
        owner_->wake();
    }
    return static_cast<std::uint16_t>(taken);
}

unsigned HandOver::forward() {
    std::array<rte_mbuf*, kMaxBurst> frames;
    const auto waiting = rte_ring_dequeue_burst_start(
        ring_, reinterpret_cast<void**>(frames.data()), frames.size(), nullptr);
    if (waiting == 0) {
        return 0;
    }
    const auto sent = queue_.send(frames.data(), static_cast<std::uint16_t>(waiting));
    rte_ring_dequeue_finish(ring_, sent);
    return sent;
}

std::uint64_t HandOver::finish() {
    while (forward() != 0) {
    }
    std::uint64_t freed = 0;
    void* frame = nullptr;
    while (rte_ring_sc_dequeue(ring_, &frame) == 0) {
        rte_pktmbuf_free(static_cast<rte_mbuf*>(frame));
        ++freed;
    }
    return freed;
}

}  // namespace mgmd::dataplane
