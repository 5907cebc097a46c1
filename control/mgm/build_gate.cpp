// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/build_gate.hpp"

#include <spdlog/spdlog.h>

namespace mgmd::mgm {

void BuildGate::drain() {
    if (!is_waiting()) {
        return;
    }
    draining_ = true;
    for (std::size_t done = 0; !calls_.empty(); ++done) {
        if (done == max_calls_) {
            too_many_(clock_.now(), [this](const std::string& more) {
                spdlog::warn(
                    "mgm: building entries still causes calls after {}; continuing from the "
                    "event loop with {} waiting{}",
                    max_calls_, calls_.size(), more);
            });
            is_left_for_later_ = true;
            continue_later_();
            break;
        }
        const Call call = std::move(calls_.front());
        calls_.pop_front();
        if (const auto result = call(); !result) {
            late_failure_(clock_.now(), [&](const std::string& more) {
                spdlog::warn("mgm: a call made while an entry was built failed late: {}{}",
                             result.error().message, more);
            });
        }
    }
    draining_ = false;
}

void BuildGate::resume() {
    is_left_for_later_ = false;
    drain();
}

}  // namespace mgmd::mgm
