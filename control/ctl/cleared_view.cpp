// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/cleared_view.hpp"

#include <algorithm>

namespace mgmd::ctl {
namespace {

/// Sums over workers are a moment's blur: one may be a little behind what it was.
void subtract(std::uint64_t& counter, std::uint64_t base) {
    counter -= std::min(counter, base);
}

/// What is held now is no counter.
void subtract(VerdictCounters& verdicts, const VerdictCounters& base) {
    for (const auto counter : {&VerdictCounters::received, &VerdictCounters::forwarded,
                               &VerdictCounters::punted, &VerdictCounters::punt_copies}) {
        subtract(verdicts.*counter, base.*counter);
    }
    for (std::size_t reason = 0; reason < verdicts.dropped.size(); ++reason) {
        subtract(verdicts.dropped[reason], base.dropped[reason]);
    }
}

}  // namespace

ClearedView::ClearedView(const DataplaneView& view, const Settings& settings)
    : view_(view), settings_(settings) {}

void ClearedView::clear() {
    interfaces_.clear();
    for (const auto& interface : settings_.interfaces) {
        interfaces_.push_back(view_.interface_counters(interface.index));
    }
    verdicts_ = view_.verdicts();
    workers_ = view_.workers();
    ports_ = view_.ports();
}

InterfaceCounters ClearedView::interface_counters(InterfaceIndex interface) const {
    auto counters = view_.interface_counters(interface);
    if (interface == kNoInterface || interface > interfaces_.size()) {
        return counters;
    }
    const auto& base = interfaces_[interface - 1];
    for (const auto counter :
         {&InterfaceCounters::rx_packets, &InterfaceCounters::rx_octets,
          &InterfaceCounters::tx_packets, &InterfaceCounters::tx_octets,
          &InterfaceCounters::ttl_too_low, &InterfaceCounters::too_big,
          &InterfaceCounters::discarded, &InterfaceCounters::unreported_wrong_interface}) {
        subtract(counters.*counter, base.*counter);
    }
    return counters;
}

VerdictCounters ClearedView::verdicts() const {
    auto verdicts = view_.verdicts();
    subtract(verdicts, verdicts_);
    return verdicts;
}

std::vector<WorkerView> ClearedView::workers() const {
    auto workers = view_.workers();
    for (std::size_t i = 0; i < std::min(workers.size(), workers_.size()); ++i) {
        for (const auto counter :
             {&WorkerView::polls, &WorkerView::busy_polls, &WorkerView::busy_cycles,
              &WorkerView::events_refused, &WorkerView::control_packets_refused,
              &WorkerView::injected, &WorkerView::inject_errors, &WorkerView::packet_too_big_sent,
              &WorkerView::packet_too_big_suppressed, &WorkerView::from_kernel,
              &WorkerView::from_kernel_discarded}) {
            subtract(workers[i].*counter, workers_[i].*counter);
        }
        subtract(workers[i].verdicts, workers_[i].verdicts);
        if (workers[i].stage_cycles && workers_[i].stage_cycles) {
            for (std::size_t stage = 0; stage < kStages; ++stage) {
                subtract((*workers[i].stage_cycles)[stage], (*workers_[i].stage_cycles)[stage]);
            }
        }
    }
    return workers;
}

std::vector<PortView> ClearedView::ports() const {
    auto ports = view_.ports();
    for (std::size_t i = 0; i < std::min(ports.size(), ports_.size()); ++i) {
        for (const auto counter :
             {&PortView::rx_packets, &PortView::tx_packets, &PortView::rx_missed,
              &PortView::rx_errors, &PortView::tx_errors, &PortView::rx_no_mbuf}) {
            subtract(ports[i].*counter, ports_[i].*counter);
        }
    }
    return ports;
}

}  // namespace mgmd::ctl
