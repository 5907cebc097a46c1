// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "common/forwarding_table.hpp"
#include "dataplane/entry_counters.hpp"
#include "dataplane/plan.hpp"

namespace mgmd::dataplane {

/// What the versions of an entry counted, one after the other, so that replacing an entry loses no
/// count. An interface is followed from the version that lists it to the last that does; what it
/// was sent is what the entry forwarded meanwhile, minus its exceptions. Control thread.
class EntryHistory {
public:
    using Workers = std::deque<WorkerEntryCounters>;

    /// Adds the counts of version `entry`, which does `action`.
    void add(const Workers& workers, EntryIndex entry, Action action);
    /// The version added last, with the outgoing plan `before`, gives way to one with `after`.
    void change_plan(const Plan& before, const Plan& after);
    /// Everything so far, for a last version with `plan`.
    EntryCounters view(const Plan& plan) const;
    EntryActivity activity() const { return {packets_, negative_hits_}; }

private:
    /// An interface that was not there from the start.
    struct Joined {
        InterfaceIndex interface;
        std::uint64_t forwarded_before;
    };
    struct Exceptions {
        InterfaceIndex interface;
        std::array<std::uint64_t, kCopyExceptions> counts;
    };

    /// Packets that reached replication.
    std::uint64_t forwarded() const;
    OutgoingCounters view_of(InterfaceIndex interface) const;
    void note(const ExceptionNode& node);

    std::uint64_t packets_ = 0;
    std::uint64_t octets_ = 0;
    std::uint64_t wrong_interface_ = 0;
    std::uint64_t negative_hits_ = 0;
    std::uint64_t ttl_expired_ = 0;
    std::vector<Joined> joined_;          // few: unordered
    std::vector<Exceptions> exceptions_;  // few: unordered
};

}  // namespace mgmd::dataplane
