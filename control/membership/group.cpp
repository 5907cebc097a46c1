// SPDX-License-Identifier: Apache-2.0
#include "control/membership/group.hpp"

#include <algorithm>
#include <utility>

namespace mgmd::membership {
namespace {

void take_earlier(std::optional<TimePoint>& next, const std::optional<TimePoint>& other) {
    if (other && (!next || *other < *next)) {
        next = other;
    }
}

}  // namespace

template <class F>
Generation Group<F>::compatibility() const {
    return first_until_    ? Generation::first
           : second_until_ ? Generation::second
                           : Generation::third;
}

template <class F>
auto Group<F>::receive(Record<F> record, Generation generation, const Address& host,
                       const GroupContext& context, std::vector<Query<F>>& queries) -> Verdict {
    note_older_host(record, generation, context);
    if (is_ignored(record)) {
        return Verdict::ignored_for_older_hosts;
    }
    if (context.immediate_leave) {
        follow(record, generation, host, context);
    }
    const auto asked = filter_.receive(record.type, record.sources, context.now,
                                       context.timing.membership_interval());
    if (asked.nothing()) {
        return Verdict::taken;
    }
    const bool left = context.immediate_leave && leave_at_once(asked, context);
    if (context.asks && !is_gone()) {
        auto asking = pending_.ask(asked, address_, filter_, context.timing, context.now);
        std::move(asking.begin(), asking.end(), std::back_inserter(queries));
    }
    return left ? Verdict::left_at_once : Verdict::taken;
}

/// RFC 9776 7.3.2: a report of an older version starts the timer of its version.
template <class F>
void Group<F>::note_older_host(const Record<F>& record, Generation generation,
                               const GroupContext& context) {
    if (generation == Generation::third || record.type == RecordType::to_in) {
        return;
    }
    const auto until = context.now + context.timing.older_host_present_interval();
    (generation == Generation::first ? first_until_ : second_until_) = until;
}

/// RFC 9776 7.3.2: what older hosts, which could not object, would lose.
template <class F>
bool Group<F>::is_ignored(Record<F>& record) const {
    const auto mode = compatibility();
    if (mode == Generation::third) {
        return false;
    }
    // "TO_EX() records are treated as TO_EX( {} )": their sources are ignored
    if (record.type == RecordType::to_ex) {
        record.sources.clear();
    }
    return record.type == RecordType::block ||
           (mode == Generation::first && record.type == RecordType::to_in);
}

template <class F>
void Group<F>::follow(const Record<F>& record, Generation generation, const Address& host,
                      const GroupContext& context) {
    const auto until = context.now + context.timing.membership_interval();
    // Older hosts keep silent when they hear another's report: who they are is never known.
    if (is_unspecified(host) || generation != Generation::third) {
        hosts_.receive_unknown(until);
    } else {
        hosts_.receive(host, record.type, record.sources, until);
    }
}

/// Ends what no host wants of that which would have to be asked for. True: something ended.
template <class F>
bool Group<F>::leave_at_once(const Asked<F>& asked, const GroupContext& context) {
    if (!hosts_.is_complete()) {
        return false;
    }
    const auto before = filter_.wanted();
    if (asked.group && !hosts_.anybody_wants_all()) {
        // While all sources were wanted, those that hosts want by name may have been left out: a
        // query would bring them back, so they come back without one.
        for (const auto& [source, until] : hosts_.wanted_by_name()) {
            filter_.start_source(source, until);
        }
        filter_.lower_group(context.now);
    }
    std::vector<Address> unwanted;
    std::copy_if(asked.sources.begin(), asked.sources.end(), std::back_inserter(unwanted),
                 [this](const Address& source) { return !hosts_.anybody_wants(source); });
    filter_.lower_sources(unwanted, context.now);
    filter_.expire(context.now);
    return filter_.wanted() != before;
}

template <class F>
void Group<F>::receive(const Query<F>& query, const GroupContext& context) {
    // RFC 9776 6.6.1: routers lower their timers as the querier does, unless the S flag is set
    if (query.suppress) {
        return;
    }
    const auto at = context.now + context.timing.last_member_query_time();
    if (query.sources.empty()) {
        filter_.lower_group(at);
    } else {
        filter_.lower_sources(query.sources, at);
    }
}

template <class F>
void Group<F>::run_timers(const GroupContext& context, std::vector<Query<F>>& queries) {
    for (auto* until : {&first_until_, &second_until_}) {
        if (*until && **until <= context.now) {
            until->reset();
        }
    }
    hosts_.expire(context.now);
    filter_.expire(context.now);
    if (!context.asks || is_gone()) {
        pending_.clear();
        return;
    }
    auto due = pending_.retransmit(address_, filter_, context.timing, context.now);
    std::move(due.begin(), due.end(), std::back_inserter(queries));
}

template <class F>
std::optional<TimePoint> Group<F>::next_deadline() const {
    auto next = filter_.next_deadline();
    take_earlier(next, pending_.next_deadline());
    take_earlier(next, hosts_.next_deadline());
    take_earlier(next, first_until_);
    take_earlier(next, second_until_);
    return next;
}

template class Group<V4>;
template class Group<V6>;

}  // namespace mgmd::membership
