// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/mfe_table.hpp"

#include <algorithm>

namespace mgmd::mgm {

namespace {

bool contains(const std::vector<Slot>& slots, Slot slot) {
    return std::find(slots.begin(), slots.end(), slot) != slots.end();
}

}  // namespace

template <class F>
bool Mfe<F>::is_vetoed(Slot slot) const {
    return overrides != nullptr && contains(overrides->off, slot);
}

template <class F>
bool Mfe<F>::is_forced(Slot slot) const {
    return overrides != nullptr && contains(overrides->on, slot);
}

template <class F>
MfeTable<F>::MfeTable(LinkTable<F>& links)
    : links_(links), by_incoming_(links.size() + 1), arrived_negatives_(links.size()) {}

template <class F>
MfeTable<F>::~MfeTable() {
    by_deadline_.clear();
    negatives_.clear();
    for (auto& list : by_incoming_) {
        list.clear();
    }
    for (auto& list : arrived_negatives_) {
        list.clear();
    }
    for (const auto& [key, mfe] : by_key_) {
        delete mfe;
    }
}

template <class F>
Mfe<F>* MfeTable<F>::find(const Key& key) {
    const auto at = by_key_.find(group_first(key));
    return at == by_key_.end() ? nullptr : at->second;
}

template <class F>
const Mfe<F>* MfeTable<F>::find(const Key& key) const {
    const auto at = by_key_.find(group_first(key));
    return at == by_key_.end() ? nullptr : at->second;
}

template <class F>
Mfe<F>& MfeTable<F>::create(const Key& key, Slot arrival) {
    auto* mfe = new Mfe<F>;
    mfe->key = key;
    mfe->arrival = arrival;
    by_key_.emplace(group_first(key), mfe);
    by_source_.emplace(source_first(key), mfe);
    by_incoming_.back().push_back(*mfe);
    ++links_[arrival].arrived_entries;
    return *mfe;
}

template <class F>
void MfeTable<F>::erase(Mfe<F>& mfe) {
    set_incoming(mfe, kNoSlot);
    by_incoming_.back().erase(by_incoming_.back().iterator_to(mfe));
    clear_overrides(mfe);
    unmark_negative(mfe);
    if (mfe.TreeHook<ByDeadline>::is_linked()) {
        by_deadline_.erase(by_deadline_.iterator_to(mfe));
    }
    --links_[mfe.arrival].arrived_entries;
    by_source_.erase(source_first(mfe.key));
    by_key_.erase(group_first(mfe.key));
    delete &mfe;
}

template <class F>
void MfeTable<F>::set_incoming(Mfe<F>& mfe, Slot incoming) {
    const auto list = [this](Slot slot) -> List<ByIncoming>& {
        return slot == kNoSlot ? by_incoming_.back() : by_incoming_[slot];
    };
    list(mfe.incoming).erase(List<ByIncoming>::s_iterator_to(mfe));
    list(incoming).push_back(mfe);
    mfe.incoming = incoming;
}

template <class F>
void MfeTable<F>::set_deadline(Mfe<F>& mfe, TimePoint deadline) {
    if (mfe.TreeHook<ByDeadline>::is_linked()) {
        by_deadline_.erase(by_deadline_.iterator_to(mfe));
    }
    mfe.deadline = deadline;
    by_deadline_.insert(by_deadline_.end(), mfe);  // it is the latest, as a rule
}

template <class F>
void MfeTable<F>::mark_negative(Mfe<F>& mfe) {
    unmark_negative(mfe);
    negatives_.push_back(mfe);
    arrived_negatives_[mfe.arrival].push_back(mfe);
    ++links_[mfe.arrival].arrived_negatives;
}

template <class F>
void MfeTable<F>::unmark_negative(Mfe<F>& mfe) {
    if (!mfe.ListHook<Negatives>::is_linked()) {
        return;
    }
    negatives_.erase(negatives_.iterator_to(mfe));
    arrived_negatives_[mfe.arrival].erase(arrived_negatives_[mfe.arrival].iterator_to(mfe));
    --links_[mfe.arrival].arrived_negatives;
}

template <class F>
Mfe<F>* MfeTable<F>::oldest_negative(Slot arrival) {
    if (arrival != kNoSlot) {
        auto& list = arrived_negatives_[arrival];
        return list.empty() ? nullptr : &list.front();
    }
    return negatives_.empty() ? nullptr : &negatives_.front();
}

template <class F>
Mfe<F>* MfeTable<F>::next_due() {
    return by_deadline_.empty() ? nullptr : &*by_deadline_.begin();
}

template <class F>
const Mfe<F>* MfeTable<F>::next_due() const {
    return by_deadline_.empty() ? nullptr : &*by_deadline_.begin();
}

template <class F>
const Mfe<F>* MfeTable<F>::after(const std::optional<Key>& key) const {
    auto at = by_key_.begin();
    if (key.has_value()) {
        // A wildcard of the same addresses comes before the entry.
        at = key->is_single_group() ? by_key_.upper_bound(group_first(*key))
                                    : by_key_.lower_bound(group_first(*key));
    }
    while (at != by_key_.end() && !at->second->is_visible()) {
        ++at;
    }
    return at == by_key_.end() ? nullptr : at->second;
}

template <class F>
std::vector<Mfe<F>*> MfeTable<F>::covered_by(const Key& key) {
    if (key.has_source()) {
        Mfe<F>* mfe = find(key);
        return mfe == nullptr ? std::vector<Mfe<F>*>() : std::vector<Mfe<F>*>{mfe};
    }
    std::vector<Mfe<F>*> covered;
    for (auto at = by_key_.lower_bound({key.group, {}});
         at != by_key_.end() && key.covers(at->second->key); ++at) {
        covered.push_back(at->second);
    }
    return covered;
}

template <class F>
auto MfeTable<F>::of_sources(const Prefix<F>& prefix) const -> std::vector<Key> {
    std::vector<Key> keys;
    const Prefix<F> network = prefix.network();
    for (auto at = by_source_.lower_bound({network.address, {}});
         at != by_source_.end() && network.contains(at->second->key.source); ++at) {
        keys.push_back(at->second->key);
    }
    return keys;
}

template <class F>
auto MfeTable<F>::arriving_at(Slot slot) const -> std::vector<Key> {
    std::vector<Key> keys;
    for (const Mfe<F>& mfe : by_incoming_[slot]) {
        keys.push_back(mfe.key);
    }
    std::sort(keys.begin(), keys.end());
    return keys;
}

template <class F>
Overrides& MfeTable<F>::overrides(Mfe<F>& mfe) {
    if (mfe.overrides == nullptr) {
        mfe.overrides = std::make_unique<Overrides>();
        overridden_.emplace(mfe.key, &mfe);
    }
    return *mfe.overrides;
}

template <class F>
void MfeTable<F>::clear_overrides(Mfe<F>& mfe) {
    if (mfe.overrides != nullptr) {
        mfe.overrides.reset();
        overridden_.erase(mfe.key);
    }
}

template <class F>
std::vector<Mfe<F>*> MfeTable<F>::overridden(const Key& key) {
    std::vector<Mfe<F>*> entries;
    const Key first{.group = key.group, .source = key.source, .group_length = 0};
    for (auto at = overridden_.lower_bound(first); at != overridden_.end() && key.covers(at->first);
         ++at) {
        entries.push_back(at->second);
    }
    return entries;
}

template struct Mfe<V4>;
template struct Mfe<V6>;
template class MfeTable<V4>;
template class MfeTable<V6>;

}  // namespace mgmd::mgm
