// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <tl/expected.hpp>

#include "dataplane/block_interner.hpp"
#include "dataplane/plan.hpp"

namespace mgmd::dataplane {

/// A plan in the arena, and what entries keep of it.
struct SharedPlan {
    BlockHandle block = 0;
    std::uint16_t lowest_mtu = 0;
    std::uint8_t highest_ttl_threshold = 0;
};

/// The shared plan of an outgoing list. Entries that are installed one after the other often leave
/// by the same interfaces: the plan given out last is found without laying it out. Control thread.
class PlanInterner {
public:
    /// `interfaces` and `blocks` outlive it. `ether_type`: of the frames that follow such a plan.
    PlanInterner(const InterfaceTable& interfaces, std::uint16_t ether_type, BlockInterner& blocks)
        : builder_(interfaces, ether_type), blocks_(blocks) {}

    /// From now on plans are of these; those given out stay as they are.
    void set_interfaces(const InterfaceTable& interfaces) {
        builder_.set_interfaces(interfaces);
        last_outgoing_.clear();
        last_ = {};
    }

    /// Whether there is a plan for the list (PlanBuilder::build). Throws std::bad_alloc.
    bool is_valid(std::span<const Outgoing> outgoing) { return !builder_.build(outgoing).empty(); }
    /// Takes a reference to the list's plan; BlockInterner::release returns it. `invalid`: there is
    /// none; `full`: there is no memory for it.
    tl::expected<SharedPlan, TableError> intern(std::span<const Outgoing> outgoing);

private:
    PlanBuilder builder_;
    BlockInterner& blocks_;
    std::vector<Outgoing> last_outgoing_;
    SharedPlan last_;
};

}  // namespace mgmd::dataplane
