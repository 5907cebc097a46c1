// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/forwarding_table.hpp"

namespace mgmd::mgm::differential {

/// A forwarding table that remembers what became of each entry since it was last asked, and whose
/// counters a test moves. An entry replaced by an equal one is no change.
template <class F>
class FakeTable final : public ForwardingTable<F> {
public:
    using Entries = std::map<RouteKey<F>, ForwardingEntry<F>>;
    /// Values that an entry went through, in order; nothing: removed.
    using Changes = std::map<RouteKey<F>, std::vector<std::optional<ForwardingEntry<F>>>>;

    tl::expected<void, TableError> install(const ForwardingEntry<F>& entry) override {
        installed_.insert(entry.key);
        const auto known = entries_.find(entry.key);
        if (known == entries_.end() || known->second != entry) {
            entries_[entry.key] = entry;
            changes_[entry.key].push_back(entry);
        }
        return {};
    }

    tl::expected<void, TableError> remove(const RouteKey<F>& key) override {
        counters_.erase(key);
        if (entries_.erase(key) == 0) {
            return tl::unexpected(TableError::not_found);
        }
        changes_[key].push_back(std::nullopt);
        return {};
    }

    void apply(std::span<const TableChange<F>> changes,
               std::span<tl::expected<void, TableError>> results) override {
        for (std::size_t i = 0; i < changes.size(); ++i) {
            results[i] = changes[i].entry ? install(*changes[i].entry) : remove(changes[i].key);
        }
    }

    std::optional<EntryCounters> counters(const RouteKey<F>& key) const override {
        const auto entry = entries_.find(key);
        if (entry == entries_.end()) {
            return std::nullopt;
        }
        EntryCounters counters;
        if (const auto known = counters_.find(key); known != counters_.end()) {
            counters = known->second;
        }
        for (const Outgoing& out : entry->second.outgoing) {
            counters.outgoing.push_back({out.interface, counters.packets, 1, 2, 3});
        }
        return counters;
    }

    std::optional<EntryActivity> activity(const RouteKey<F>& key) const override {
        const auto counted = counters(key);
        return counted ? std::optional(EntryActivity{counted->packets, counted->negative_hits})
                       : std::nullopt;
    }

    void refuse(WorkerIndex /*worker*/, const FlowKey<F>& flow) override { refused_.insert(flow); }
    void reclaim() override {}
    TableUsage usage() const override { return {entries_.size(), 1000, 0, 0, 0, {}}; }

    const Entries& entries() const { return entries_; }
    Changes take_changes() { return std::exchange(changes_, {}); }
    std::set<FlowKey<F>> take_refused() { return std::exchange(refused_, {}); }
    /// Keys that were installed, changed or not.
    std::set<RouteKey<F>> take_installed() { return std::exchange(installed_, {}); }

    /// What a packet meets (forwarding rules 2); nullptr: no entry.
    const ForwardingEntry<F>* lookup(const RouteKey<F>& flow, InterfaceIndex arrival) const {
        const ForwardingEntry<F>* best = nullptr;
        const auto rank = [](const RouteKey<F>& key) {
            return std::pair(!is_unspecified(key.source), key.group_length);
        };
        for (const auto& [key, entry] : entries_) {
            const bool matches = key.is_any()
                                     ? key.arrival == arrival
                                     : Prefix<F>{key.group, key.group_length}.contains(flow.group);
            if (matches && (is_unspecified(key.source) || key.source == flow.source) &&
                (best == nullptr || rank(best->key) < rank(key))) {
                best = &entry;
            }
        }
        return best;
    }
    EntryCounters& counters_of(const RouteKey<F>& key) { return counters_[key]; }

private:
    Entries entries_;
    Changes changes_;
    std::set<FlowKey<F>> refused_;
    std::set<RouteKey<F>> installed_;
    std::map<RouteKey<F>, EntryCounters> counters_;
};

}  // namespace mgmd::mgm::differential
