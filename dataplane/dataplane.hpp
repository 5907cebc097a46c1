// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/control_packet_ring.hpp"
#include "common/dataplane_ops.hpp"
#include "common/dataplane_view.hpp"
#include "common/error.hpp"
#include "common/event_ring.hpp"
#include "common/forwarding_table.hpp"
#include "common/inject_ring.hpp"
#include "common/log_sink.hpp"
#include "common/settings.hpp"
#include "common/waker.hpp"

namespace mgmd::dataplane {

class Eal;

/// What was left when the dataplane had stopped.
struct StopReport {
    std::vector<PoolView> pools;           ///< after ports were closed
    std::uint64_t unsent_handed_over = 0;  ///< frames a full device never took from another worker
    /// Most buffers that drivers keep for good when they are closed (af_xdp): no leak of ours.
    std::uint32_t lost_by_drivers = 0;

    /// Buffers of the pool that should have come back and did not.
    std::uint32_t missing(const PoolView& pool) const {
        return pool.in_use > lost_by_drivers ? pool.in_use : 0;
    }
    bool clean() const {
        return std::all_of(pools.begin(), pools.end(),
                           [this](const PoolView& pool) { return missing(pool) == 0; });
    }
};

/// The dataplane's face: everything that control may know of it. One at a time in a process.
///
///     auto dataplane = Dataplane::start(settings, log);   // devices run, nothing is polled yet
///     ... install entries, wire the rings ...
///     (*dataplane)->launch_workers();
///     ... run ...
///     (*dataplane)->stop();
///
/// Control thread only, except `control_waker().wake()`.
class Dataplane final : public DataplaneView, public DataplaneOps {
public:
    /// Initialises DPDK, probes and starts the ports, allocates pools, tables and rings. An error
    /// names the port or the memory it failed on and what to do (ExitCode::system). Signals are
    /// blocked meanwhile, and stay blocked in the threads that DPDK makes. From here on the
    /// calling thread is pinned to the control core.
    static Expected<std::unique_ptr<Dataplane>> start(const Settings& settings, LogSink log);

    /// The same on an EAL that runs already and outlives the result: tests start several, one
    /// after the other, in one process.
    static Expected<std::unique_ptr<Dataplane>> start_on(Eal& eal, const Settings& settings,
                                                         LogSink log);

    /// Stops if need be.
    ~Dataplane() override;
    Dataplane(const Dataplane&) = delete;
    Dataplane& operator=(const Dataplane&) = delete;

    /// Starts polling. Once.
    Expected<> launch_workers();

    /// Stops polling: workers are joined, held packets freed as `hold_stopped`, ports stopped and
    /// closed. Counters, tables and rings can still be read. A second call returns the same report.
    const StopReport& stop();

    template <class F>
    ForwardingTable<F>& table();

    WorkerIndex worker_count() const;
    EventRing& events(WorkerIndex worker);                   ///< drain
    ControlPacketRing& control_packets(WorkerIndex worker);  ///< drain
    /// Events that no worker raises: `poll_links()` and `poll_thresholds()` push, the caller
    /// drains, all on the control thread.
    EventRing& port_events();
    /// Queues a frame with the worker that can send it soonest. False: its ring is full (counted).
    bool inject(const InjectPacket& packet);
    InjectRing& inject_ring(WorkerIndex worker);  ///< push, then `wake_worker`
    void wake_worker(WorkerIndex worker);
    /// Rung by workers after they pushed into a ring; its sleeper is the control thread.
    Waker& control_waker();

    /// The address that frames of interfaces on this port carry.
    MacAddress port_mac(PortIndex port) const;

    InterfaceCounters interface_counters(InterfaceIndex interface) const override;
    VerdictCounters verdicts() const override;
    std::vector<WorkerView> workers() const override;
    std::vector<PortView> ports() const override;
    std::vector<PoolView> pools() const override;
    std::chrono::milliseconds idle_for() const override;
    std::uint64_t cycles_per_second() const override;

    bool poll_links() override;
    bool poll_thresholds() override;
    Expected<std::unique_ptr<PacketTap<CapturedPacket>>> capture(
        const CaptureRequest& request) override;
    Expected<std::unique_ptr<PacketTap<TraceRecord>>> trace(const TapFilter& filter,
                                                            std::uint32_t count) override;
    void reclaim() override;
    Expected<> reconfigure(const Settings& settings) override;
    Expected<> set_port_up(PortIndex port, bool up) override;
    Expected<> set_interface_up(InterfaceIndex interface, bool up) override;
    Expected<Explanation> explain(const ArrivingFrame& frame) override;

    struct State;  ///< what it consists of: the dataplane's own business

private:
    explicit Dataplane(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

template <>
ForwardingTable<V4>& Dataplane::table<V4>();
template <>
ForwardingTable<V6>& Dataplane::table<V6>();

}  // namespace mgmd::dataplane
