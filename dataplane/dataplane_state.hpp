// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "common/clock.hpp"
#include "dataplane/dataplane.hpp"
#include "dataplane/eal.hpp"
#include "dataplane/hand_over.hpp"
#include "dataplane/interface_versions.hpp"
#include "dataplane/mempool.hpp"
#include "dataplane/packet_taps.hpp"
#include "dataplane/port.hpp"
#include "dataplane/qsbr.hpp"
#include "dataplane/table.hpp"
#include "dataplane/telemetry.hpp"
#include "dataplane/worker.hpp"

namespace mgmd::dataplane {

/// All that the dataplane consists of, in the order in which it is made; it goes in reverse.
struct Dataplane::State {
    Settings settings;  ///< of the start; what of interfaces has changed since is in `interfaces`
    LogSink log;
    std::unique_ptr<Eal> own_eal;  ///< null when it belongs to the caller
    Eal* eal = nullptr;
    PoolPlan pool_plan;
    std::vector<PoolPair> pools;                      ///< one for each NUMA node of a worker
    std::vector<std::unique_ptr<Port>> ports;         ///< by PortIndex
    std::vector<std::unique_ptr<Port>> kernel_ports;  ///< by PortIndex; null: none
    SteadyClock clock;
    std::unique_ptr<Qsbr> qsbr;
    std::unique_ptr<InterfaceVersions> interfaces;
    std::unique_ptr<Table<V4>> ipv4;
    std::unique_ptr<Table<V6>> ipv6;
    Waker control_waker;
    std::unique_ptr<EventRing> port_events;
    std::deque<DeviceQueue> queues;  ///< stable in memory: TX buffers point here
    std::vector<std::unique_ptr<HandOver>> hand_overs;
    std::vector<std::unique_ptr<Worker>> workers;
    std::unique_ptr<PacketTaps> taps;
    std::vector<bool> enabled;      ///< by InterfaceIndex: not taken down by control
    std::uint64_t launched_at = 0;  ///< TSC; 0: not yet
    bool stopped = false;
    StopReport report;
    std::optional<Telemetry> telemetry;  ///< from the start to the stop

    std::size_t worker_count() const { return settings.workers.count; }
    const CorePlan& cores() const { return eal->cores(); }
    const PoolPair& pool_of(WorkerIndex worker) const;
    /// When idle.
    bool sleeps(WorkerIndex worker) const;
};

/// How DPDK calls the thread of a worker.
constexpr unsigned lcore_of(WorkerIndex worker) {
    return worker + 1u;
}

/// The worker that owns a queue pair of a port: spread, so that ports with one queue each do not
/// all fall to the same worker.
constexpr WorkerIndex owner_of(PortIndex port, std::uint16_t queue, std::size_t workers) {
    return static_cast<WorkerIndex>((std::size_t{port} + queue) % workers);
}

// The steps of a start, in order. Each leaves what it made in the state, also when it fails.

Expected<> open_devices(Dataplane::State& state);    ///< pools and ports
Expected<> create_tables(Dataplane::State& state);   ///< interfaces, forwarding tables
Expected<> create_workers(Dataplane::State& state);  ///< workers, wired to queues and rings

/// What workers are to know of the interfaces that `settings` has.
std::unique_ptr<InterfaceVersion> make_interfaces(const Dataplane::State& state,
                                                  const Settings& settings);
/// Tells the stages which interfaces are enabled, and which of those have a link that is up.
void update_interface_states(Dataplane::State& state);

}  // namespace mgmd::dataplane
