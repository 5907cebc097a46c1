// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <prometheus/metric_family.h>
#include <string>

#include "control/metrics/families.hpp"

namespace mgmd::metrics::test {

/// A snapshot with something of everything, whose counters all are `count`.
inline Snapshot sample_snapshot(std::uint64_t count = 7) {
    Snapshot snapshot;
    snapshot.verdicts.dropped.fill(count);
    WorkerFigures worker;
    worker.worker = 3;
    worker.view.verdicts.received = count;
    worker.view.stage_cycles = StageCycles{};
    worker.view.stage_cycles->fill(count);
    worker.events = {count, 4096, count};
    snapshot.workers.push_back(worker);
    PortView port;
    port.name = "lan";
    port.driver = "net_null";
    port.rx_missed = count;
    snapshot.ports.push_back(port);
    InterfaceFigures interface;
    interface.name = "left";
    interface.port = "lan";
    interface.counters.tx_packets = count;
    snapshot.interfaces.push_back(interface);
    snapshot.pools.push_back({"packets", 1000, 10});
    snapshot.tables.push_back({Family::ipv4, {}});
    snapshot.managers.push_back({Family::ipv6, 4, {}});
    MembershipSummary membership;
    membership.interface = "left";
    membership.protocol = "igmp";
    membership.role = "querier";
    membership.querier = "10.2.0.1";
    membership.counters = {{"reports_received", count}, {"group_limit", count}};
    snapshot.memberships.push_back(membership);
    ProxySummary proxy;
    proxy.interface = "wan";
    proxy.family = "ipv4";
    proxy.side = "upstream";
    proxy.state = "in use";
    proxy.counters = {{"reports_sent", count}};
    snapshot.proxies.push_back(proxy);
    FlowSummary flow;
    flow.source = "10.1.0.10";
    flow.group = "239.1.1.1";
    flow.packets = count;
    flow.outgoing = {{"left", count, 1, 2, 3}, {"right", count, 4, 5, 6}};
    snapshot.flows.flows.push_back(flow);
    return snapshot;
}

using Family = prometheus::MetricFamily;

inline std::map<std::string, Family> by_name(const Snapshot& snapshot, TimePoint now = {}) {
    std::map<std::string, Family> families;
    for (auto& family : families_of(snapshot, now)) {
        const auto name = family.name;
        families.emplace(name, std::move(family));
    }
    return families;
}

inline double value_of(const Family& family, std::size_t sample = 0) {
    const auto& metric = family.metric.at(sample);
    return family.type == prometheus::MetricType::Counter ? metric.counter.value
                                                          : metric.gauge.value;
}

}  // namespace mgmd::metrics::test
