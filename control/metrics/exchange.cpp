// SPDX-License-Identifier: Apache-2.0
#include "control/metrics/exchange.hpp"

#include <utility>

namespace mgmd::metrics {

Exchange::Pointer Exchange::get(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    const auto before = publications_;
    if (!closed_) {
        lock.unlock();
        ask_();
        lock.lock();
        published_.wait_for(lock, patience, [&] { return closed_ || publications_ != before; });
    }
    return newest_;
}

void Exchange::publish(Pointer snapshot) {
    {
        // The old one may be the last of its kind here: it is freed outside the lock.
        const std::lock_guard lock(mutex_);
        newest_.swap(snapshot);
        ++publications_;
    }
    published_.notify_all();
}

void Exchange::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    published_.notify_all();
}

}  // namespace mgmd::metrics
