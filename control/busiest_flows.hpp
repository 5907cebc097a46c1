// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "control/summary.hpp"

namespace mgmd {

/// Of any number of flows the few with the most packets, and how many others there were: what a
/// person can read of a million. Control thread.
class BusiestFlows {
public:
    /// Keeps at most `most` of them.
    explicit BusiestFlows(std::size_t most) : most_(most) {}

    /// One more flow. `summarise()` is asked for its FlowSummary only if it is to be kept for now;
    /// of equals the first ones stay.
    template <class Summarise>
    void add(std::uint64_t packets, Summarise&& summarise) {
        const std::uint64_t order = seen_++;
        if (kept_.size() == most_) {
            if (most_ == 0 || packets <= kept_.front().packets) {
                return;
            }
            std::pop_heap(kept_.begin(), kept_.end(), is_busier);
            kept_.pop_back();
        }
        kept_.push_back({packets, order, std::forward<Summarise>(summarise)()});
        std::push_heap(kept_.begin(), kept_.end(), is_busier);
    }

    /// What is kept, in the order in which it came. Ends the object's use.
    FlowExtract take() {
        std::sort(kept_.begin(), kept_.end(),
                  [](const Kept& a, const Kept& b) { return a.order < b.order; });
        FlowExtract extract;
        extract.others = seen_ - kept_.size();
        for (Kept& each : kept_) {
            extract.flows.push_back(std::move(each.flow));
        }
        return extract;
    }

private:
    struct Kept {
        std::uint64_t packets;
        std::uint64_t order;
        FlowSummary flow;
    };
    /// The heap's front is the one to go first.
    static bool is_busier(const Kept& a, const Kept& b) {
        return std::pair(a.packets, b.order) > std::pair(b.packets, a.order);
    }

    std::size_t most_;
    std::uint64_t seen_ = 0;
    std::vector<Kept> kept_;
};

}  // namespace mgmd
