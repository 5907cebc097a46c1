// SPDX-License-Identifier: Apache-2.0
#include "control/membership/host/group_reports.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mgmd::membership {

template <class F>
void GroupReports<F>::want(Wanted<F> wanted, Generation generation, std::uint8_t robustness,
                           TimePoint now) {
    if (wanted == wanted_) {
        return;
    }
    const auto before = std::exchange(wanted_, std::move(wanted));
    if (generation == Generation::third) {
        want_third(before, robustness);
        change_at_ = now;
        return;
    }
    // RFC 4605 4.1: with older versions "the changes are reported [...] when the membership records
    // are created or deleted [...] All other changes are ignored."
    if (before.nothing() != wanted_.nothing()) {
        mode_left_ = wanted_.nothing() ? 1 : robustness;  // a leave is not repeated
        change_at_ = now;
    }
}

/// RFC 9776 5.1: the difference, merged into what is pending. After a change of the mode the next
/// reports tell all there is, and with that everything that was pending before.
template <class F>
void GroupReports<F>::want_third(const Wanted<F>& before, std::uint8_t robustness) {
    if (before.mode != wanted_.mode) {
        mode_left_ = robustness;
        sources_left_.clear();
        return;
    }
    std::vector<Address> changed;
    std::set_symmetric_difference(before.sources.begin(), before.sources.end(),
                                  wanted_.sources.begin(), wanted_.sources.end(),
                                  std::back_inserter(changed));
    for (const auto& source : changed) {
        sources_left_[source] = robustness;
    }
}

template <class F>
auto GroupReports<F>::change_records(Generation generation) const -> Records {
    if (generation != Generation::third) {
        if (wanted_.nothing()) {
            return generation == Generation::first  // which has no leaves
                       ? Records{}
                       : Records{{RecordType::to_in, group_, {}}};
        }
        return {{RecordType::is_ex, group_, {}}};
    }
    if (mode_left_ > 0) {
        const bool include = wanted_.mode == FilterMode::include;
        return {{include ? RecordType::to_in : RecordType::to_ex, group_, wanted_.sources}};
    }
    return source_list_records();
}

/// RFC 9776 5.1: "ALLOW: all with retransmission state that must be forwarded", "BLOCK: all with
/// retransmission state that must be blocked".
template <class F>
auto GroupReports<F>::source_list_records() const -> Records {
    Record<F> allow{RecordType::allow, group_, {}};
    Record<F> block{RecordType::block, group_, {}};
    for (const auto& [source, left] : sources_left_) {
        const bool listed =
            std::binary_search(wanted_.sources.begin(), wanted_.sources.end(), source);
        const bool forwarded = listed == (wanted_.mode == FilterMode::include);
        (forwarded ? allow : block).sources.push_back(source);
    }
    Records records;
    for (auto* record : {&allow, &block}) {
        if (!record->sources.empty()) {
            records.push_back(std::move(*record));
        }
    }
    return records;
}

template <class F>
auto GroupReports<F>::take_change(Generation generation, TimePoint now, Duration delay) -> Records {
    auto records = change_records(generation);
    if (mode_left_ > 0) {
        --mode_left_;
    }
    for (auto at = sources_left_.begin(); at != sources_left_.end();) {
        at = --at->second == 0 ? sources_left_.erase(at) : std::next(at);
    }
    const bool more = mode_left_ > 0 || !sources_left_.empty();
    change_at_ = more ? std::optional(now + delay) : std::nullopt;
    return records;
}

template <class F>
void GroupReports<F>::ask(const std::vector<Address>& sources, TimePoint at) {
    if (!answer_at_) {
        answer_at_ = at;
        asked_ = {sources.begin(), sources.end()};
        return;
    }
    if (sources.empty() || asked_.empty()) {
        asked_.clear();
    } else {
        asked_.insert(sources.begin(), sources.end());
    }
    answer_at_ = std::min(*answer_at_, at);
}

template <class F>
void GroupReports<F>::ask_older(TimePoint at, TimePoint latest) {
    // RFC 2236 3: a timer that runs is set anew "only if the requested Max Response Time is less
    // than the remaining value of the running timer"
    if (!answer_at_ || latest < *answer_at_) {
        answer_at_ = at;
        asked_.clear();
    }
}

template <class F>
std::optional<Record<F>> GroupReports<F>::current(Generation generation) const {
    if (wanted_.nothing()) {
        return std::nullopt;
    }
    if (generation != Generation::third) {
        return Record<F>{RecordType::is_ex, group_, {}};
    }
    const bool include = wanted_.mode == FilterMode::include;
    return Record<F>{include ? RecordType::is_in : RecordType::is_ex, group_, wanted_.sources};
}

/// RFC 9776 5.2: of the sources B that were asked about, INCLUDE (A) answers IS_IN (A*B) and
/// EXCLUDE (A) IS_IN (B-A). "If the resulting Current-State Record has an empty set of source
/// addresses, then no response is sent."
template <class F>
std::optional<Record<F>> GroupReports<F>::take_answer(Generation generation) {
    answer_at_.reset();
    const auto asked = std::exchange(asked_, {});
    if (asked.empty() || generation != Generation::third) {
        return current(generation);
    }
    Record<F> record{RecordType::is_in, group_, {}};
    const auto& sources = wanted_.sources;
    const auto into = std::back_inserter(record.sources);
    if (wanted_.mode == FilterMode::include) {
        std::set_intersection(asked.begin(), asked.end(), sources.begin(), sources.end(), into);
    } else {
        std::set_difference(asked.begin(), asked.end(), sources.begin(), sources.end(), into);
    }
    return record.sources.empty() ? std::nullopt : std::optional(std::move(record));
}

template <class F>
bool GroupReports<F>::cancel() {
    const bool pending = change_at_ || answer_at_;
    mode_left_ = 0;
    sources_left_.clear();
    change_at_.reset();
    answer_at_.reset();
    asked_.clear();
    return pending;
}

template class GroupReports<V4>;
template class GroupReports<V6>;

}  // namespace mgmd::membership
