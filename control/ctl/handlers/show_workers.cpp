// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

template <class Ring>
Json fill_of(const Ring& ring) {
    return {{"fill", ring.fill()}, {"capacity", ring.capacity()}, {"refused", ring.refused()}};
}

/// Left out of the row without a divisor.
void add_ratio(Json& row, const char* key, std::uint64_t dividend, std::uint64_t divisor) {
    if (divisor > 0) {
        row[key] = static_cast<double>(dividend) / static_cast<double>(divisor);
    }
}

Json row_of(const Context& context, const WorkerView& worker) {
    const auto& verdicts = worker.verdicts;
    Json row{{"lcore", worker.lcore},           {"received", verdicts.received},
             {"forwarded", verdicts.forwarded}, {"dropped", verdicts.dropped_total()},
             {"to_control", verdicts.punted},   {"held_packets", verdicts.held},
             {"held_flows", worker.held_flows}, {"polls", worker.polls},
             {"busy_polls", worker.busy_polls}};
    add_ratio(row, "packets_per_poll", verdicts.received, worker.busy_polls);
    add_ratio(row, "cycles_per_packet", worker.busy_cycles, verdicts.received);
    const auto cycles_per_second = context.view.cycles_per_second();
    if (cycles_per_second > 0) {
        row["busy_s"] =
            static_cast<double>(worker.busy_cycles) / static_cast<double>(cycles_per_second);
    }
    const auto cycles =
        in_seconds(context.clock.now() - context.cleared) * static_cast<double>(cycles_per_second);
    if (cycles > 0) {
        const auto busy = static_cast<double>(worker.busy_cycles) / cycles;
        row["idle_share"] = std::clamp(1.0 - busy, 0.0, 1.0);
    }
    if (worker.stage_cycles) {
        Json stages = Json::object();
        for (std::size_t stage = 0; stage < kStages; ++stage) {
            stages[std::string(kStageNames[stage])] = (*worker.stage_cycles)[stage];
        }
        row["stage_cycles"] = std::move(stages);
    }
    row["injected"] = worker.injected;
    row["inject_errors"] = worker.inject_errors;
    row["from_kernel"] = worker.from_kernel;
    return row;
}

}  // namespace

Outcome<AnswerPtr> show_workers(Context& context, const Arguments& /*arguments*/) {
    const auto workers = context.view.workers();
    const auto& rings = context.control.doors().workers;
    std::vector<Json> rows;
    for (std::size_t i = 0; i < workers.size(); ++i) {
        Json row{{"worker", i}};
        row.update(row_of(context, workers[i]));
        if (i < rings.size()) {
            row["events"] = fill_of(rings[i].events);
            row["control_packets"] = fill_of(rings[i].control_packets);
        }
        rows.push_back(std::move(row));
    }
    return answer(std::move(rows));
}

}  // namespace mgmd::ctl
