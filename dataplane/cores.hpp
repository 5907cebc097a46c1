// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/settings.hpp"

namespace mgmd::dataplane {

/// On which CPU each thread runs. DPDK's lcore 0 is the control thread, lcore n + 1 worker n.
struct CorePlan {
    unsigned control = 0;
    std::vector<unsigned> workers;  ///< by WorkerIndex

    /// Another thread of ours runs on that worker's CPU: it must not poll without a pause.
    bool is_shared(WorkerIndex worker) const;
    /// The value of EAL's --lcores.
    std::string lcores() const;
};

/// Ascending numbers of the CPUs that the calling thread may run on.
std::vector<unsigned> available_cpus();

/// Places workers and control on `cpus`: as configured, else control on the first CPU and the
/// workers on those after it, around again when there are more workers than CPUs. Fails when a
/// configured CPU is not among them, or the count of cores is not that of workers.
Expected<CorePlan> plan_cores(const WorkerSettings& settings, const std::vector<unsigned>& cpus);

}  // namespace mgmd::dataplane
