// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "control/membership/filter_state.hpp"
#include "control/membership/host_tracker.hpp"
#include "control/membership/pending_queries.hpp"

namespace mgmd::membership {

/// What surrounds a group when something happens to it.
struct GroupContext {
    const Timing& timing;
    TimePoint now;
    bool asks = false;             ///< this router is the querier
    bool immediate_leave = false;  ///< hosts are followed one by one
};

/// One group on one link: the filter state, which older hosts there are, which queries are under
/// way, and who the hosts are.
template <class F>
class Group {
public:
    using Address = typename F::Address;

    explicit Group(const Address& address) : address_(address) {}

    enum class Verdict : std::uint8_t {
        taken,
        ignored_for_older_hosts,  ///< RFC 9776 7.3.2, RFC 9777 8.3.2
        left_at_once,             ///< taken, and the host was the last one
    };

    /// One record, whose sources ascend, each once. `host`: unspecified if it has no address yet.
    /// The queries that follow from it come to `queries`.
    Verdict receive(Record<F> record, Generation generation, const Address& host,
                    const GroupContext& context, std::vector<Query<F>>& queries);

    /// The elected querier's query about the group, or about sources of it.
    void receive(const Query<F>& query, const GroupContext& context);

    /// Timers that are up, and queries that are due.
    void run_timers(const GroupContext& context, std::vector<Query<F>>& queries);
    std::optional<TimePoint> next_deadline() const;

    /// Nobody wants anything of it any more, and no timer is left to run.
    bool is_gone() const { return filter_.empty(); }

    const FilterState<F>& filter() const { return filter_; }
    const HostTracker<F>& hosts() const { return hosts_; }
    /// The oldest hosts there are (RFC 9776 7.3.2, RFC 9777 8.3.2).
    Generation compatibility() const;

private:
    void note_older_host(const Record<F>& record, Generation generation,
                         const GroupContext& context);
    bool is_ignored(Record<F>& record) const;
    void follow(const Record<F>& record, Generation generation, const Address& host,
                const GroupContext& context);
    bool leave_at_once(const Asked<F>& asked, const GroupContext& context);

    Address address_;
    FilterState<F> filter_;
    PendingQueries<F> pending_;
    HostTracker<F> hosts_;
    std::optional<TimePoint> first_until_;   ///< IGMPv1 host present
    std::optional<TimePoint> second_until_;  ///< IGMPv2 (MLDv1) host present
};

}  // namespace mgmd::membership
