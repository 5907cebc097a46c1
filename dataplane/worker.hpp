// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "common/inject_ring.hpp"
#include "common/waker.hpp"
#include "dataplane/context.hpp"
#include "dataplane/hand_over.hpp"
#include "dataplane/interface_versions.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/packet_taps.hpp"
#include "dataplane/qsbr.hpp"
#include "dataplane/rx_interrupts.hpp"

namespace mgmd::dataplane {

/// The kernel's side of a port: what the kernel sends leaves by the port.
struct KernelQueue {
    std::uint16_t device = 0;  ///< DPDK port id of the exception port
    TxQueue port;
};

/// How a worker is to behave; immutable once it runs.
struct WorkerOptions {
    bool stage_cycles = false;  ///< count them
    std::uint16_t burst = 32;
    bool sleeps = false;  ///< when idle; else it polls all the time
    /// Where a packet does not end the sleep.
    std::chrono::microseconds longest_sleep{50};
    /// All its devices have receive interrupts: a packet ends its sleep.
    bool rx_interrupts = false;
};

/// A forwarding core: what it owns, and its loop. Made and wired by the control thread, which
/// touches only the rings, counters, `wake()` and `request_stop()` once `run()` has been called.
class Worker {
public:
    Worker(WorkerIndex index, Qsbr& qsbr, Waker& control, const InterfaceSlot& interfaces,
           const TableReader<V4>& ipv4, const TableReader<V6>& ipv6);

    // Wiring, before run().

    WorkerContext context;
    WorkerOptions options;
    std::vector<RxQueue> receive;
    std::vector<KernelQueue> kernel;
    std::vector<HandOver*> hand_overs;  ///< whose queue this worker owns

    /// Polls until asked to stop; then frees what it holds. On the worker's lcore.
    void run();
    void request_stop() {  // control
        stop_.store(true, std::memory_order_relaxed);
        wake();
    }
    void wake() { waker_.wake(); }  // any thread
    /// For those who hand it frames; nullptr: it never sleeps.
    Waker* waker() { return options.sleeps ? &waker_ : nullptr; }

    EventRing events;                   // worker: producer, control: consumer
    ControlPacketRing control_packets;  // worker: producer, control: consumer
    InjectRing inject;                  // control: producer, worker: consumer
    WorkerCounters counters;            // worker: wo, control: ro
    /// Who looks at its packets. What it has held is let go of in a quiescent state.
    alignas(64) ObserverSlot observers{nullptr};  // worker: ro, control: wo

private:
    template <bool kCounted>
    void loop();
    template <bool kCounted>
    bool poll();
    template <bool kCounted>
    unsigned receive_from(const RxQueue& queue);
    void forward_kernel(const KernelQueue& queue);
    void housekeeping();
    void renew();
    void renew_interfaces();
    void renew_observers();
    void wake_control(bool busy);
    void watch_queues();
    template <bool kCounted>
    void sleep();
    void wait(bool for_packets);
    bool may_sleep() const;
    bool holds_nothing() const;
    bool nothing_waits() const;

    /// The pipeline, as choose_process made it, and the same for one frame at a time.
    using Process = void (*)(WorkerContext& context, PortIndex port, std::span<rte_mbuf*> frames);

    Qsbr& qsbr_;
    const InterfaceSlot& interfaces_;
    std::uint64_t version_ = 0;  ///< that it works with: InterfaceVersion::number
    Process process_ = nullptr;  ///< of that version
    Process trace_ = nullptr;    ///< likewise, with Recording::steps
    Waker waker_;
    RxInterrupts interrupts_;
    std::uint64_t patience_ = 0;  ///< cycles without a packet before it sleeps
    std::uint64_t last_work_ = 0;
    bool observers_changed_ = false;   ///< since the last quiescent state but one
    std::uint64_t wake_interval_ = 0;  ///< cycles between two wake-ups of control while busy
    std::uint64_t last_wake_ = 0;
    alignas(64) std::atomic<bool> stop_{false};  // worker: ro, control: wo
};

}  // namespace mgmd::dataplane
