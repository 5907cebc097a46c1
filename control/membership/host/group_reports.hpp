// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "common/clock.hpp"
#include "control/membership/filter_state.hpp"

namespace mgmd::membership {

/// One group as a host reports it on one link (RFC 9776 5, RFC 9777 6): what is wanted, the
/// state-change reports that are still to be repeated, and the answer that a query waits for. With
/// an older version on the link there are only reports and leaves of whole groups (RFC 2236 3,
/// RFC 2710 4).
template <class F>
class GroupReports {
public:
    using Address = typename F::Address;
    using Records = std::vector<Record<F>>;

    explicit GroupReports(const Address& group) : group_(group) {}

    const Wanted<F>& wanted() const { return wanted_; }
    /// Nothing is wanted, and nothing is left to say about that.
    bool is_done() const { return wanted_.nothing() && !change_at_; }

    /// Wants this from now on: the change is to be reported at `now`, and `robustness` times in
    /// all.
    void want(Wanted<F> wanted, Generation generation, std::uint8_t robustness, TimePoint now);

    /// The state-change records that are due now; the next repetition comes `delay` later.
    Records take_change(Generation generation, TimePoint now, Duration delay);
    std::optional<TimePoint> change_at() const { return change_at_; }

    /// A query about the group (or `sources` of it) is to be answered at `at`: RFC 9776 5.2, rules
    /// 3 to 5.
    void ask(const std::vector<Address>& sources, TimePoint at);
    /// The same with an older version: RFC 2236 3. `latest`: now and the greatest delay.
    void ask_older(TimePoint at, TimePoint latest);

    /// The current-state record that the query waited for, if there is one; it waits no more.
    std::optional<Record<F>> take_answer(Generation generation);
    std::optional<TimePoint> answer_at() const { return answer_at_; }

    /// IS_IN or IS_EX; nullopt: there is no state to report.
    std::optional<Record<F>> current(Generation generation) const;
    /// The current state has been reported as a whole (RFC 9776 5.2, at the end).
    void reported() { asked_.clear(); }

    /// Leaves out what is still to be said: another host has said it, or the version has changed.
    /// False: there was nothing.
    bool cancel();

private:
    void want_third(const Wanted<F>& before, std::uint8_t robustness);
    Records change_records(Generation generation) const;
    Records source_list_records() const;

    Address group_;
    Wanted<F> wanted_;
    /// State-change reports still to send that tell the filter mode with all sources; with older
    /// versions those that tell of the group.
    std::uint8_t mode_left_ = 0;
    std::map<Address, std::uint8_t> sources_left_;  ///< those still to send with each source
    std::optional<TimePoint> change_at_;
    std::optional<TimePoint> answer_at_;
    std::set<Address> asked_;  ///< empty: the answer is about the group
};

}  // namespace mgmd::membership
