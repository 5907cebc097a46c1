// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "control/mgm/alerts.hpp"
#include "control/mgm/state.hpp"

namespace mgmd::mgm {

/// Takes down what keys are before a change, and adds to the Change what became of them.
template <class F>
class KeyWatch {
public:
    using Key = SourceGroup<F>;

    explicit KeyWatch(const State<F>& state) : state_(state) {}

    /// Before the change; each key once.
    void watch(const Key& key) {
        const KeyRecord<F>* record = state_.memberships.find(key);
        const Slot towards = record == nullptr ? kNoSlot : record->towards;
        watched_.push_back({{.key = key,
                             .before = state_.components(key),
                             .owner_before = state_.links.owner(towards),
                             .towards_before = state_.links.id(towards)},
                            towards});
    }

    /// After it. `taker`: the client that took an interface by it.
    void finish(Change<F>& change, ClientIndex taker = kNobody) {
        for (auto& [key_change, towards_before] : watched_) {
            const KeyRecord<F>* record = state_.memberships.find(key_change.key);
            const Slot towards = record == nullptr ? towards_before : record->towards;
            key_change.after = state_.components(key_change.key);
            key_change.owner_after = state_.links.owner(towards);
            key_change.towards_after = state_.links.id(towards);
            key_change.taken = taker != kNobody && key_change.owner_after == taker &&
                               key_change.owner_before != taker;
            if (key_change.before != key_change.after ||
                key_change.owner_before != key_change.owner_after) {
                change.keys.push_back(key_change);
            }
        }
        watched_.clear();
    }

private:
    const State<F>& state_;
    std::vector<std::pair<KeyChange<F>, Slot>> watched_;
};

}  // namespace mgmd::mgm
