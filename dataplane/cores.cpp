// SPDX-License-Identifier: Apache-2.0
#include "dataplane/cores.hpp"

#include <algorithm>
#include <sched.h>

namespace mgmd::dataplane {
namespace {

std::string listed(const std::vector<unsigned>& cpus) {
    std::string text;
    for (const auto cpu : cpus) {
        text += (text.empty() ? "" : ", ") + std::to_string(cpu);
    }
    return text;
}

tl::unexpected<Error> unavailable(std::string_view setting, unsigned cpu,
                                  const std::vector<unsigned>& cpus) {
    return fail(ExitCode::system, std::string(setting) + ": CPU " + std::to_string(cpu) +
                                      " can't be used; this process may run on " + listed(cpus));
}

}  // namespace

bool CorePlan::is_shared(WorkerIndex worker) const {
    const auto cpu = workers[worker];
    return cpu == control || std::count(workers.begin(), workers.end(), cpu) > 1;
}

std::string CorePlan::lcores() const {
    auto text = "0@" + std::to_string(control);
    for (std::size_t i = 0; i < workers.size(); ++i) {
        text += "," + std::to_string(i + 1) + "@" + std::to_string(workers[i]);
    }
    return text;
}

std::vector<unsigned> available_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<unsigned> cpus;
    if (sched_getaffinity(0, sizeof(set), &set) == 0) {
        for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (CPU_ISSET(cpu, &set)) {
                cpus.push_back(cpu);
            }
        }
    }
    return cpus.empty() ? std::vector<unsigned>{0} : cpus;
}

Expected<CorePlan> plan_cores(const WorkerSettings& settings, const std::vector<unsigned>& cpus) {
    const auto usable = [&](unsigned cpu) {
        return std::find(cpus.begin(), cpus.end(), cpu) != cpus.end();
    };
    if (settings.control_core && !usable(*settings.control_core)) {
        return unavailable("workers.control_core", *settings.control_core, cpus);
    }
    if (!settings.cores.empty() && settings.cores.size() != settings.count) {
        return fail(ExitCode::configuration,
                    "workers.cores: lists " + std::to_string(settings.cores.size()) + " CPUs for " +
                        std::to_string(settings.count) + " workers");
    }
    for (const auto cpu : settings.cores) {
        if (!usable(cpu)) {
            return unavailable("workers.cores", cpu, cpus);
        }
    }

    const auto is_workers = [&](unsigned cpu) {
        return std::find(settings.cores.begin(), settings.cores.end(), cpu) != settings.cores.end();
    };
    const auto left = std::find_if_not(cpus.begin(), cpus.end(), is_workers);
    CorePlan plan;
    plan.control = settings.control_core.value_or(left == cpus.end() ? cpus.front() : *left);
    plan.workers = settings.cores;
    auto others = cpus;
    std::erase(others, plan.control);
    if (others.empty()) {
        others = cpus;
    }
    for (std::size_t i = plan.workers.size(); i < settings.count; ++i) {
        plan.workers.push_back(others[i % others.size()]);
    }
    return plan;
}

}  // namespace mgmd::dataplane
