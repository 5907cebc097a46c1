// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <vector>

namespace mgmd {

/// How to get from one list to another. The lists outlive it.
template <class T>
struct ListDifference {
    std::vector<const T*> put;   ///< of the list after: those that are new or other than before
    std::vector<const T*> gone;  ///< of the list before: those whose key the list after has not
};

/// `key_of(item)` is what makes two items the same one; unique in each list. Takes no time to speak
/// of for what both have at their beginnings and ends.
template <class T, class KeyOf>
ListDifference<T> list_difference(const std::vector<T>& before, const std::vector<T>& after,
                                  KeyOf key_of) {
    auto [old, now] = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
    auto old_end = before.end();
    auto now_end = after.end();
    while (old_end != old && now_end != now && *(old_end - 1) == *(now_end - 1)) {
        --old_end;
        --now_end;
    }
    using Key = decltype(key_of(*old));
    std::map<Key, const T*> left;
    std::for_each(old, old_end, [&](const T& item) { left.emplace(key_of(item), &item); });
    ListDifference<T> difference;
    std::for_each(now, now_end, [&](const T& item) {
        const auto found = left.find(key_of(item));
        if (found == left.end() || !(*found->second == item)) {
            difference.put.push_back(&item);
        }
        if (found != left.end()) {
            left.erase(found);
        }
    });
    std::for_each(old, old_end, [&](const T& item) {
        if (left.count(key_of(item)) != 0) {
            difference.gone.push_back(&item);
        }
    });
    return difference;
}

}  // namespace mgmd
