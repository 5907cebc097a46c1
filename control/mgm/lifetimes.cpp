// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/lifetimes.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "control/mgm/failure.hpp"
#include "control/mgm/settler.hpp"

namespace mgmd::mgm {

template <class F>
std::size_t Lifetimes<F>::run(TimePoint due, TimePoint now, std::size_t slice) {
    std::size_t done = 0;
    for (; done < slice; ++done) {
        Mfe<F>* mfe = state_.mfes.next_due();
        if (mfe == nullptr || mfe->deadline > due) {
            break;
        }
        if (mfe->state == MfeState::active) {
            read_counter(*mfe, now);
        } else {
            expire(*mfe, "its time is up");
        }
    }
    settler_.flush();
    return done;
}

template <class F>
void Lifetimes<F>::expire(Mfe<F>& mfe, std::string_view why) {
    if (spdlog::should_log(spdlog::level::debug)) {
        spdlog::debug("mgm: entry ({}, {}) expired", to_string(mfe.key.source),
                      to_string(mfe.key.group));
    }
    settler_.erase(mfe, why);
}

template <class F>
Result<> Lifetimes<F>::end(const SourceGroup<F>& key) {
    Mfe<F>* mfe = state_.mfes.find(key);
    if (mfe == nullptr || !mfe->is_visible()) {
        return refuse(Errc::not_found, "no entry {}", to_string(key));
    }
    expire(*mfe, "an operator has cleared it");
    settler_.flush();
    return {};
}

template <class F>
void Lifetimes<F>::read_counter(Mfe<F>& mfe, TimePoint now) {
    const Duration interval = reading_interval(state_.options.timers);
    const auto activity = state_.outside.table.activity(state_.route_key(mfe.key));
    if (activity && activity->accepted != mfe.seen_packets) {
        mfe.seen_packets = activity->accepted;
        // They may all have come right after the reading before: nothing lives past its timeout.
        mfe.since = now - interval;
    }
    const TimePoint end = mfe.since + mfe.timeout;
    if (now >= end) {
        expire(mfe, "no packets");
        return;
    }
    state_.mfes.set_deadline(mfe, std::min(end, now + interval));
}

template <class F>
void Lifetimes<F>::idle_timeout_changed() {
    const TimerSettings& timers = state_.options.timers;
    const TimePoint next_reading = state_.now() + reading_interval(timers);
    for (Mfe<F>* mfe : state_.mfes.covered_by(SourceGroup<F>::any())) {
        if (mfe->state == MfeState::active) {
            mfe->timeout = timers.mfe_idle_timeout;
            state_.mfes.set_deadline(*mfe, std::min(mfe->deadline, next_reading));
        }
    }
}

template <class F>
void Lifetimes<F>::set_negative_timeout(const Alert<F>& prune, std::chrono::seconds timeout) {
    Mfe<F>* mfe = state_.mfes.find(prune.key);
    if (mfe == nullptr || mfe->life != prune.life || timeout == mfe->timeout) {
        return;
    }
    if (timeout <= std::chrono::seconds::zero()) {
        settler_.erase(*mfe, "its client wants no negative entry");
        settler_.flush();
        return;
    }
    // A year bounds the arithmetic; nobody can tell it from for ever.
    mfe->timeout = std::min<std::chrono::seconds>(timeout, std::chrono::years(1));
    state_.mfes.set_deadline(*mfe, mfe->since + mfe->timeout);
}

template class Lifetimes<V4>;
template class Lifetimes<V6>;

}  // namespace mgmd::mgm
