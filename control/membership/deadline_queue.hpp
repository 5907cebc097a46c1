// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "common/clock.hpp"

namespace mgmd::membership {

/// Who has to be looked at next, and when. One deadline per key; O(log n). Control thread.
template <class Key>
class DeadlineQueue {
public:
    /// Takes the place of the key's deadline; nullopt: it has none any more.
    void set(const Key& key, std::optional<TimePoint> deadline) {
        const auto found = by_key_.find(key);
        if (found != by_key_.end()) {
            if (deadline == found->second) {
                return;
            }
            ordered_.erase({found->second, key});
            by_key_.erase(found);
        }
        if (deadline) {
            by_key_.emplace(key, *deadline);
            ordered_.emplace(*deadline, key);
        }
    }

    std::optional<TimePoint> next() const {
        return ordered_.empty() ? std::nullopt : std::optional(ordered_.begin()->first);
    }

    /// Takes out the key whose deadline came first; nullopt: none is due.
    std::optional<Key> pop_due(TimePoint now) {
        if (ordered_.empty() || ordered_.begin()->first > now) {
            return std::nullopt;
        }
        const Key key = ordered_.begin()->second;
        ordered_.erase(ordered_.begin());
        by_key_.erase(key);
        return key;
    }

    std::size_t size() const { return by_key_.size(); }
    bool contains(const Key& key) const { return by_key_.count(key) != 0; }

private:
    std::set<std::pair<TimePoint, Key>> ordered_;
    std::map<Key, TimePoint> by_key_;
};

}  // namespace mgmd::membership
