// SPDX-License-Identifier: Apache-2.0
#include "control/membership/querier.hpp"

#include <algorithm>
#include <chrono>

namespace mgmd::membership {

template <class F>
Querier<F>::Querier(const MembershipProtocolSettings<F>& settings, std::optional<Address> address)
    : own_(timing_of<F>(settings)),
      timing_(own_),
      generation_(generation_of<F>(settings.version)),
      // RFC 9776 8.6: a quarter of the query interval
      startup_interval_(settings.startup_query_interval ? Duration(*settings.startup_query_interval)
                                                        : own_.query_interval / 4),
      // RFC 9776 8.7: the robustness variable
      startup_count_(settings.startup_query_count.value_or(settings.robustness_variable)),
      address_(address) {}

template <class F>
void Querier<F>::reconfigure(const MembershipProtocolSettings<F>& settings, TimePoint now) {
    const Querier fresh(settings, address_);
    own_ = fresh.own_;
    generation_ = fresh.generation_;
    startup_interval_ = fresh.startup_interval_;
    startup_count_ = fresh.startup_count_;
    startup_left_ = std::min(startup_left_, startup_count_);
    if (role_ != Role::non_querier) {
        timing_ = own_;  // of another querier, what it has told stays in force
    }
    if (next_query_) {
        next_query_ = std::min(*next_query_, now + own_.query_interval);
    }
}

template <class F>
void Querier<F>::link_up(TimePoint now) {
    up_ = true;
    other_until_.reset();
    other_.reset();
    if (!address_) {
        return;
    }
    // RFC 9776 6.6.2: a router starts as querier
    become(Role::querier);
    startup_left_ = startup_count_;
    next_query_ = now;
}

template <class F>
void Querier<F>::link_down() {
    up_ = false;
    next_query_.reset();
}

template <class F>
void Querier<F>::become(Role role) {
    if (role_ != role) {
        role_ = role;
        ++elections_;
    }
    timing_ = own_;
}

template <class F>
std::optional<typename F::Address> Querier<F>::elected() const {
    return role_ == Role::querier ? address_ : other_;
}

template <class F>
bool Querier<F>::receive(const Query<F>& query, const Address& from, TimePoint now) {
    // RFC 9776 6.6.2: the router with the lowest address is the querier
    const auto lowest = elected();
    if (lowest && from > *lowest) {
        return false;
    }
    if (role_ == Role::querier) {
        become(Role::non_querier);
        startup_left_ = 0;
        next_query_.reset();
    }
    other_ = from;
    // 4.1.6, 4.1.7: routers that are not querier adopt what the querier says, if it says it
    timing_ = own_;
    if (query.robustness != 0) {
        timing_.robustness = query.robustness;
        timing_.last_member_query_count = query.robustness;
    }
    if (query.interval.count() != 0) {
        timing_.query_interval = query.interval;
    }
    if (!query.is_general()) {
        timing_.last_member_query_interval = query.max_response;
    }
    other_until_ = now + timing_.other_querier_present_interval();
    return true;
}

template <class F>
bool Querier<F>::general_query_due(TimePoint now) {
    if (other_until_ && *other_until_ <= now) {
        // 6.6.2: the other querier is gone; this one takes its place and asks at once
        other_until_.reset();
        other_.reset();
        timing_ = own_;
        if (address_) {
            become(Role::querier);
            next_query_ = up_ ? std::optional(now) : std::nullopt;
        }
    }
    if (!next_query_ || *next_query_ > now) {
        return false;
    }
    if (startup_left_ > 0) {
        --startup_left_;
    }
    next_query_ = now + (startup_left_ > 0 ? startup_interval_ : own_.query_interval);
    return true;
}

template <class F>
std::optional<TimePoint> Querier<F>::next_deadline() const {
    if (!next_query_ || (other_until_ && *other_until_ < *next_query_)) {
        return other_until_;
    }
    return next_query_;
}

template <class F>
Query<F> Querier<F>::general_query() const {
    Query<F> query;
    query.generation = generation_;
    query.max_response = std::chrono::duration_cast<milliseconds>(own_.query_response_interval);
    query.robustness = own_.robustness;
    query.interval = std::chrono::duration_cast<seconds>(own_.query_interval);
    return query;
}

template class Querier<V4>;
template class Querier<V6>;

}  // namespace mgmd::membership
