// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/mgm/alerts.hpp"
#include "control/mgm/state.hpp"

namespace mgmd::mgm {

template <class F>
class Settler;

/// How often an active entry's counter is read. A reading tells that packets came, not when: this
/// is how much sooner than the idle timeout an entry may end.
inline Duration reading_interval(const TimerSettings& timers) {
    return Duration(timers.mfe_idle_timeout) / 16;
}

/// How long entries live (23).
template <class F>
class Lifetimes {
public:
    Lifetimes(State<F>& state, Settler<F>& settler) : state_(state), settler_(settler) {}

    /// Reads and ends, now, what was due until then, at most `slice` entries, the longest overdue
    /// first. Returns how many.
    std::size_t run(TimePoint due, TimePoint now, std::size_t slice);
    /// Ends the entry now, as if its time were up. not_found: there is none.
    Result<> end(const SourceGroup<F>& key);
    /// Of active entries. A longer one counts from the next reading on.
    void idle_timeout_changed();
    /// A client's answer to the PRUNE of an entry.
    void set_negative_timeout(const Alert<F>& prune, std::chrono::seconds timeout);

private:
    void read_counter(Mfe<F>& mfe, TimePoint now);
    void expire(Mfe<F>& mfe, std::string_view why);

    State<F>& state_;
    Settler<F>& settler_;
};

}  // namespace mgmd::mgm
