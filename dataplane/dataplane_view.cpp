// SPDX-License-Identifier: Apache-2.0
// What control reads: sums over the workers' counters.
#include <algorithm>

#include <rte_cycles.h>

#include "dataplane/dataplane_state.hpp"

namespace mgmd::dataplane {
namespace {

VerdictCounters verdicts_of(const WorkerCounters& counters) {
    VerdictCounters verdicts;
    // What left the hold is read before what went in, so that the difference is never negative.
    const auto released = counters.held_out.get();
    verdicts.held = counters.held_in.get() - released;
    verdicts.received = counters.received.get();
    verdicts.forwarded = counters.forwarded.get();
    verdicts.punted = counters.punted.get();
    verdicts.punt_copies = counters.punt_copies.get();
    for (std::size_t i = 0; i < kDropReasons; ++i) {
        verdicts.dropped[i] = counters.dropped[i].get();
    }
    return verdicts;
}

std::optional<StageCycles> stages_of(const Worker& worker) {
    if (!worker.options.stage_cycles) {
        return std::nullopt;
    }
    StageCycles cycles;
    std::transform(worker.counters.stage_cycles.begin(), worker.counters.stage_cycles.end(),
                   cycles.begin(), [](const Counter& counter) { return counter.get(); });
    return cycles;
}

WorkerView view_of(const Worker& worker) {
    const auto& counters = worker.counters;
    WorkerView view;
    view.lcore = lcore_of(worker.context.worker);
    view.polls = counters.polls.get();
    view.busy_polls = counters.busy_polls.get();
    view.busy_cycles = counters.busy_cycles.get();
    view.stage_cycles = stages_of(worker);
    view.events_refused = worker.events.refused();
    view.control_packets_refused = worker.control_packets.refused();
    view.injected = counters.injected.get();
    view.inject_errors = counters.inject_errors.get() + worker.inject.refused();
    view.packet_too_big_sent = counters.packet_too_big_sent.get();
    view.packet_too_big_suppressed = counters.packet_too_big_suppressed.get();
    const auto closed = counters.held_flows_out.get();
    view.held_flows = counters.held_flows_in.get() - closed;
    view.from_kernel = counters.from_kernel.get();
    view.from_kernel_discarded = counters.from_kernel_discarded.get();
    view.verdicts = verdicts_of(counters);
    return view;
}

}  // namespace

InterfaceCounters Dataplane::interface_counters(InterfaceIndex interface) const {
    InterfaceCounters sum;
    for (const auto& worker : state_->workers) {
        const auto& block = worker->counters.interfaces[interface];
        sum.rx_packets += block.rx_packets.get();
        sum.rx_octets += block.rx_octets.get();
        sum.tx_packets += block.tx_packets.get();
        sum.tx_octets += block.tx_octets.get();
        sum.ttl_too_low += block.ttl_too_low.get();
        sum.too_big += block.too_big.get();
        sum.discarded += block.discarded.get();
        sum.unreported_wrong_interface += block.unreported_wrong_interface.get();
    }
    return sum;
}

VerdictCounters Dataplane::verdicts() const {
    VerdictCounters sum;
    for (const auto& worker : state_->workers) {
        const auto verdicts = verdicts_of(worker->counters);
        sum.received += verdicts.received;
        sum.forwarded += verdicts.forwarded;
        sum.punted += verdicts.punted;
        sum.punt_copies += verdicts.punt_copies;
        sum.held += verdicts.held;
        for (std::size_t i = 0; i < kDropReasons; ++i) {
            sum.dropped[i] += verdicts.dropped[i];
        }
    }
    return sum;
}

std::vector<WorkerView> Dataplane::workers() const {
    std::vector<WorkerView> views;
    for (const auto& worker : state_->workers) {
        views.push_back(view_of(*worker));
    }
    return views;
}

std::vector<PortView> Dataplane::ports() const {
    std::vector<PortView> views;
    for (const auto& port : state_->ports) {
        views.push_back(port->view());
    }
    return views;
}

std::vector<PoolView> Dataplane::pools() const {
    std::vector<PoolView> views;
    for (const auto& pair : state_->pools) {
        pair.describe(views);
    }
    return views;
}

std::chrono::milliseconds Dataplane::idle_for() const {
    auto latest = state_->launched_at;
    for (const auto& worker : state_->workers) {
        latest = std::max(latest, worker->counters.last_received.load(std::memory_order_relaxed));
    }
    const auto now = rte_rdtsc();
    const auto cycles = state_->launched_at == 0 || now < latest ? 0 : now - latest;
    return std::chrono::milliseconds(cycles / (rte_get_tsc_hz() / 1000));
}

std::uint64_t Dataplane::cycles_per_second() const {
    return rte_get_tsc_hz();
}

}  // namespace mgmd::dataplane
