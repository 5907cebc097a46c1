// SPDX-License-Identifier: Apache-2.0
// Workers, ports and interfaces.
#include <array>

#include "control/metrics/families.hpp"

namespace mgmd::metrics {
namespace {

using Worker = WorkerFigures;

constexpr std::array kWorkers{
    counter<Worker>("mgmd_worker_received_packets_total", "Packets received.",
                    [](const Worker& w) { return number(w.view.verdicts.received); }),
    counter<Worker>("mgmd_worker_forwarded_packets_total",
                    "Packets forwarded, each counted once however many copies it made.",
                    [](const Worker& w) { return number(w.view.verdicts.forwarded); }),
    counter<Worker>("mgmd_worker_dropped_packets_total", "Packets dropped, for any reason.",
                    [](const Worker& w) { return number(w.view.verdicts.dropped_total()); }),
    counter<Worker>("mgmd_worker_punted_packets_total",
                    "Packets that ended with control or the kernel.",
                    [](const Worker& w) { return number(w.view.verdicts.punted); }),
    counter<Worker>("mgmd_worker_punt_copies_total",
                    "Copies for control or the kernel of packets that had another end.",
                    [](const Worker& w) { return number(w.view.verdicts.punt_copies); }),
    gauge<Worker>("mgmd_worker_held_packets", "Packets that wait for their entry.",
                  [](const Worker& w) { return number(w.view.verdicts.held); }),
    gauge<Worker>("mgmd_worker_held_flows", "Flows whose packets wait for their entry.",
                  [](const Worker& w) { return number(w.view.held_flows); }),
    counter<Worker>("mgmd_worker_polls_total", "Rounds of the worker's loop.",
                    [](const Worker& w) { return number(w.view.polls); }),
    counter<Worker>("mgmd_worker_busy_polls_total", "Rounds that brought packets.",
                    [](const Worker& w) { return number(w.view.busy_polls); }),
    counter<Worker>(
        "mgmd_worker_busy_seconds_total", "Time spent in such rounds.",
        [](const Worker& w) { return number(w.view.busy_cycles) / w.cycles_per_second; }),
    counter<Worker>("mgmd_worker_injected_packets_total", "Packets of control's that were sent.",
                    [](const Worker& w) { return number(w.view.injected); }),
    counter<Worker>("mgmd_worker_inject_errors_total", "Packets of control's that were not sent.",
                    [](const Worker& w) { return number(w.view.inject_errors); }),
    counter<Worker>("mgmd_worker_packet_too_big_sent_total", "ICMPv6 Packet Too Big messages sent.",
                    [](const Worker& w) { return number(w.view.packet_too_big_sent); }),
    counter<Worker>("mgmd_worker_packet_too_big_suppressed_total",
                    "ICMPv6 Packet Too Big messages not sent.",
                    [](const Worker& w) { return number(w.view.packet_too_big_suppressed); }),
    counter<Worker>("mgmd_worker_kernel_packets_total", "Packets of the kernel's that were sent.",
                    [](const Worker& w) { return number(w.view.from_kernel); }),
    counter<Worker>("mgmd_worker_kernel_discarded_packets_total",
                    "Packets of the kernel's that were not sent.",
                    [](const Worker& w) { return number(w.view.from_kernel_discarded); }),
    gauge<Worker>("mgmd_worker_stalled",
                  "1: the worker has held up the tables' memory for over a second.",
                  [](const Worker& w) { return number(w.stalled); }),
};

std::string label_of(const Worker& worker) {
    return std::to_string(worker.worker);
}

void add_stages(const Snapshot& snapshot, FamilyList& list) {
    list.begin(prometheus::MetricType::Counter, "mgmd_worker_stage_seconds_total",
               "Time spent in each stage, with workers.stage_cycles.");
    for (const auto& worker : snapshot.workers) {
        for (std::size_t stage = 0; worker.view.stage_cycles && stage < kStages; ++stage) {
            list.sample(number((*worker.view.stage_cycles)[stage]) / worker.cycles_per_second,
                        {{"worker", label_of(worker)}, {"stage", std::string(kStageNames[stage])}});
        }
    }
}

/// A ring between a worker and control.
struct Ring {
    std::string worker;
    const char* name;
    const RingFigures* figures;
};

constexpr std::array kRings{
    gauge<Ring>("mgmd_worker_ring_items", "What waits for control in the ring.",
                [](const Ring& r) { return number(r.figures->items); }),
    gauge<Ring>("mgmd_worker_ring_capacity_items", "What the ring has room for.",
                [](const Ring& r) { return number(r.figures->capacity); }),
    counter<Ring>("mgmd_worker_ring_refused_total", "What the ring had no room for.",
                  [](const Ring& r) { return number(r.figures->refused); }),
};

constexpr std::array kPorts{
    gauge<PortView>("mgmd_port_up", "1: the link is up.",
                    [](const PortView& p) { return number(p.link_up); }),
    gauge<PortView>("mgmd_port_mtu_bytes", "Longest IP packet.",
                    [](const PortView& p) { return number(p.mtu); }),
    counter<PortView>("mgmd_port_receive_packets_total", "Frames received, by the device's count.",
                      [](const PortView& p) { return number(p.rx_packets); }),
    counter<PortView>("mgmd_port_transmit_packets_total", "Frames sent, by the device's count.",
                      [](const PortView& p) { return number(p.tx_packets); }),
    counter<PortView>("mgmd_port_receive_missed_packets_total",
                      "Frames lost because no worker fetched them in time.",
                      [](const PortView& p) { return number(p.rx_missed); }),
    counter<PortView>("mgmd_port_receive_no_buffer_total",
                      "Frames lost because the packet pool was empty.",
                      [](const PortView& p) { return number(p.rx_no_mbuf); }),
    counter<PortView>("mgmd_port_receive_errors_total", "Frames received damaged.",
                      [](const PortView& p) { return number(p.rx_errors); }),
    counter<PortView>("mgmd_port_transmit_errors_total", "Frames that the device failed to send.",
                      [](const PortView& p) { return number(p.tx_errors); }),
};

using Interface = InterfaceFigures;

constexpr std::array kInterfaces{
    gauge<Interface>("mgmd_interface_up", "1: the link of its port is up.",
                     [](const Interface& i) { return number(i.up); }),
    counter<Interface>("mgmd_interface_receive_packets_total", "Packets received.",
                       [](const Interface& i) { return number(i.counters.rx_packets); }),
    counter<Interface>("mgmd_interface_receive_bytes_total", "Frames received, without FCS.",
                       [](const Interface& i) { return number(i.counters.rx_octets); }),
    counter<Interface>("mgmd_interface_transmit_packets_total", "Copies handed to the device.",
                       [](const Interface& i) { return number(i.counters.tx_packets); }),
    counter<Interface>("mgmd_interface_transmit_bytes_total", "Frames handed to the device.",
                       [](const Interface& i) { return number(i.counters.tx_octets); }),
    counter<Interface>("mgmd_interface_ttl_too_low_total",
                       "Copies left out because of the interface's TTL threshold.",
                       [](const Interface& i) { return number(i.counters.ttl_too_low); }),
    counter<Interface>("mgmd_interface_too_big_total", "Copies longer than the MTU allows.",
                       [](const Interface& i) { return number(i.counters.too_big); }),
    counter<Interface>("mgmd_interface_discarded_total",
                       "Copies for want of a buffer, of room in a queue or of a link.",
                       [](const Interface& i) { return number(i.counters.discarded); }),
    counter<Interface>(
        "mgmd_interface_unreported_wrong_interface_total",
        "Packets on the wrong interface past the rate at which control is told.",
        [](const Interface& i) { return number(i.counters.unreported_wrong_interface); }),
};

}  // namespace

void add_workers(const Snapshot& snapshot, FamilyList& list) {
    list.table(snapshot.workers, kWorkers, [](const Worker& worker) {
        return Labels{{"worker", label_of(worker)}};
    });
    add_stages(snapshot, list);
    std::vector<Ring> rings;
    for (const auto& worker : snapshot.workers) {
        rings.push_back({label_of(worker), "events", &worker.events});
        rings.push_back({label_of(worker), "control_packets", &worker.control_packets});
    }
    list.table(rings, kRings, [](const Ring& ring) {
        return Labels{{"worker", ring.worker}, {"ring", ring.name}};
    });
}

void add_ports(const Snapshot& snapshot, FamilyList& list) {
    list.begin(prometheus::MetricType::Gauge, "mgmd_port_info",
               "1, and what the port is in labels.");
    for (const auto& port : snapshot.ports) {
        list.sample(1,
                    {{"port", port.name}, {"driver", port.driver}, {"mac", to_string(port.mac)}});
    }
    list.table(snapshot.ports, kPorts, [](const PortView& port) {
        return Labels{{"port", port.name}};
    });
    list.begin(prometheus::MetricType::Gauge, "mgmd_pool_buffers", "Packet buffers of the pool.");
    for (const auto& pool : snapshot.pools) {
        list.sample(pool.size, {{"pool", pool.name}});
    }
    list.begin(prometheus::MetricType::Gauge, "mgmd_pool_buffers_in_use",
               "Those in queues, in workers' hands, or held.");
    for (const auto& pool : snapshot.pools) {
        list.sample(pool.in_use, {{"pool", pool.name}});
    }
}

void add_interfaces(const Snapshot& snapshot, FamilyList& list) {
    list.begin(prometheus::MetricType::Gauge, "mgmd_interface_info",
               "1, and what the interface is in labels.");
    for (const auto& interface : snapshot.interfaces) {
        list.sample(1, {{"interface", interface.name},
                        {"port", interface.port},
                        {"vlan", std::to_string(interface.vlan)},
                        {"outer_vlan", std::to_string(interface.outer_vlan)},
                        {"table", std::to_string(interface.table)}});
    }
    list.table(snapshot.interfaces, kInterfaces, [](const Interface& interface) {
        return Labels{{"interface", interface.name}};
    });
}

}  // namespace mgmd::metrics
