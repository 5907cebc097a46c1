// SPDX-License-Identifier: Apache-2.0
#include "control/metrics/flow_walk.hpp"

namespace mgmd::metrics {

template <class F>
bool FlowWalk::step(Position<F>& position) {
    const auto& tables = control_.tables<F>();
    auto at = tables.begin();
    if (position.table) {
        at = position.in_table ? tables.lower_bound(*position.table)
                               : tables.upper_bound(*position.table);
    }
    if (at == tables.end()) {
        return false;
    }
    if (position.table != at->first) {
        position = {at->first, std::nullopt, true};
    }
    constexpr std::size_t kPageOctets = mgm::mfe_stats_octets<F>(kMaxOutgoing);
    auto& control = *at->second;
    const auto page = position.last ? control.manager().next_mfes_stats(*position.last, kPageOctets)
                                    : control.manager().first_mfes_stats(kPageOctets);
    if (!page || page->records.empty()) {
        position.in_table = false;
        return true;
    }
    for (const auto& stats : page->records) {
        flows_.add(stats.packets + stats.negative_hits,
                   [&] { return control.flow(stats.key).value_or(FlowSummary{}); });
    }
    position.last = page->records.back().key;
    return true;
}

bool FlowWalk::step() {
    return step(ipv4_) || step(ipv6_);
}

}  // namespace mgmd::metrics
