// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "control/membership/filter_state.hpp"
#include "control/membership/timing.hpp"

namespace mgmd::membership {

/// The specific queries about one group that are under way, as its querier sends them: at once, and
/// again until the last member query count is reached (RFC 9776 6.6.3, RFC 9777 7.6.3).
template <class F>
class PendingQueries {
public:
    using Address = typename F::Address;

    /// Lowers the timers in question to the last member query time, and answers the queries to send
    /// now. What is asked about already, with timers as low, is not asked about again.
    std::vector<Query<F>> ask(const Asked<F>& asked, const Address& group, FilterState<F>& filter,
                              const Timing& timing, TimePoint now);

    /// The retransmissions that are due.
    std::vector<Query<F>> retransmit(const Address& group, const FilterState<F>& filter,
                                     const Timing& timing, TimePoint now);

    /// Asks no more.
    void clear();

    /// When the next retransmission is due.
    std::optional<TimePoint> next_deadline() const { return next_; }

private:
    using Counts = std::map<Address, std::uint8_t>;

    bool note_group(FilterState<F>& filter, const Timing& timing, TimePoint now);
    std::vector<Address> note_sources(const std::vector<Address>& sources, FilterState<F>& filter,
                                      const Timing& timing, TimePoint now);
    void schedule(const Timing& timing, TimePoint now);

    std::uint8_t group_count_ = 0;  ///< queries about the group still to send
    Counts source_counts_;          ///< likewise, none of them 0
    std::optional<TimePoint> next_;
};

}  // namespace mgmd::membership
