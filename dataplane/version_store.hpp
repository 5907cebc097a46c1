// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <boost/circular_buffer.hpp>

#include "common/clock.hpp"
#include "common/forwarding_table.hpp"
#include "dataplane/block_interner.hpp"
#include "dataplane/entry_history.hpp"
#include "dataplane/grace_clock.hpp"
#include "dataplane/table_state.hpp"

namespace mgmd::dataplane {

/// The life of entry versions: taken from the slab, published by the table, retired when another
/// takes their place or their key is removed, and reused once no worker can see them, after their
/// counts have gone into the history of their key. Control thread.
template <class F>
class VersionStore {
public:
    VersionStore(TableState<F>& state, std::size_t versions, EntryHistory::Workers& workers,
                 GraceClock& grace, const Clock& clock);

    /// A free place in the slab with zeroed counters; kNoEntry: all are in use.
    EntryIndex take();
    /// A place that was taken and never published.
    void put_back(EntryIndex entry);

    /// Before workers find `by` in the place of `old`: its counts go on from those of `old`. Throws
    /// std::bad_alloc; nothing has changed then.
    void inherit(EntryIndex old, EntryIndex by);
    /// Workers do not find `old` any more. Unless another inherits from it, its counts are over.
    void retire(EntryIndex old);
    /// Starts one grace period for all that was retired since the last call.
    void end_batch();
    /// Frees what every worker has left behind, as far as there is memory to keep its counts.
    void reclaim();

    /// Returns what an entry refers to: plan, accept set, signals.
    void release(const Entry<F>& entry);

    /// Of the key whose version `current` is published.
    EntryCounters counters(EntryIndex current) const;
    EntryActivity activity(EntryIndex current) const;

    std::size_t retired() const { return retired_; }
    /// The worker that has held up a grace period for more than a second.
    std::optional<WorkerIndex> stalled() const;
    std::size_t octets() const;

    BlockInterner& blocks() { return blocks_; }

private:
    /// The versions of a key that was replaced since it was installed.
    struct Lineage {
        EntryHistory history;
        EntryIndex oldest;  ///< first version whose counts are not in `history`
    };
    /// Control's part of a version.
    struct Version {
        std::unique_ptr<Lineage> owned;   // the published version's
        Lineage* lineage = nullptr;       // nullptr: never replaced, or the key is gone
        EntryIndex successor = kNoEntry;  // of a retired version: that took its place
        EntryIndex next = kNoEntry;       // in the list of free or of retired versions
    };
    struct Batch {
        GraceClock::Token token;
        std::size_t size;
        TimePoint since;
    };
    /// Beyond so many, the last one grows instead, and waits for a later grace period.
    static constexpr std::size_t kMaxBatches = 4096;

    const Plan& plan(EntryIndex entry) const {
        return *state_.blocks.template at<Plan>(state_.entries[entry].plan);
    }
    void append_retired(EntryIndex old);
    /// The version that was retired first. False: there is no memory to keep its counts.
    bool reuse_first();
    /// Adds the counts of a replaced version to those of its predecessors.
    void fold(EntryHistory& history, EntryIndex version) const;

    TableState<F>& state_;
    EntryHistory::Workers& workers_;
    GraceClock& grace_;
    const Clock& clock_;
    BlockInterner blocks_;
    std::vector<Version> versions_;
    EntryIndex free_ = kNoEntry;
    EntryIndex first_retired_ = kNoEntry;
    EntryIndex last_retired_ = kNoEntry;
    std::size_t retired_ = 0;
    std::size_t batch_size_ = 0;  // retired since the last end_batch()
    boost::circular_buffer<Batch> batches_{kMaxBatches};
    std::size_t lineages_ = 0;
};

extern template class VersionStore<V4>;
extern template class VersionStore<V6>;

}  // namespace mgmd::dataplane
