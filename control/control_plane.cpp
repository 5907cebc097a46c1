// SPDX-License-Identifier: Apache-2.0
#include "control/control_plane.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace mgmd {
namespace {

/// Items of one ring per round of the loop: bounds how long timers wait behind a flood.
constexpr std::size_t kDrainLimit = 1024;

/// How often retired entries are reused and links looked at.
constexpr std::chrono::milliseconds kHousekeepingInterval{100};

std::vector<TableId> table_ids(const Settings& settings) {
    std::vector<TableId> ids{0};
    for (const auto& interface : settings.interfaces) {
        ids.push_back(interface.table);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

}  // namespace

ControlPlane::ControlPlane(const Settings& settings, const Clock& clock, EventLoop& loop,
                           Doors doors)
    : settings_(settings),
      clock_(clock),
      loop_(loop),
      doors_(std::move(doors)),
      table_ids_(table_ids(settings)),
      ipv4_budget_(settings.limits.entries, table_ids_.size()),
      ipv6_budget_(settings.limits.entries, table_ids_.size()),
      plugins_({settings, clock, loop.io(),
                [this](std::function<void()> task) { loop_.post(std::move(task)); }},
               [this](TableId table) {
                   return plugin::Managers{ipv4_.at(table)->manager(), ipv6_.at(table)->manager()};
               }),
      link_changes_(settings.interfaces.size() + 1),
      port_errors_(settings.ports.size()),
      mgm_timer_(loop),
      housekeeping_timer_(loop) {
    const auto doors_of_clients = membership_doors();
    for (std::size_t party = 0; party < table_ids_.size(); ++party) {
        const TableId table = table_ids_[party];
        ipv4_[table] = std::make_unique<TableControl<V4>>(
            settings, table, doors_.ipv4, doors_of_clients, EntryShare(ipv4_budget_, party));
        ipv6_[table] = std::make_unique<TableControl<V6>>(
            settings, table, doors_.ipv6, doors_of_clients, EntryShare(ipv6_budget_, party));
    }
}

MembershipDoors ControlPlane::membership_doors() {
    return {clock_, [this](std::function<void()> task) { loop_.post(std::move(task)); },
            doors_.inject,
            [this](PortIndex port) {
                const auto ports = doors_.view.ports();
                return port < ports.size() ? ports[port].mac : MacAddress{};
            },
            reporter_};
}

Expected<> ControlPlane::start() {
    find_links();
    for (const auto& [table, control] : ipv4_) {
        if (auto started = control->start(); !started) {
            return started;
        }
    }
    for (const auto& [table, control] : ipv6_) {
        if (auto started = control->start(); !started) {
            return started;
        }
    }
    if (auto started = plugins_.start(); !started) {
        return started;
    }
    add_rings();
    schedule_housekeeping();
    return {};
}

void ControlPlane::add_rings() {
    // Reports before data events: a stream's first packet finds the receivers that came before it.
    for (const auto& rings : doors_.workers) {
        auto& ring = rings.control_packets;
        loop_.add_source(
            {.drain =
                 [this, &ring] {
                     ring.drain([this](const ControlPacket& packet) { on_control_packet(packet); },
                                kDrainLimit);
                 },
             .empty = [&ring] { return ring.empty(); }});
    }
    for (const auto& rings : doors_.workers) {
        auto& ring = rings.events;
        loop_.add_source({.drain =
                              [this, &ring] {
                                  ring.drain([this](const Event& event) { on_event(event); },
                                             kDrainLimit);
                              },
                          .empty = [&ring] { return ring.empty(); }});
    }
    // Every round may have moved a deadline.
    loop_.add_source({.drain = [this] { schedule_timers(); }, .empty = [] { return true; }});
}

void ControlPlane::drain() {
    for (const auto& rings : doors_.workers) {
        rings.control_packets.drain([this](const ControlPacket& p) { on_control_packet(p); });
        rings.events.drain([this](const Event& event) { on_event(event); });
    }
}

void ControlPlane::on_event(const Event& event) {
    switch (event.kind) {
        case EventKind::no_entry:
        case EventKind::hold_overflow:
        case EventKind::wrong_interface:
        case EventKind::arrival:
        case EventKind::threshold:
            if (event.family == Family::ipv4) {
                on_flow_event<V4>(event);
            } else {
                on_flow_event<V6>(event);
            }
            break;
        case EventKind::link_state:
            ++events_.link_state;
            set_link(event.port, event.value != 0);
            break;
        case EventKind::port_error:
            on_port_error(event);
            break;
    }
}

template <class F>
void ControlPlane::on_flow_event(const Event& event) {
    const auto table = tables<F>().find(event.table);
    if (table == tables<F>().end()) {
        return;  // workers know the tables of the same settings only
    }
    auto& manager = table->second->manager();
    switch (event.kind) {
        case EventKind::no_entry:
            ++events_.no_entry;
            return manager.on_no_entry(event);
        case EventKind::hold_overflow:
            events_.hold_overflow += event.value;
            return manager.on_hold_overflow(event);
        case EventKind::wrong_interface:
            ++events_.wrong_interface;
            return manager.on_wrong_interface(event);
        case EventKind::arrival:
            ++events_.arrival;
            return manager.on_signal(event);
        case EventKind::threshold:
            ++events_.threshold;
            return manager.on_signal(event);
        default:
            return;
    }
}

void ControlPlane::find_links() {
    // The dataplane tells of changes only; routes are up until told otherwise.
    const auto ports = doors_.view.ports();
    for (std::size_t port = 0; port < ports.size(); ++port) {
        if (!ports[port].link_up) {
            set_link(static_cast<PortIndex>(port), false);
        }
    }
}

void ControlPlane::set_link(PortIndex port, bool up) {
    for (const auto& interface : settings_.interfaces) {
        if (interface.port != port) {
            continue;
        }
        link_changes_[interface.index](clock_.now(), [&](const std::string& more) {
            spdlog::info("interface {}: link {}{}", interface.name, up ? "up" : "down", more);
        });
        report_link(interface, up);
        ipv4_.at(interface.table)->on_interface_state(interface.index, up);
        ipv6_.at(interface.table)->on_interface_state(interface.index, up);
        plugins_.on_interface_state(interface.index, up);
    }
}

void ControlPlane::report_link(const InterfaceSettings& interface, bool up) const {
    reporter_.in_table(interface.table)
        .on_interface(interface.index)(NoticeKind::link, up ? "up" : "down",
                                       [](monitor::Notice&) {});
}

void ControlPlane::on_port_error(const Event& event) {
    ++events_.port_error;
    const auto ports = doors_.view.ports();
    if (event.port >= std::min(ports.size(), port_errors_.size())) {
        return;
    }
    const auto& port = ports[event.port];
    reporter_(NoticeKind::link, "errors", [&](monitor::Notice& notice) {
        notice.count = event.value;
        notice.details = "port " + port.name + ": errors and losses";
    });
    port_errors_[event.port](clock_.now(), [&](const std::string& more) {
        spdlog::warn(
            "port {}: {} errors and losses; in all {} frames missed, {} without a buffer, {} "
            "receive errors, {} transmit errors{}",
            port.name, event.value, port.rx_missed, port.rx_no_mbuf, port.rx_errors, port.tx_errors,
            more);
    });
}

void ControlPlane::on_control_packet(const ControlPacket& packet) {
    switch (packet.protocol) {
        case ControlProtocol::igmp:
            ++events_.igmp;
            on_membership_packet<V4>(packet);
            break;
        case ControlProtocol::mld:
            ++events_.mld;
            on_membership_packet<V6>(packet);
            break;
        default:
            ++events_.other_control;
            break;
    }
}

template <class F>
void ControlPlane::on_membership_packet(const ControlPacket& packet) {
    if (const auto* interface = settings_.interface(packet.interface)) {
        tables<F>().at(interface->table)->on_membership_packet(packet);
    }
}

void ControlPlane::schedule_timers() {
    std::optional<TimePoint> next;
    const auto consider = [&next](const std::optional<TimePoint>& deadline) {
        if (deadline && (!next || *deadline < *next)) {
            next = deadline;
        }
    };
    for (const auto& [table, control] : ipv4_) {
        consider(control->next_deadline());
    }
    for (const auto& [table, control] : ipv6_) {
        consider(control->next_deadline());
    }
    if (next == mgm_deadline_) {
        return;
    }
    mgm_deadline_ = next;
    mgm_timer_.cancel();
    if (next) {
        mgm_timer_.at(*next, [this] { run_timers(); });
    }
}

void ControlPlane::run_timers() {
    // The loop arms the timer again, after a look at the rings: a long list of due entries goes in
    // slices between them.
    mgm_deadline_.reset();
    for (const auto& [table, control] : ipv4_) {
        control->run_timers(clock_.now());
    }
    for (const auto& [table, control] : ipv6_) {
        control->run_timers(clock_.now());
    }
}

void ControlPlane::schedule_housekeeping() {
    housekeeping_timer_.after(kHousekeepingInterval, [this] {
        housekeeping();
        schedule_housekeeping();
    });
}

void ControlPlane::housekeeping() {
    doors_.ipv4.reclaim();
    doors_.ipv6.reclaim();
    warn_of_stalled_worker();
    if (worker_watch_.due(clock_.now())) {
        worker_watch_.look(doors_.view.workers(), clock_.now(), reporter_);
    }
    drop_watch_.look(doors_.view, clock_.now());
    ipv4_watch_.look(doors_.ipv4.usage());
    ipv6_watch_.look(doors_.ipv6.usage());
    doors_.ops.reclaim();
    doors_.ops.poll_links();
    doors_.ops.poll_thresholds();
    doors_.port_events.drain([this](const Event& event) { on_event(event); });
}

void ControlPlane::warn_of_stalled_worker() {
    const auto ipv4 = doors_.ipv4.usage().grace_stalled;
    const auto stalled = ipv4 ? ipv4 : doors_.ipv6.usage().grace_stalled;
    if (stalled && !grace_warned_) {
        reporter_(NoticeKind::worker, "stalled", [&](monitor::Notice& notice) {
            notice.details =
                fmt::format("worker {} passes no quiescent state: changes wait for it", *stalled);
        });
        stalls_(clock_.now(), [&](const std::string& more) {
            spdlog::warn("worker {} has not passed a quiescent state for over a second{}", *stalled,
                         more);
        });
    }
    grace_warned_ = stalled.has_value();
}

void ControlPlane::visit_flows(const FlowVisitor& visit) const {
    for (const auto& [table, control] : ipv4_) {
        control->visit_flows(visit);
    }
    for (const auto& [table, control] : ipv6_) {
        control->visit_flows(visit);
    }
}

FlowExtract ControlPlane::flows(std::size_t most) const {
    BusiestFlows flows(most);
    for (const auto& [table, control] : ipv4_) {
        control->extract_flows(flows);
    }
    for (const auto& [table, control] : ipv6_) {
        control->extract_flows(flows);
    }
    return flows.take();
}

std::vector<MembershipSummary> ControlPlane::memberships() const {
    std::vector<MembershipSummary> memberships;
    for (const auto& [table, control] : ipv4_) {
        control->append_memberships(memberships);
    }
    for (const auto& [table, control] : ipv6_) {
        control->append_memberships(memberships);
    }
    return memberships;
}

std::vector<ProxySummary> ControlPlane::proxies() const {
    std::vector<ProxySummary> proxies;
    for (const auto& [table, control] : ipv4_) {
        control->append_proxies(proxies);
    }
    for (const auto& [table, control] : ipv6_) {
        control->append_proxies(proxies);
    }
    return proxies;
}

EventSummary ControlPlane::events() const {
    auto summary = events_;
    for (const auto& rings : doors_.workers) {
        summary.refused += rings.events.refused() + rings.control_packets.refused();
    }
    return summary;
}

RefusalSummary ControlPlane::refusals() const {
    RefusalSummary summary;
    const auto add = [&summary](const mgm::Usage& usage) {
        summary.memberships += usage.refused_memberships;
        summary.entries += usage.refused_entries;
        summary.replaced_negatives += usage.replaced_negatives;
        summary.outgoing += usage.refused_outgoing;
    };
    for (const auto& [table, control] : ipv4_) {
        add(control->manager().usage());
    }
    for (const auto& [table, control] : ipv6_) {
        add(control->manager().usage());
    }
    for (const TableUsage& usage : {doors_.ipv4.usage(), doors_.ipv6.usage()}) {
        summary.table_changes += usage.refused;
        summary.answers += usage.refused_answers;
        summary.unattributed_exceptions += usage.unattributed_exceptions;
    }
    return summary;
}

}  // namespace mgmd
