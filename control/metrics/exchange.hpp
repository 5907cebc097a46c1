// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "control/metrics/snapshot.hpp"

namespace mgmd::metrics {

/// Where scrapers ask for a snapshot, and control leaves it. Its lock is held for the exchange of
/// a pointer only: control never waits for a scraper.
class Exchange {
public:
    using Pointer = std::shared_ptr<const Snapshot>;
    /// How long a scraper waits for control, before it has to do with the snapshot before.
    static constexpr std::chrono::seconds kPatience{3};

    /// `ask` has control publish a snapshot before long. It is called on scrapers' threads.
    explicit Exchange(std::function<void()> ask) : ask_(std::move(ask)) {}

    /// A scraper. Asks, waits, and returns the newest snapshot; null before the first.
    Pointer get(std::chrono::milliseconds patience = kPatience);

    /// Control.
    void publish(Pointer snapshot);
    /// Control: nothing will be published any more, and nobody waits for it.
    void close();

private:
    const std::function<void()> ask_;
    std::mutex mutex_;  // guards what follows
    std::condition_variable published_;
    Pointer newest_;
    std::uint64_t publications_ = 0;
    bool closed_ = false;
};

}  // namespace mgmd::metrics
