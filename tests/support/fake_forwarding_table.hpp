// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "common/forwarding_table.hpp"

namespace mgmd::test {

/// A forwarding table of maps. Tests read `entries`, write `counts`, and make it refuse changes.
template <class F>
class FakeForwardingTable final : public ForwardingTable<F> {
public:
    std::map<RouteKey<F>, ForwardingEntry<F>> entries;
    std::map<RouteKey<F>, EntryCounters> counts;
    std::vector<std::pair<WorkerIndex, FlowKey<F>>> refusals;
    std::size_t installs = 0;
    std::size_t removals = 0;
    std::size_t batches = 0;  ///< calls of apply
    std::size_t capacity = std::numeric_limits<std::size_t>::max();
    bool is_stuck = false;  ///< refuses every change, as when no grace period ends
    std::size_t reclaims = 0;
    mutable std::size_t readings = 0;  ///< of activity
    std::optional<WorkerIndex> grace_stalled;
    std::function<void()> on_change;  ///< called after each entry installed or removed

    tl::expected<void, TableError> install(const ForwardingEntry<F>& entry) override {
        const bool is_new = entries.count(entry.key) == 0;
        if (is_stuck || (is_new && entries.size() >= capacity)) {
            return tl::make_unexpected(TableError::full);
        }
        ++installs;
        entries[entry.key] = entry;
        changed();
        return {};
    }

    tl::expected<void, TableError> remove(const RouteKey<F>& key) override {
        if (is_stuck) {
            return tl::make_unexpected(TableError::full);
        }
        if (entries.erase(key) == 0) {
            return tl::make_unexpected(TableError::not_found);
        }
        ++removals;
        counts.erase(key);
        changed();
        return {};
    }

    void apply(std::span<const TableChange<F>> changes,
               std::span<tl::expected<void, TableError>> results) override {
        ++batches;
        for (std::size_t i = 0; i < changes.size(); ++i) {
            results[i] = changes[i].entry ? install(*changes[i].entry) : remove(changes[i].key);
        }
    }

    std::optional<EntryCounters> counters(const RouteKey<F>& key) const override {
        if (entries.count(key) == 0) {
            return std::nullopt;
        }
        const auto at = counts.find(key);
        return at == counts.end() ? EntryCounters{} : at->second;
    }

    std::optional<EntryActivity> activity(const RouteKey<F>& key) const override {
        ++readings;
        const auto all = counters(key);
        if (!all) {
            return std::nullopt;
        }
        return EntryActivity{all->packets, all->negative_hits};
    }

    void refuse(WorkerIndex worker, const FlowKey<F>& flow) override {
        refusals.emplace_back(worker, flow);
    }

    void reclaim() override { ++reclaims; }

    TableUsage usage() const override {
        TableUsage usage;
        usage.entries = entries.size();
        usage.capacity = capacity;
        usage.grace_stalled = grace_stalled;
        return usage;
    }

private:
    void changed() const {
        if (on_change) {
            on_change();
        }
    }
};

}  // namespace mgmd::test
