// SPDX-License-Identifier: Apache-2.0
// Tables and workers: what a start makes of what the machine gave.
#include <algorithm>
#include <new>
#include <string>
#include <unistd.h>

#include <rte_cycles.h>

#include "dataplane/dataplane_state.hpp"
#include "dataplane/unresolved.hpp"
#include "dataplane/wall_time.hpp"

namespace mgmd::dataplane {
namespace {

/// At least so many events at once, however low the rate is.
constexpr std::uint32_t kSmallestBurst = 32;

/// The most that one table's outgoing lists may take of the machine's memory, so that a change is
/// refused before the system runs out.
std::size_t most_part_octets() {
    const auto pages = static_cast<std::size_t>(std::max(sysconf(_SC_PHYS_PAGES), 0L));
    return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) / 4;
}

std::string mebibytes(std::size_t octets) {
    return std::to_string(octets >> 20) + " MiB";
}

template <class F>
Expected<std::unique_ptr<Table<F>>> create_table(Dataplane::State& state) {
    TableOptions options;
    options.capacity = state.settings.limits.entries;
    options.workers = state.settings.workers.count;
    options.most_part_octets = most_part_octets();
    auto table =
        Table<F>::create(options, state.interfaces->current().interfaces, *state.qsbr, state.clock);
    if (table) {
        const auto usage = (*table)->usage();
        state.log(LogLevel::info, std::string(F::family == Family::ipv4 ? "IPv4" : "IPv6") +
                                      " forwarding table: " + std::to_string(usage.capacity) +
                                      " entries, " + mebibytes(usage.octets) + ", and up to " +
                                      mebibytes(usage.part_octets_capacity) +
                                      " for their outgoing lists");
    }
    return table;
}

/// A tenth of a second's worth at once.
TokenBucket bucket_for(std::uint32_t rate) {
    return TokenBucket{
        Rate::per_second(rate, std::max(rate / 10, kSmallestBurst), rte_get_tsc_hz())};
}

HoldLimits hold_limits(const Dataplane::State& state) {
    const auto& limits = state.settings.limits;
    HoldLimits hold;
    hold.flows = limits.held_flows;
    hold.buffers = state.pool_plan.held_per_worker;
    hold.percent_per_interface = limits.per_interface_percent;
    hold.packets_per_flow = static_cast<std::uint8_t>(
        std::min<std::size_t>(limits.held_packets_per_flow, kMaxHeldPackets));
    hold.timeout =
        static_cast<std::uint64_t>(state.settings.timers.hold_timeout.count()) * rte_get_tsc_hz();
    return hold;
}

/// What a worker knows before it has queues.
void equip(Dataplane::State& state, Worker& worker) {
    auto& context = worker.context;
    const auto& pools = state.pool_of(context.worker);
    context.pools = {pools.packets(), pools.headers()};
    context.replication = state.settings.replication;
    context.tx.resize(state.ports.size());
    context.kernel.resize(state.ports.size());
    context.no_entry.assign(state.interfaces->current().interfaces.size(),
                            bucket_for(state.settings.limits.no_entry_rate));
    context.packet_too_big = bucket_for(state.settings.limits.packet_too_big_rate);
    const auto limits = hold_limits(state);
    context.hold_budget = HoldBudget(limits);
    context.ipv4.held = Hold<V4>(limits, context.hold_budget);
    context.ipv6.held = Hold<V6>(limits, context.hold_budget);
    context.ipv4.wrong_interface = WrongInterfaceMeter<V4>(rte_get_tsc_hz());
    context.ipv6.wrong_interface = WrongInterfaceMeter<V6>(rte_get_tsc_hz());

    const auto& settings = state.settings.workers;
    worker.options.stage_cycles = settings.stage_cycles;
    worker.options.burst = settings.burst;
    worker.options.longest_sleep = settings.idle_max_sleep;
    worker.options.sleeps = state.sleeps(context.worker);
}

/// The way of each worker's frames to a TX queue of `device`, whose queue q the owner of the port's
/// pair q serves; `place` stores it.
template <class Place>
Expected<> connect(Dataplane::State& state, PortIndex index, const Port& device,
                   std::uint16_t tx_queues, const std::string& kind, Place&& place) {
    const auto workers = state.worker_count();
    std::vector<DeviceQueue*> queues;
    for (std::uint16_t queue = 0; queue < tx_queues; ++queue) {
        queues.push_back(&state.queues.emplace_back(DeviceQueue{device.id(), queue}));
    }
    for (WorkerIndex worker = 0; worker < workers && tx_queues != 0; ++worker) {
        // The inverse of owner_of, folded onto the queues there are.
        const auto pair = (worker + workers - index % workers) % workers;
        const auto queue = static_cast<std::uint16_t>(pair % tx_queues);
        const auto owner = owner_of(index, queue, workers);
        if (owner == worker) {
            place(*state.workers[worker], queues[queue]->entrance());
            continue;
        }
        const auto name = kind + std::to_string(index) + "-" + std::to_string(worker);
        auto hand_over =
            HandOver::create(name, SOCKET_ID_ANY, *queues[queue], state.workers[owner]->waker());
        if (!hand_over) {
            return tl::make_unexpected(hand_over.error());
        }
        place(*state.workers[worker], (*hand_over)->entrance());
        state.workers[owner]->hand_overs.push_back(hand_over->get());
        state.hand_overs.push_back(std::move(*hand_over));
    }
    return {};
}

Expected<> connect_port(Dataplane::State& state, PortIndex index) {
    const auto& port = *state.ports[index];
    for (std::uint16_t queue = 0; queue < port.rx_queues(); ++queue) {
        auto& owner = *state.workers[owner_of(index, queue, state.worker_count())];
        owner.receive.push_back({port.id(), queue, index});
    }
    const auto tx_queues =
        static_cast<std::uint16_t>(std::min<std::size_t>(port.tx_queues(), state.worker_count()));
    return connect(state, index, port, tx_queues, "tx",
                   [&](Worker& worker, TxQueue way) { worker.context.tx[index].queue = way; });
}

/// Of all the devices the worker receives from.
bool have_rx_interrupts(const Dataplane::State& state, const Worker& worker) {
    const auto has = [](const auto& ports, std::uint16_t device) {
        return std::any_of(ports.begin(), ports.end(), [&](const auto& port) {
            return port != nullptr && port->id() == device && port->has_rx_interrupts();
        });
    };
    return std::all_of(worker.receive.begin(), worker.receive.end(),
                       [&](const RxQueue& queue) { return has(state.ports, queue.device); }) &&
           std::all_of(worker.kernel.begin(), worker.kernel.end(), [&](const KernelQueue& queue) {
               return has(state.kernel_ports, queue.device);
           });
}

Expected<> connect_kernel_port(Dataplane::State& state, PortIndex index) {
    if (state.kernel_ports[index] == nullptr) {
        return {};
    }
    const auto& device = *state.kernel_ports[index];
    auto& owner = *state.workers[owner_of(index, 0, state.worker_count())];
    owner.kernel.push_back({device.id(), owner.context.tx[index].queue});
    return connect(state, index, device, 1, "kernel",
                   [&](Worker& worker, TxQueue way) { worker.context.kernel[index] = way; });
}

void set_states(const Dataplane::State& state, InterfaceTable& interfaces) {
    for (const auto& interface : state.settings.interfaces) {
        const bool enabled = state.enabled[interface.index];
        interfaces.set_enabled(interface.index, enabled);
        interfaces.set_up(interface.index, enabled && state.ports[interface.port]->link_up());
    }
}

}  // namespace

