// SPDX-License-Identifier: Apache-2.0
// Pools and ports: what a start takes from the machine.
#include <algorithm>

#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "dataplane/dataplane_state.hpp"

namespace mgmd::dataplane {
namespace {

int node_of(const Dataplane::State& state, WorkerIndex worker) {
    return state.eal->memory().hugepages
               ? static_cast<int>(rte_lcore_to_socket_id(lcore_of(worker)))
               : SOCKET_ID_ANY;
}

std::size_t pool_octets(const Dataplane::State& state) {
    return state.eal->memory().hugepages ? state.pool_plan.octets_huge()
                                         : state.pool_plan.octets_no_huge();
}

Expected<> create_pools(Dataplane::State& state) {
    if (auto enough = check_mbufs(state.settings); !enough) {
        return enough;
    }
    state.pool_plan = plan_pools(state.settings);
    const auto workers = static_cast<std::uint32_t>(state.worker_count());
    for (WorkerIndex worker = 0; worker < workers; ++worker) {
        const int node = node_of(state, worker);
        const auto on_node = [&](const PoolPair& pair) { return pair.node() == node; };
        if (std::any_of(state.pools.begin(), state.pools.end(), on_node)) {
            continue;
        }
        std::uint32_t here = 0;
        for (WorkerIndex other = 0; other < workers; ++other) {
            here += node_of(state, other) == node ? 1 : 0;
        }
        auto pair = PoolPair::create(state.pool_plan.share(here, workers), node);
        if (!pair) {
            return tl::make_unexpected(pair.error());
        }
        state.pools.push_back(std::move(*pair));
    }
    state.log(LogLevel::info,
              std::to_string(state.pool_plan.packets) + " packet buffers (" +
                  std::to_string(pool_octets(state) >> 20) + " MiB), " +
                  std::to_string(state.pool_plan.headers) + " header buffers, " +
                  std::to_string(state.pool_plan.held_per_worker) +
                  " of them for held packets of each worker, " +
                  (state.eal->memory().hugepages
                       ? "in hugepages"
                       : "without hugepages: slower, fit for labs; reserve hugepages "
                         "(vm.nr_hugepages) for full speed"));
    return {};
}

/// Chains are sent where copies may be chained, and where a frame may not fit a buffer.
bool sends_segments(const Settings& settings) {
    return settings.replication.chain ||
           std::any_of(settings.ports.begin(), settings.ports.end(), [](const auto& port) {
               return port.mtu + kL2Headroom > RTE_MBUF_DEFAULT_DATAROOM;
           });
}

bool some_sleep(const Dataplane::State& state) {
    for (WorkerIndex worker = 0; worker < state.worker_count(); ++worker) {
        if (state.sleeps(worker)) {
            return true;
        }
    }
    return false;
}

/// A locally administered address that no two ports share.
MacAddress made_up_mac(PortIndex port) {
    return {{0x02, 'm', 'g', 'm', static_cast<std::uint8_t>(port >> 8),
             static_cast<std::uint8_t>(port)}};
}

PortRequest request_for(const Dataplane::State& state, PortIndex index) {
    const auto& settings = state.settings;
    const auto& port = settings.ports[index];
    PortRequest request;
    request.name = port.name;
    request.device = port.device;
    request.mac = port.mac ? port.mac : settings.router_mac;
    request.fallback_mac = made_up_mac(index);
    request.mtu = port.mtu;
    request.queues = port.queues != 0 ? port.queues : settings.workers.count;
    request.rx_descriptors = port.rx_descriptors;
    request.tx_descriptors = port.tx_descriptors;
    request.tx_sharing = port.tx_sharing;
    request.segments = sends_segments(settings);
    request.rx_interrupts = some_sleep(state);
    request.pool = [&state, index](std::uint16_t queue) {
        return state.pool_of(owner_of(index, queue, state.worker_count())).packets();
    };
    return request;
}

/// The kernel's side of a port: one queue, served by the owner of the port's first.
PortRequest kernel_request_for(const Dataplane::State& state, PortIndex index) {
    auto request = request_for(state, index);
    request.name += " (kernel_port)";
    request.device = *state.settings.ports[index].kernel_port;
    request.mac = state.ports[index]->facts().mac;
    request.queues = 1;
    request.rx_descriptors = kKernelDescriptors;
    request.tx_descriptors = kKernelDescriptors;
    return request;
}

std::string_view text_of(ReceiveFilter filter) {
    switch (filter) {
        case ReceiveFilter::all_multicast:
            return "all-multicast";
        case ReceiveFilter::promiscuous:
            return "promiscuous";
        case ReceiveFilter::as_is:
            break;
    }
    return "receive filter as it is";
}

std::string description(const PortView& port) {
    return "port " + port.name + ": " + port.driver + ", MAC " + to_string(port.mac) + ", MTU " +
           std::to_string(port.mtu) + ", " + std::to_string(port.rx_queues) + " receive and " +
           std::to_string(port.tx_queues) + " transmit queues, " +
           std::string(text_of(port.filter)) + (port.shares_frames ? "" : ", shares no frames") +
           (port.link_up ? ", link up" : ", link down");
}

Expected<std::unique_ptr<Port>> open_port(Dataplane::State& state, const PortRequest& request) {
    auto port = Port::open(request, state.eal->log(), state.log);
    if (port) {
        state.log(LogLevel::info, description((*port)->view()) +
                                      ((*port)->has_rx_interrupts() ? ", receive interrupts" : ""));
    }
    return port;
}

}  // namespace

const PoolPair& Dataplane::State::pool_of(WorkerIndex worker) const {
    const int node = node_of(*this, worker);
    return *std::find_if(pools.begin(), pools.end(),
                         [&](const PoolPair& pair) { return pair.node() == node; });
}

bool Dataplane::State::sleeps(WorkerIndex worker) const {
    // Polling without a pause would take the CPU from the thread that shares it.
    return settings.workers.idle == IdlePolicy::adaptive || cores().is_shared(worker);
}

Expected<> open_devices(Dataplane::State& state) {
    if (auto created = create_pools(state); !created) {
        return created;
    }
    const auto& settings = state.settings.ports;
    state.kernel_ports.resize(settings.size());
    for (PortIndex index = 0; index < settings.size(); ++index) {
        auto port = open_port(state, request_for(state, index));
        if (!port) {
            return tl::make_unexpected(port.error());
        }
        state.ports.push_back(std::move(*port));
    }
    for (PortIndex index = 0; index < settings.size(); ++index) {
        if (!settings[index].kernel_port) {
            continue;
        }
        auto port = open_port(state, kernel_request_for(state, index));
        if (!port) {
            return tl::make_unexpected(port.error());
        }
        state.kernel_ports[index] = std::move(*port);
    }
    return {};
}

}  // namespace mgmd::dataplane
