// SPDX-License-Identifier: Apache-2.0
#include "dataplane/plan_interner.hpp"

#include <algorithm>
#include <new>

namespace mgmd::dataplane {

tl::expected<SharedPlan, TableError> PlanInterner::intern(std::span<const Outgoing> outgoing) try {
    if (std::ranges::equal(outgoing, last_outgoing_) && blocks_.share_again(last_.block)) {
        return last_;
    }
    const auto octets = builder_.build(outgoing);
    if (octets.empty()) {
        return tl::make_unexpected(TableError::invalid);
    }
    last_outgoing_.assign(outgoing.begin(), outgoing.end());
    const auto block = blocks_.intern(octets);
    last_ = {block.value_or(0), builder_.lowest_mtu(), builder_.highest_ttl_threshold()};
    if (!block) {
        return tl::make_unexpected(TableError::full);
    }
    return last_;
} catch (const std::bad_alloc&) {
    return tl::make_unexpected(TableError::full);
}

}  // namespace mgmd::dataplane
