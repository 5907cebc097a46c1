// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "control/summary.hpp"

namespace mgmd {

/// Of any number of items the few with the highest scores, and how many others there were: what a
/// person can read of a million. Control thread.
template <class Item>
class Busiest {
public:
    /// Keeps at most `most` of them.
    explicit Busiest(std::size_t most) : most_(most) {}

    /// One more. `make()` is asked for the item only if it is to be kept for now; of equals the
    /// first ones stay.
    template <class Make>
    void add(std::uint64_t score, Make&& make) {
        const std::uint64_t order = seen_++;
        if (kept_.size() == most_) {
            if (most_ == 0 || score <= kept_.front().score) {
                return;
            }
            std::pop_heap(kept_.begin(), kept_.end(), is_busier);
            kept_.pop_back();
        }
        kept_.push_back({score, order, std::forward<Make>(make)()});
        std::push_heap(kept_.begin(), kept_.end(), is_busier);
    }

    /// How many there were that are not kept.
    std::uint64_t others() const { return seen_ - kept_.size(); }

    /// What is kept, in the order in which it came. Ends the object's use.
    std::vector<Item> take() {
        return take([](const Kept& a, const Kept& b) { return a.order < b.order; });
    }
    /// What is kept, the highest score first. Ends the object's use.
    std::vector<Item> take_by_score() { return take(is_busier); }

private:
    struct Kept {
        std::uint64_t score;
        std::uint64_t order;
        Item item;
    };
    /// The heap's front is the one to go first.
    static bool is_busier(const Kept& a, const Kept& b) {
        return std::pair(a.score, b.order) > std::pair(b.score, a.order);
    }
    template <class Before>
    std::vector<Item> take(Before before) {
        std::sort(kept_.begin(), kept_.end(), before);
        std::vector<Item> items;
        for (Kept& each : kept_) {
            items.push_back(std::move(each.item));
        }
        return items;
    }

    std::size_t most_;
    std::uint64_t seen_ = 0;
    std::vector<Kept> kept_;
};

/// The flows with the most packets.
class BusiestFlows : public Busiest<FlowSummary> {
public:
    using Busiest::Busiest;

    /// In the order in which they came. Ends the object's use.
    FlowExtract take() {
        FlowExtract extract;
        extract.others = others();
        extract.flows = Busiest::take();
        return extract;
    }
};

}  // namespace mgmd
