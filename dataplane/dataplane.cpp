// SPDX-License-Identifier: Apache-2.0
#include "dataplane/dataplane.hpp"

#include <new>

#include <rte_cycles.h>
#include <rte_launch.h>

#include "dataplane/dataplane_state.hpp"
#include "dataplane/dry_run.hpp"
#include "dataplane/raise.hpp"

namespace mgmd::dataplane {
namespace {

int run_worker(void* worker) {
    static_cast<Worker*>(worker)->run();
    return 0;
}

void push_port_event(Dataplane::State& state, EventKind kind, PortIndex port, std::uint64_t value) {
    Event event;
    event.kind = kind;
    event.port = port;
    event.value = value;
    event.timestamp = rte_rdtsc();
    state.port_events->push(event);
}

tl::unexpected<Error> out_of_memory() {
    return fail(ExitCode::system,
                "no memory for tables and workers: lower limits.entries or workers.count");
}

template <class F>
bool raise_silent_thresholds(Table<F>& table, EventRing& events) {
    bool any = false;
    const auto now = rte_rdtsc();
    const auto raise = [&](const RouteKey<F>& key, const EntrySignals::Crossing& crossing) {
        any = true;
        Event event;
        event.kind = EventKind::threshold;
        event.family = F::family;
        event.table = key.table;
        event.interface = key.arrival;
        event.source = RawAddress::from(key.source);
        event.group = RawAddress::from(key.group);
        event.group_length = key.group_length;
        event.value = crossing.packets;
        event.octets = crossing.octets;
        event.timestamp = now;
        events.push(event);
    };
    table.end_intervals(milliseconds_of(now), raise);
    return any;
}

}  // namespace

Dataplane::Dataplane(std::unique_ptr<State> state) : state_(std::move(state)) {}

Dataplane::~Dataplane() {
    if (state_ != nullptr) {
        stop();
    }
}

Expected<std::unique_ptr<Dataplane>> Dataplane::start(const Settings& settings, LogSink log) {
    auto eal = Eal::initialise(settings, log);
    if (!eal) {
        return tl::make_unexpected(eal.error());
    }
    auto dataplane = start_on(**eal, settings, std::move(log));
    if (dataplane) {
        auto& state = *(*dataplane)->state_;
        state.own_eal = std::move(*eal);
        state.log(LogLevel::info, "DPDK telemetry: " + state.eal->runtime_directory());
    }
    return dataplane;
}

Expected<std::unique_ptr<Dataplane>> Dataplane::start_on(Eal& eal, const Settings& settings,
                                                         LogSink log) {
    const SignalsBlocked blocked;
    auto state = std::make_unique<State>();
    state->settings = settings;
    state->log = std::move(log);
    state->eal = &eal;
    try {
        auto done =
            open_devices(*state).and_then([&] { return create_tables(*state); }).and_then([&] {
                return create_workers(*state);
            });
        if (!done) {
            return tl::make_unexpected(done.error());
        }
    } catch (const std::bad_alloc&) {
        return out_of_memory();
    }
    state->telemetry.emplace(*state);
    return std::unique_ptr<Dataplane>(new Dataplane(std::move(state)));
}

Expected<> Dataplane::launch_workers() {
    state_->launched_at = rte_rdtsc();
    for (WorkerIndex index = 0; index < worker_count(); ++index) {
        const int error =
            rte_eal_remote_launch(run_worker, state_->workers[index].get(), lcore_of(index));
        if (error != 0) {
            return fail(ExitCode::internal,
                        "worker " + std::to_string(index) + " does not start on its core");
        }
    }
    return {};
}

const StopReport& Dataplane::stop() {
    if (std::exchange(state_->stopped, true)) {
        return state_->report;
    }
    state_->telemetry.reset();
    for (auto& worker : state_->workers) {
        worker->request_stop();
    }
    for (WorkerIndex index = 0; index < worker_count(); ++index) {
        rte_eal_wait_lcore(lcore_of(index));
    }
    for (auto& hand_over : state_->hand_overs) {
        state_->report.unsent_handed_over += hand_over->finish();
    }
    for (auto* ports : {&state_->kernel_ports, &state_->ports}) {
        for (auto& port : *ports) {
            if (port != nullptr) {
                state_->report.lost_by_drivers += port->buffers_lost_at_close();
                port->close();
            }
        }
    }
    state_->report.pools = pools();
    return state_->report;
}

template <>
ForwardingTable<V4>& Dataplane::table<V4>() {
    return *state_->ipv4;
}
template <>
ForwardingTable<V6>& Dataplane::table<V6>() {
    return *state_->ipv6;
}

WorkerIndex Dataplane::worker_count() const {
    return state_->settings.workers.count;
}
EventRing& Dataplane::events(WorkerIndex worker) {
    return state_->workers[worker]->events;
}
ControlPacketRing& Dataplane::control_packets(WorkerIndex worker) {
    return state_->workers[worker]->control_packets;
}
EventRing& Dataplane::port_events() {
    return *state_->port_events;
}
InjectRing& Dataplane::inject_ring(WorkerIndex worker) {
    return state_->workers[worker]->inject;
}
void Dataplane::wake_worker(WorkerIndex worker) {
    state_->workers[worker]->wake();
}
Waker& Dataplane::control_waker() {
    return state_->control_waker;
}
MacAddress Dataplane::port_mac(PortIndex port) const {
    return state_->ports[port]->facts().mac;
}

bool Dataplane::inject(const InjectPacket& packet) {
    const auto port = state_->interfaces->current().interfaces[packet.interface].port;
    auto& worker = *state_->workers[owner_of(port, 0, worker_count())];
    const bool queued = worker.inject.push(packet);
    worker.wake();
    return queued;
}

bool Dataplane::poll_links() {
    bool changed = false;
    bool failed = false;
    for (PortIndex index = 0; index < state_->ports.size(); ++index) {
        auto& port = *state_->ports[index];
        if (port.poll_link()) {
            push_port_event(*state_, EventKind::link_state, index, port.link_up() ? 1 : 0);
            changed = true;
        }
        if (const auto errors = port.poll_errors(state_->clock.now())) {
            push_port_event(*state_, EventKind::port_error, index, *errors);
            failed = true;
        }
    }
    if (changed) {
        update_interface_states(*state_);
    }
    return changed || failed;
}

bool Dataplane::poll_thresholds() {
    const auto ipv4 = raise_silent_thresholds(*state_->ipv4, *state_->port_events);
    return raise_silent_thresholds(*state_->ipv6, *state_->port_events) || ipv4;
}

Expected<std::unique_ptr<PacketTap<CapturedPacket>>> Dataplane::capture(
    const CaptureRequest& request) {
    return state_->taps->capture(request);
}

Expected<std::unique_ptr<PacketTap<TraceRecord>>> Dataplane::trace(const TapFilter& filter,
                                                                   std::uint32_t count) {
    return state_->taps->trace(filter, count);
}

void Dataplane::reclaim() {
    state_->taps->reclaim();
    state_->interfaces->reclaim();
}

Expected<> Dataplane::reconfigure(const Settings& settings) {
    if (const auto laggard = state_->interfaces->laggard()) {
        return fail(ExitCode::system, "worker " + std::to_string(*laggard) +
                                          " still works with the interfaces of before: try again");
    }
    try {
        state_->interfaces->publish(make_interfaces(*state_, settings));
    } catch (const std::bad_alloc&) {
        return fail(ExitCode::system, "no memory for the tables of the interfaces");
    }
    const auto& published = state_->interfaces->current().interfaces;
    state_->ipv4->set_interfaces(published);
    state_->ipv6->set_interfaces(published);
    for (const auto& worker : state_->workers) {
        worker->wake();
    }
    return {};
}

Expected<> Dataplane::set_port_up(PortIndex port, bool up) {
    return state_->ports[port]->set_up(up);
}

Expected<> Dataplane::set_interface_up(InterfaceIndex interface, bool up) {
    if (state_->settings.interface(interface) == nullptr) {
        return fail(ExitCode::internal, "no interface " + std::to_string(interface));
    }
    state_->enabled[interface] = up;
    update_interface_states(*state_);
    return {};
}

Expected<Explanation> Dataplane::explain(const ArrivingFrame& frame) {
    try {
        const auto& known = state_->interfaces->current();
        DryRunParts parts{.interfaces = known.interfaces,
                          .arrivals = known.arrivals,
                          .ipv4 = state_->ipv4->dry_reader(),
                          .ipv6 = state_->ipv6->dry_reader(),
                          .pools = {state_->pool_of(0).packets(), state_->pool_of(0).headers()},
                          .replication = state_->settings.replication,
                          .kernel_ports = {}};
        for (const auto& port : state_->kernel_ports) {
            parts.kernel_ports.push_back(port != nullptr);
        }
        return run_dry(parts, frame);
    } catch (const std::bad_alloc&) {
        return fail(ExitCode::system, "no memory to explain a packet with");
    }
}

}  // namespace mgmd::dataplane
