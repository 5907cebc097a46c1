// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

/// EAL arguments that would contradict a setting, and that setting.
struct Managed {
    std::string_view argument;
    std::string_view setting;
};
constexpr Managed kManaged[] = {
    {"-l", "workers.cores"},           {"-c", "workers.cores"}, {"--lcores", "workers.cores"},
    {"--main-lcore", "workers.cores"}, {"--vdev", "ports"},     {"--no-huge", "memory.hugepages"},
};

void resolve_workers(Resolver& resolver) {
    const WorkerDraft& draft = resolver.draft.workers;
    WorkerSettings& settings = resolver.settings.workers;
    settings = draft;
    std::set<unsigned> seen;
    for (const auto& range : draft.core_ranges) {
        bool is_new = true;
        for (unsigned core = range.value.first; core <= range.value.last; ++core) {
            is_new &= seen.insert(core).second;
            settings.cores.push_back(core);
        }
        if (!is_new) {
            resolver.diagnostics.add(*range.node, "a CPU can have one worker only");
        }
    }
    const std::size_t cores = settings.cores.size();
    if (cores > kMaxWorkers) {
        resolver.diagnostics.add(at(*draft.node, "cores"),
                                 "more than " + std::to_string(kMaxWorkers) + " workers");
    }
    if (draft.given_count.node == nullptr) {
        settings.count = static_cast<std::uint16_t>(cores == 0 ? settings.count : cores);
        return;
    }
    settings.count = draft.given_count.value;
    if (cores != 0 && cores != settings.count) {
        resolver.diagnostics.add(*draft.given_count.node,
                                 "must be the number of cores listed, " + std::to_string(cores));
    }
}

void resolve_memory(Resolver& resolver) {
    const MemoryDraft& draft = resolver.draft.memory;
    resolver.settings.memory = draft;
    for (const auto& argument : draft.given_eal_args) {
        for (const Managed& managed : kManaged) {
            const std::string_view name =
                std::string_view(argument.value).substr(0, argument.value.find_first_of("= "));
            if (name == managed.argument) {
                resolver.diagnostics.add(
                    *argument.node, "mgmd sets this itself: use " + std::string(managed.setting));
            }
        }
        resolver.settings.memory.eal_args.push_back(argument.value);
    }
}

void resolve_limits(Resolver& resolver) {
    const LimitDraft& draft = resolver.draft.limits;
    resolver.settings.limits = draft;
    if (draft.negative_entries > draft.entries) {
        const bool is_given = child(*draft.node, "negative_entries") != nullptr;
        resolver.diagnostics.add(at(*draft.node, is_given ? "negative_entries" : "entries"),
                                 "negative_entries (" + std::to_string(draft.negative_entries) +
                                     ") must not exceed entries (" + std::to_string(draft.entries) +
                                     ')');
    }
}

void resolve_control_socket(Resolver& resolver) {
    const ControlSocketDraft& draft = resolver.draft.control_socket;
    resolver.settings.control_socket = draft;
    if (draft.node != nullptr && draft.node->kind == Node::Kind::mapping &&
        child(*draft.node, "path") == nullptr) {
        resolver.diagnostics.add(*draft.node, "has no effect without path");
    }
}

void resolve_metrics(Resolver& resolver) {
    const MetricsDraft& draft = resolver.draft.metrics;
    resolver.settings.metrics = draft;
    if (draft.node != nullptr && draft.node->kind == Node::Kind::mapping &&
        child(*draft.node, "listen") == nullptr) {
        resolver.diagnostics.add(*draft.node, "has no effect without listen");
    }
}

}  // namespace

void resolve_process(Resolver& resolver) {
    resolve_workers(resolver);
    resolve_memory(resolver);
    resolve_limits(resolver);
    resolve_control_socket(resolver);
    resolve_metrics(resolver);
    resolver.settings.replication = resolver.draft.replication;
    resolver.settings.timers = resolver.draft.timers;
    resolver.settings.log = resolver.draft.log;
}

}  // namespace mgmd::config
