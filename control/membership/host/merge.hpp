// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "control/membership/filter_state.hpp"

namespace mgmd::membership {

/// What is to be reported where one of `all` asks for it (RFC 4605 4.1, with the rules of RFC 9776
/// 3.2 and RFC 9777 4.2): if any of them is in EXCLUDE mode, all but the sources that all of those
/// exclude and nobody includes; else the sources that anybody includes.
template <class F, class Range>
Wanted<F> merge(const Range& all) {
    using Addresses = std::vector<typename F::Address>;
    Addresses included;
    std::optional<Addresses> excluded;
    for (const Wanted<F>& each : all) {
        Addresses result;
        const auto into = std::back_inserter(result);
        if (each.mode == FilterMode::include) {
            std::set_union(included.begin(), included.end(), each.sources.begin(),
                           each.sources.end(), into);
            included = std::move(result);
        } else if (excluded) {
            std::set_intersection(excluded->begin(), excluded->end(), each.sources.begin(),
                                  each.sources.end(), into);
            excluded = std::move(result);
        } else {
            excluded = each.sources;
        }
    }
    if (!excluded) {
        return {FilterMode::include, std::move(included)};
    }
    Wanted<F> merged{FilterMode::exclude, {}};
    std::set_difference(excluded->begin(), excluded->end(), included.begin(), included.end(),
                        std::back_inserter(merged.sources));
    return merged;
}

}  // namespace mgmd::membership
