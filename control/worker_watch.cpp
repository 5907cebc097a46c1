// SPDX-License-Identifier: Apache-2.0
#include "control/worker_watch.hpp"

#include <string>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace mgmd {

bool WorkerWatch::due(TimePoint now) {
    if (now < next_) {
        return false;
    }
    next_ = now + kInterval;
    return true;
}

void WorkerWatch::look(std::span<const WorkerView> workers, TimePoint now,
                       const monitor::Reporter& reporter) {
    seen_.resize(workers.size(), Seen{.at = now});
    const auto report = [&](std::string_view what, std::size_t worker, const char* details) {
        reporter(NoticeKind::worker, what, [&](monitor::Notice& notice) {
            notice.details =
                fmt::format("worker {} (lcore {}){}", worker, workers[worker].lcore, details);
        });
    };
    for (std::size_t index = 0; index < workers.size(); ++index) {
        auto& seen = seen_[index];
        const auto& worker = workers[index];
        if (worker.polls != seen.polls) {
            if (seen.silent) {
                report("polls again", index, "");
                spdlog::info("worker {} (lcore {}) polls its queues again", index, worker.lcore);
            }
            seen = {worker.polls, now, false};
        } else if (!seen.silent && now - seen.at >= kSilence) {
            seen.silent = true;
            report("stalled", index, " does not poll its queues");
            limit_(now, [&](const std::string& more) {
                spdlog::warn(
                    "worker {} (lcore {}) has not polled its queues for {} s: a driver blocks it, "
                    "or its CPU is taken by others{}",
                    index, worker.lcore,
                    std::chrono::duration_cast<std::chrono::seconds>(now - seen.at).count(), more);
            });
        }
    }
}

std::optional<std::size_t> WorkerWatch::silent() const {
    for (std::size_t index = 0; index < seen_.size(); ++index) {
        if (seen_[index].silent) {
            return index;
        }
    }
    return std::nullopt;
}

}  // namespace mgmd
