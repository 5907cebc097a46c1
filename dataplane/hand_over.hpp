// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <rte_ring.h>

#include "common/error.hpp"
#include "common/waker.hpp"
#include "dataplane/transmitter.hpp"

namespace mgmd::dataplane {

/// A TX queue of a device. One worker owns it: nobody else sends there while workers run.
struct DeviceQueue {
    std::uint16_t device = 0;  ///< DPDK port id
    std::uint16_t queue = 0;

    std::uint16_t send(rte_mbuf** frames, std::uint16_t count) const;
    /// For the owner. The queue outlives it.
    TxQueue entrance();
};

/// Takes a worker's frames to a TX queue that another worker owns, where a device has fewer queues
/// than there are workers: a ring with one producer and one consumer, so that neither ever waits
/// for the other. What the device does not take stays in the ring: a full device shows at the
/// entrance, where refused frames are counted for those they belong to.
class HandOver {
public:
    /// `queue` outlives it, and so does `owner`, which wakes the queue's owner when frames come;
    /// nullptr: the owner never sleeps. Fails without memory.
    static Expected<std::unique_ptr<HandOver>> create(const std::string& name, int node,
                                                      DeviceQueue& queue, Waker* owner);
    ~HandOver();
    HandOver(const HandOver&) = delete;
    HandOver& operator=(const HandOver&) = delete;

    /// For the one worker that sends.
    TxQueue entrance();
    /// The queue's owner: sends what waits, as far as the device takes it. Returns how many frames.
    unsigned forward();
    /// The queue's owner: nothing waits.
    bool empty() const { return rte_ring_empty(ring_) != 0; }
    /// After both workers ended: sends what the device takes, frees the rest. Returns how many were
    /// freed. Control thread.
    std::uint64_t finish();

private:
    HandOver(rte_ring* ring, DeviceQueue& queue, Waker* owner)
        : ring_(ring), queue_(queue), owner_(owner) {}
    std::uint16_t take(rte_mbuf** frames, std::uint16_t count);

    rte_ring* ring_;
    DeviceQueue& queue_;
    Waker* owner_;
};

}  // namespace mgmd::dataplane
