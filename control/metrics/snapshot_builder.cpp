// SPDX-License-Identifier: Apache-2.0
#include "control/metrics/snapshot_builder.hpp"

#include <algorithm>
#include <utility>

#include "control/resident_memory.hpp"

namespace mgmd::metrics {
namespace {

constexpr std::size_t kInterfacesAtOnce = 64;

template <class Ring>
RingFigures figures_of(const Ring& ring) {
    return {ring.fill(), ring.capacity(), ring.refused()};
}

}  // namespace

SnapshotBuilder::SnapshotBuilder(const Settings& settings, const Clock& clock,
                                 ControlPlane& control, Publish publish)
    : settings_(settings),
      clock_(clock),
      control_(control),
      publish_(std::move(publish)),
      started_(std::chrono::system_clock::now()) {}

void SnapshotBuilder::want() {
    if (is_busy()) {
        return;
    }
    if (newest_ != nullptr && clock_.now() < good_until_) {
        publish_(newest_);
        return;
    }
    begin();
}

void SnapshotBuilder::begin() {
    begun_ = clock_.now();
    building_ = std::make_shared<Snapshot>();
    auto& snapshot = *building_;
    const auto& doors = control_.doors();
    snapshot.taken = begun_;
    snapshot.started = started_;
    snapshot.resident_octets = resident_octets();
    snapshot.verdicts = doors.view.verdicts();
    snapshot.ports = doors.view.ports();
    snapshot.pools = doors.view.pools();
    snapshot.entries_limit = settings_.limits.entries;
    snapshot.negative_entries_limit = settings_.limits.negative_entries;
    snapshot.events = control_.events();
    snapshot.refusals = control_.refusals();
    snapshot.memberships = control_.memberships();
    snapshot.proxies = control_.proxies();
    add_workers();
    add_table<V4>(Family::ipv4, doors.ipv4.usage());
    add_table<V6>(Family::ipv6, doors.ipv6.usage());
    walk_.emplace(control_, settings_.metrics.flows);
}

void SnapshotBuilder::add_workers() {
    const auto& doors = control_.doors();
    const auto views = doors.view.workers();
    const auto hz = static_cast<double>(std::max<std::uint64_t>(doors.view.cycles_per_second(), 1));
    for (std::size_t i = 0; i < views.size(); ++i) {
        WorkerFigures worker;
        worker.worker = i;
        worker.view = views[i];
        worker.cycles_per_second = hz;
        worker.stalled =
            doors.ipv4.usage().grace_stalled == i || doors.ipv6.usage().grace_stalled == i;
        if (i < doors.workers.size()) {
            worker.events = figures_of(doors.workers[i].events);
            worker.control_packets = figures_of(doors.workers[i].control_packets);
        }
        building_->workers.push_back(std::move(worker));
    }
}

template <class F>
void SnapshotBuilder::add_table(Family family, const TableUsage& usage) {
    building_->tables.push_back({family, usage});
    for (const auto& [table, control] : control_.tables<F>()) {
        building_->managers.push_back({family, table, control->manager().usage()});
    }
}

void SnapshotBuilder::step() {
    if (is_busy() && !add_interfaces() && !walk_->step()) {
        finish();
    }
}

bool SnapshotBuilder::add_interfaces() {
    auto& figures = building_->interfaces;
    const auto& ports = building_->ports;
    const auto end = std::min(settings_.interfaces.size(), figures.size() + kInterfacesAtOnce);
    if (figures.size() >= end) {
        return false;
    }
    for (std::size_t i = figures.size(); i < end; ++i) {
        const auto& interface = settings_.interfaces[i];
        InterfaceFigures each{
            interface.name, "", interface.vlan, interface.outer_vlan, interface.table, false, {}};
        if (interface.port < ports.size()) {
            each.port = ports[interface.port].name;
            each.up = ports[interface.port].link_up;
        }
        each.counters = control_.doors().view.interface_counters(interface.index);
        figures.push_back(std::move(each));
    }
    return true;
}

void SnapshotBuilder::finish() {
    building_->flows = walk_->take();
    walk_.reset();
    newest_ = std::exchange(building_, nullptr);
    const auto now = clock_.now();
    good_until_ = now + std::max<Duration>(kLeastAge, (now - begun_) * kRest);
    publish_(newest_);
}

}  // namespace mgmd::metrics
