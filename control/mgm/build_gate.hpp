// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>

#include "common/clock.hpp"
#include "common/log_limit.hpp"
#include "control/mgm/types.hpp"

namespace mgmd::mgm {

/// Keeps what clients ask for from inside on_rpf and on_creation_alert, until the entries that are
/// being built are complete (18).
class BuildGate {
public:
    using Call = std::function<Result<>()>;

    /// `max_calls` done by one drain(); `continue_later` is told when some are left. `clock`
    /// outlives it.
    BuildGate(const Clock& clock, std::size_t max_calls, std::function<void()> continue_later)
        : clock_(clock), max_calls_(max_calls), continue_later_(std::move(continue_later)) {}

    /// Makes a callback during which calls are put off.
    template <class Callback>
    void ask(Callback&& callback) {
        asking_ = true;
        callback();
        asking_ = false;
    }
    bool is_asking() const { return asking_; }
    bool is_draining() const { return draining_; }

    void put_off(Call call) { calls_.push_back(std::move(call)); }
    /// Whether drain() has something to do.
    bool is_waiting() const { return !calls_.empty() && !draining_ && !is_left_for_later_; }

    /// Does what was put off, also what that causes to be put off in turn. Nothing from inside, and
    /// once calls are left for the event loop, nothing before it resumes them.
    void drain();
    void resume();

private:
    const Clock& clock_;
    std::size_t max_calls_;
    std::function<void()> continue_later_;
    std::deque<Call> calls_;
    bool asking_ = false;
    bool draining_ = false;
    bool is_left_for_later_ = false;
    LogLimit too_many_;
    LogLimit late_failure_;
};

}  // namespace mgmd::mgm