Expected<> create_tables(Dataplane::State& state) {
    state.qsbr = std::make_unique<Qsbr>(state.settings.workers.count);
    state.enabled.assign(state.settings.interfaces.size() + 1, true);
    state.interfaces =
        std::make_unique<InterfaceVersions>(*state.qsbr, make_interfaces(state, state.settings));
    auto ipv4 = create_table<V4>(state);
    if (!ipv4) {
        return tl::make_unexpected(ipv4.error());
    }
    auto ipv6 = create_table<V6>(state);
    if (!ipv6) {
        return tl::make_unexpected(ipv6.error());
    }
    state.ipv4 = std::move(*ipv4);
    state.ipv6 = std::move(*ipv6);
    return {};
}

Expected<> create_workers(Dataplane::State& state) {
    state.port_events = std::make_unique<EventRing>();
    for (WorkerIndex index = 0; index < state.worker_count(); ++index) {
        state.workers.push_back(std::make_unique<Worker>(
            index, *state.qsbr, state.control_waker, state.interfaces->slot(),
            state.ipv4->reader(index), state.ipv6->reader(index)));
        equip(state, *state.workers.back());
    }
    for (PortIndex index = 0; index < state.ports.size(); ++index) {
        auto done =
            connect_port(state, index).and_then([&] { return connect_kernel_port(state, index); });
        if (!done) {
            return done;
        }
    }
    std::vector<PacketTaps::WorkerDoor> doors;
    for (auto& worker : state.workers) {
        worker->options.rx_interrupts =
            worker->options.sleeps && have_rx_interrupts(state, *worker);
        doors.push_back({&worker->observers, [&worker = *worker] { worker.wake(); }});
    }
    state.taps = std::make_unique<PacketTaps>(*state.qsbr, std::move(doors), WallTime());
    return {};
}

std::unique_ptr<InterfaceVersion> make_interfaces(const Dataplane::State& state,
                                                  const Settings& settings) {
    std::vector<PortFacts> facts;
    for (const auto& port : state.ports) {
        facts.push_back(port->facts());
    }
    auto made = std::make_unique<InterfaceVersion>(settings, facts);
    set_states(state, made->interfaces);
    return made;
}

void update_interface_states(Dataplane::State& state) {
    set_states(state, state.interfaces->current().interfaces);
}

}  // namespace mgmd::dataplane
