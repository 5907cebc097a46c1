// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <span>

#include "common/clock.hpp"
#include "common/error.hpp"
#include "common/forwarding_table.hpp"
#include "dataplane/grace_clock.hpp"
#include "dataplane/interface_table.hpp"
#include "dataplane/level_counts.hpp"
#include "dataplane/plan_interner.hpp"
#include "dataplane/table_reader.hpp"
#include "dataplane/table_state.hpp"
#include "dataplane/version_store.hpp"

namespace mgmd::dataplane {

struct TableOptions {
    std::size_t capacity = 65'536;  ///< entries
    WorkerIndex workers = 1;
    /// (entry, outgoing interface) pairs of which one worker can tell exceptions apart.
    std::size_t exceptions_per_worker = 65'536;
    /// Bounds the memory for outgoing lists, accept sets and signals, where less than all entries
    /// could need is to be had.
    std::size_t most_part_octets = std::numeric_limits<std::size_t>::max();
};

/// What is told of a table to those who may not ask for its usage.
struct TableFigures {
    std::uint64_t entries = 0;
    std::uint64_t retired = 0;
    std::uint64_t refused = 0;
};

/// The forwarding table of one family: the control side of the door, and where workers get their
/// readers. Control thread, except what the readers do.
template <class F>
class Table final : public ForwardingTable<F> {
public:
    template <class T>
    using Result = tl::expected<T, TableError>;

    /// Reserves all memory. `interfaces`, `grace` and `clock` must outlive the table, and the table
    /// the readers.
    static Expected<std::unique_ptr<Table>> create(const TableOptions& options,
                                                   const InterfaceTable& interfaces,
                                                   GraceClock& grace, const Clock& clock);
    /// As create(), but throws std::bad_alloc.
    Table(const TableOptions& options, const InterfaceTable& interfaces, GraceClock& grace,
          const Clock& clock);

    /// What is installed from now on follows these, which outlive the table or the next call.
    /// Entries that are there stay as they are until they are installed again.
    void set_interfaces(const InterfaceTable& interfaces) {
        interfaces_ = &interfaces;
        plans_.set_interfaces(interfaces);
    }

    /// For that worker only.
    TableReader<F> reader(WorkerIndex worker);
    /// For stages that the control thread runs dry. What they count on an entry is the caller's to
    /// recycle; it shows nowhere. Throws std::bad_alloc.
    TableReader<F> dry_reader() {
        if (!dry_counters_) {
            // Of one entry: an exception for each outgoing interface, and its own.
            dry_counters_.emplace(state_.entries.size(), kMaxOutgoing + 1);
        }
        return {state_, *dry_counters_};
    }

    /// Ends the intervals of thresholds of at most so much whose entries are silent: packets end
    /// only the others. Calls `report(key, crossing)` for each that was crossed. From a timer, at
    /// `now_ms` of the workers' clock (EntrySignals::count).
    template <class Report>
    void end_intervals(std::uint64_t now_ms, Report&& report) {
        for (const auto version : watched_) {
            const auto& entry = state_.entries[version];
            auto& signals = *state_.blocks.template at<EntrySignals>(entry.signals);
            if (const auto crossing = signals.count(0, 0, now_ms); crossing.crossed) {
                report(entry.key.unpack(), crossing);
            }
        }
    }

    Result<void> install(const ForwardingEntry<F>& entry) override;
    Result<void> remove(const RouteKey<F>& key) override;
    void apply(std::span<const TableChange<F>> changes,
               std::span<tl::expected<void, TableError>> results) override;
    std::optional<EntryCounters> counters(const RouteKey<F>& key) const override;
    std::optional<EntryActivity> activity(const RouteKey<F>& key) const override;
    void refuse(WorkerIndex worker, const FlowKey<F>& flow) override;
    void reclaim() override {
        versions_.reclaim();
        shown_entries_.store(entries_, std::memory_order_relaxed);
        shown_retired_.store(versions_.retired(), std::memory_order_relaxed);
        shown_refused_.store(refused_, std::memory_order_relaxed);
    }
    TableUsage usage() const override;

    std::size_t capacity() const { return capacity_; }  ///< any thread
    /// Of the last reclaim(). Any thread.
    TableFigures figures() const {
        return {shown_entries_.load(std::memory_order_relaxed),
                shown_retired_.load(std::memory_order_relaxed),
                shown_refused_.load(std::memory_order_relaxed)};
    }

private:
    /// A key and where it is.
    struct Located {
        PackedKey<F> key;
        std::uint64_t hash;
        std::optional<LookupTable::Slot> slot;
    };

    Located locate(const RouteKey<F>& key) const;
    EntryIndex published(const RouteKey<F>& key) const;

    Result<void> change(const ForwardingEntry<F>& entry);
    Result<void> erase(const RouteKey<F>& key);
    Result<void> count_refusal(Result<void> result);
    tl::unexpected<TableError> no_room_for_parts();

    bool is_valid(const RouteKey<F>& key) const;
    bool is_valid(const ForwardingEntry<F>& entry) const;
    /// An entry that holds references to its parts; the caller publishes it or releases them.
    Result<Entry<F>> draft(const ForwardingEntry<F>& from);
    Result<void> draft_plan(const ForwardingEntry<F>& from, Entry<F>& to);
    Result<void> check_plan(std::span<const Outgoing> outgoing);
    Result<void> draft_accept(const AcceptSet& from, Entry<F>& to);
    Result<void> draft_signals(const Signals& from, Entry<F>& to);
    bool is_same(const Entry<F>& published, const Entry<F>& draft, const Signals& signals) const;
    /// The version that is to be published: all that may fail for want of a place or of memory.
    /// kNoEntry: it did, and nothing has changed.
    EntryIndex prepare(const Located& at, const Entry<F>& draft);
    void watch(EntryIndex version);
    void publish(const Located& at, EntryIndex version);
    /// A place for a version, if need be after cutting the batch short.
    EntryIndex take_version();

    const InterfaceTable* interfaces_;
    std::size_t capacity_;
    TableState<F> state_;
    std::deque<WorkerEntryCounters> counters_;         // by worker
    std::deque<RefusalRing<F>> refusals_;              // by worker
    std::optional<WorkerEntryCounters> dry_counters_;  // control: rw; made when first needed
    VersionStore<F> versions_;
    PlanInterner plans_;
    std::size_t entries_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t refused_for_parts_ = 0;
    std::atomic<std::uint64_t> shown_entries_{0};  // control: wo, others: ro
    std::atomic<std::uint64_t> shown_retired_{0};  // likewise
    std::atomic<std::uint64_t> shown_refused_{0};  // likewise
    LevelCounts<F> levels_;
    std::set<EntryIndex> watched_;  // published versions with a threshold of at most so much
};

extern template class Table<V4>;
extern template class Table<V6>;

}  // namespace mgmd::dataplane
