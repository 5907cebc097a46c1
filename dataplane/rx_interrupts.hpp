// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include <rte_ethdev.h>
#include <rte_interrupts.h>

#include "dataplane/packet.hpp"

namespace mgmd::dataplane {

/// A receive queue that a worker polls.
struct RxQueue {
    std::uint16_t device = 0;  ///< DPDK port id
    std::uint16_t queue = 0;
    PortIndex port = 0;
};

/// Lets an idle worker sleep until a packet comes, where all the devices it receives from have
/// receive interrupts. All calls on the worker's thread: DPDK's epoll instance belongs to it.
///
///     if (interrupts.arm()) {
///         ... poll once more: a packet that came before is not signalled on every device ...
///         interrupts.wait(longest);
///         interrupts.disarm();
///     }
class RxInterrupts {
public:
    /// What devices are asked for. Tests have devices of their own.
    struct Device {
        int (*control)(std::uint16_t device, std::uint16_t queue, int epoll, int operation,
                       void* data) = rte_eth_dev_rx_intr_ctl_q;
        int (*enable)(std::uint16_t device, std::uint16_t queue) = rte_eth_dev_rx_intr_enable;
        int (*disable)(std::uint16_t device, std::uint16_t queue) = rte_eth_dev_rx_intr_disable;
    };

    RxInterrupts() = default;
    explicit RxInterrupts(const Device& device) : device_(device) {}
    ~RxInterrupts() { detach(); }
    RxInterrupts(const RxInterrupts&) = delete;
    RxInterrupts& operator=(const RxInterrupts&) = delete;

    /// From now on waits end by a packet in any of the queues, and when `waker` is readable.
    /// False: some device has no receive interrupts, and nothing has changed.
    bool attach(std::span<const RxQueue> queues, int waker);
    void detach();

    /// False: sleep for a bounded time instead. A device that refuses is not asked again.
    bool arm();
    void wait(std::chrono::milliseconds longest);
    void disarm();

private:
    bool add(const RxQueue& queue);
    bool enable(const RxQueue& queue);
    void disable(std::size_t count);

    Device device_;
    bool attached_ = false;
    std::vector<RxQueue> queues_;
    int waker_ = -1;
    rte_epoll_event waker_event_{};  // DPDK keeps a pointer to it
};

}  // namespace mgmd::dataplane
