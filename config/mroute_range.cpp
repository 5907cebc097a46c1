// SPDX-License-Identifier: Apache-2.0
#include "config/mroute_range.hpp"

#include <algorithm>
#include <map>
#include <queue>
#include <tuple>

namespace mgmd::config {
namespace {

/// Rectangles of groups by sources, met in the order of their first groups: those that reach the
/// group at hand are kept by their first source, and don't overlap among themselves.
template <class F>
class Sweep {
public:
    using Range = MrouteRange<F>;

    /// One that `range` overlaps with, else it is kept; nullptr: none.
    const Range* add(const Range& range) {
        forget_before(range);
        auto at = kept_.upper_bound(range.last_source());
        if (at != kept_.begin() && std::prev(at)->second->last_source() >= range.first.key.source) {
            return std::prev(at)->second;
        }
        kept_.emplace_hint(at, range.first.key.source, &range);
        by_end_.push(&range);
        return nullptr;
    }

private:
    using Address = typename F::Address;

    struct EndsLater {
        bool operator()(const Range* a, const Range* b) const {
            return a->last_group() > b->last_group();
        }
    };
    static auto part(const Range& range) {
        return std::tie(range.first.key.table, range.first.key.group_length);
    }

    void forget_before(const Range& range) {
        while (!by_end_.empty() && (part(*by_end_.top()) != part(range) ||
                                    by_end_.top()->last_group() < range.first.key.group)) {
            kept_.erase(by_end_.top()->first.key.source);
            by_end_.pop();
        }
    }

    std::map<Address, const Range*> kept_;
    std::priority_queue<const Range*, std::vector<const Range*>, EndsLater> by_end_;
};

}  // namespace

template <class F>
std::vector<MrouteOverlap> overlaps(const std::vector<MrouteRange<F>>& ranges) {
    std::vector<const MrouteRange<F>*> sorted;
    for (const auto& range : ranges) {
        sorted.push_back(&range);
    }
    const auto before = [](const auto* a, const auto* b) {
        const auto& x = a->first.key;
        const auto& y = b->first.key;
        return std::tie(x.table, x.group_length, x.group) <
               std::tie(y.table, y.group_length, y.group);
    };
    std::stable_sort(sorted.begin(), sorted.end(), before);
    std::vector<MrouteOverlap> found;
    Sweep<F> sweep;
    for (const auto* range : sorted) {
        if (const auto* other = sweep.add(*range)) {
            const auto* later = range > other ? range : other;  // of one vector: in file order
            found.push_back({(later == range ? other : range)->node, later->group});
        }
    }
    return found;
}

template std::vector<MrouteOverlap> overlaps(const std::vector<MrouteRange<V4>>&);
template std::vector<MrouteOverlap> overlaps(const std::vector<MrouteRange<V6>>&);

}  // namespace mgmd::config
