// SPDX-License-Identifier: Apache-2.0
#include "dataplane/version_store.hpp"

#include <chrono>
#include <new>
#include <utility>

#include "dataplane/entry_signals.hpp"

namespace mgmd::dataplane {

template <class F>
VersionStore<F>::VersionStore(TableState<F>& state, std::size_t versions,
                              EntryHistory::Workers& workers, GraceClock& grace, const Clock& clock)
    : state_(state),
      workers_(workers),
      grace_(grace),
      clock_(clock),
      blocks_(state.blocks),
      versions_(versions + 1) {
    for (auto i = versions; i > 0; --i) {
        versions_[i].next = std::exchange(free_, static_cast<EntryIndex>(i));
    }
}

template <class F>
EntryIndex VersionStore<F>::take() {
    const EntryIndex taken = free_;
    if (taken != kNoEntry) {
        free_ = versions_[taken].next;
    }
    return taken;
}

template <class F>
void VersionStore<F>::put_back(EntryIndex entry) {
    versions_[entry] = Version{};
    versions_[entry].next = std::exchange(free_, entry);
}

template <class F>
void VersionStore<F>::inherit(EntryIndex old, EntryIndex by) {
    auto& from = versions_[old];
    auto& to = versions_[by];
    if (from.owned == nullptr) {
        from.owned = std::make_unique<Lineage>(Lineage{{}, old});
        from.lineage = from.owned.get();
        ++lineages_;
    }
    from.successor = by;
    to.owned = std::move(from.owned);
    to.lineage = to.owned.get();
}

template <class F>
void VersionStore<F>::retire(EntryIndex old) {
    auto& version = versions_[old];
    if (version.owned != nullptr) {
        for (auto i = version.owned->oldest; i != old; i = versions_[i].successor) {
            versions_[i].lineage = nullptr;
        }
        version.owned.reset();
        version.lineage = nullptr;
        --lineages_;
    }
    append_retired(old);
}

template <class F>
void VersionStore<F>::append_retired(EntryIndex old) {
    versions_[old].next = kNoEntry;
    if (last_retired_ == kNoEntry) {
        first_retired_ = old;
    } else {
        versions_[last_retired_].next = old;
    }
    last_retired_ = old;
    ++retired_;
    ++batch_size_;
}

template <class F>
void VersionStore<F>::end_batch() {
    if (batch_size_ == 0) {
        return;
    }
    const auto size = std::exchange(batch_size_, 0);
    if (batches_.full()) {
        batches_.back().token = grace_.start();
        batches_.back().size += size;
    } else {
        batches_.push_back({grace_.start(), size, clock_.now()});
    }
}

template <class F>
void VersionStore<F>::reclaim() {
    while (!batches_.empty() && grace_.passed(batches_.front().token)) {
        for (auto& left = batches_.front().size; left != 0; --left) {
            if (!reuse_first()) {
                return;
            }
        }
        batches_.pop_front();
    }
}

template <class F>
bool VersionStore<F>::reuse_first() {
    const auto old = first_retired_;
    if (auto* lineage = versions_[old].lineage) {
        try {
            auto history = lineage->history;  // with these counts, or without all of them
            fold(history, old);
            lineage->history = std::move(history);
        } catch (const std::bad_alloc&) {
            return false;
        }
        lineage->oldest = versions_[old].successor;
    }
    first_retired_ = versions_[old].next;
    if (first_retired_ == kNoEntry) {
        last_retired_ = kNoEntry;
    }
    --retired_;
    for (auto& worker : workers_) {
        worker.recycle(old);
    }
    release(state_.entries[old]);
    put_back(old);
    return true;
}

template <class F>
void VersionStore<F>::fold(EntryHistory& history, EntryIndex version) const {
    history.add(workers_, version, state_.entries[version].action);
    history.change_plan(plan(version), plan(versions_[version].successor));
}

template <class F>
void VersionStore<F>::release(const Entry<F>& entry) {
    blocks_.release(entry.plan, state_.blocks.template at<Plan>(entry.plan)->octets());
    if (entry.accept_kind == AcceptKind::set) {
        blocks_.release(entry.accept, sizeof(AcceptBits));
    }
    if (entry.signals != 0) {
        state_.blocks.free(entry.signals, sizeof(EntrySignals));
    }
}

template <class F>
EntryCounters VersionStore<F>::counters(EntryIndex current) const {
    EntryHistory history;
    if (const auto& lineage = versions_[current].owned) {
        history = lineage->history;
        for (auto i = lineage->oldest; i != current; i = versions_[i].successor) {
            fold(history, i);
        }
    }
    history.add(workers_, current, state_.entries[current].action);
    return history.view(plan(current));
}

template <class F>
EntryActivity VersionStore<F>::activity(EntryIndex current) const {
    EntryActivity activity;
    auto version = current;
    if (const auto& lineage = versions_[current].owned) {
        activity = lineage->history.activity();
        version = lineage->oldest;
    }
    for (;; version = versions_[version].successor) {
        const bool negative = state_.entries[version].action == Action::drop;
        for (const auto& worker : workers_) {
            (negative ? activity.negative_hits : activity.accepted) +=
                worker.block(version).hits.get();
        }
        if (version == current) {
            return activity;
        }
    }
}

template <class F>
std::optional<WorkerIndex> VersionStore<F>::stalled() const {
    if (batches_.empty() || clock_.now() - batches_.front().since <= std::chrono::seconds(1)) {
        return std::nullopt;
    }
    return grace_.laggard(batches_.front().token);
}

template <class F>
std::size_t VersionStore<F>::octets() const {
    return versions_.capacity() * sizeof(Version) + lineages_ * sizeof(Lineage) +
           kMaxBatches * sizeof(Batch) + blocks_.octets();
}

template class VersionStore<V4>;
template class VersionStore<V6>;

}  // namespace mgmd::dataplane
