// SPDX-License-Identifier: Apache-2.0
#include "control/membership/pending_queries.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace mgmd::membership {
namespace {

template <class F>
Query<F> specific_query(const typename F::Address& group, const Timing& timing) {
    Query<F> query;
    query.group = group;
    query.max_response =
        std::chrono::duration_cast<milliseconds>(timing.last_member_query_interval);
    return query;
}

}  // namespace

template <class F>
std::vector<Query<F>> PendingQueries<F>::ask(const Asked<F>& asked, const Address& group,
                                             FilterState<F>& filter, const Timing& timing,
                                             TimePoint now) {
    std::vector<Query<F>> queries;
    const bool has_group_timer = filter.mode() == FilterMode::exclude;
    if (asked.group && has_group_timer && note_group(filter, timing, now)) {
        queries.push_back(specific_query<F>(group, timing));
    }
    if (auto sources = note_sources(asked.sources, filter, timing, now); !sources.empty()) {
        queries.push_back(specific_query<F>(group, timing));
        queries.back().sources = std::move(sources);
    }
    schedule(timing, now);
    return queries;
}

/// RFC 9776 6.6.3.1: the group timer is lowered, a query sent at once, the others scheduled.
template <class F>
bool PendingQueries<F>::note_group(FilterState<F>& filter, const Timing& timing, TimePoint now) {
    const TimePoint lowered = now + timing.last_member_query_time();
    // RFC 2236 7: a leave while the members are being checked changes nothing.
    if (group_count_ > 0 && filter.group_ends() <= lowered) {
        return false;
    }
    filter.lower_group(lowered);
    group_count_ = static_cast<std::uint8_t>(timing.last_member_query_count - 1);
    return true;
}

/// RFC 9776 6.6.3.2: for the sources whose timers are larger than the last member query time.
template <class F>
auto PendingQueries<F>::note_sources(const std::vector<Address>& sources, FilterState<F>& filter,
                                     const Timing& timing, TimePoint now) -> std::vector<Address> {
    const TimePoint lowered = now + timing.last_member_query_time();
    std::vector<Address> asked;
    for (const auto& source : sources) {
        const auto known = filter.sources().find(source);
        if (known == filter.sources().end() || !known->second || *known->second <= lowered) {
            continue;
        }
        asked.push_back(source);
        if (timing.last_member_query_count > 1) {
            source_counts_[source] = static_cast<std::uint8_t>(timing.last_member_query_count - 1);
        }
    }
    filter.lower_sources(asked, lowered);
    return asked;
}

template <class F>
void PendingQueries<F>::schedule(const Timing& timing, TimePoint now) {
    if (group_count_ == 0 && source_counts_.empty()) {
        next_.reset();
    } else if (!next_) {
        next_ = now + timing.last_member_query_interval;
    }
}

template <class F>
std::vector<Query<F>> PendingQueries<F>::retransmit(const Address& group,
                                                    const FilterState<F>& filter,
                                                    const Timing& timing, TimePoint now) {
    if (!next_ || *next_ > now) {
        return {};
    }
    next_.reset();
    const TimePoint low = now + timing.last_member_query_time();
    std::vector<Query<F>> queries;
    if (group_count_ > 0 && filter.mode() == FilterMode::exclude) {
        // 6.6.3.1: the S flag is set when a host has answered meanwhile
        queries.push_back(specific_query<F>(group, timing));
        queries.back().suppress = filter.group_ends() > low;
    }
    // 6.6.3.2: two queries, one with the S flag about the sources that hosts have answered for
    auto answered = specific_query<F>(group, timing);
    auto open = answered;
    answered.suppress = true;
    for (const auto& [source, count] : source_counts_) {
        const auto known = filter.sources().find(source);
        if (known != filter.sources().end() && known->second) {
            (*known->second > low ? answered : open).sources.push_back(source);
        }
    }
    for (auto* query : {&answered, &open}) {
        if (!query->sources.empty()) {
            queries.push_back(std::move(*query));
        }
    }
    if (group_count_ > 0) {
        --group_count_;
    }
    for (auto count = source_counts_.begin(); count != source_counts_.end();) {
        count = --count->second == 0 ? source_counts_.erase(count) : std::next(count);
    }
    schedule(timing, now);
    return queries;
}

template <class F>
void PendingQueries<F>::clear() {
    group_count_ = 0;
    source_counts_.clear();
    next_.reset();
}

template class PendingQueries<V4>;
template class PendingQueries<V6>;

}  // namespace mgmd::membership
