// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "common/clock.hpp"
#include "common/error.hpp"
#include "common/settings.hpp"
#include "control/control_plane.hpp"
#include "control/event_loop.hpp"

namespace mgmd::metrics {

/// Serves `/metrics` for Prometheus, on threads of its own: they work at low priority, on the
/// control thread's core, and read nothing but snapshots. Control thread.
class Exporter {
public:
    /// Scrapes that are served at a time; a few more wait. A scraper that is silent or does not
    /// read holds its place for kRequestTimeout at most.
    static constexpr unsigned kScrapers = 4;
    static constexpr std::chrono::seconds kRequestTimeout{2};

    /// Listens as `settings.metrics` says. Fails when it can't; the message says why and what to
    /// do. All references outlive it, and `loop` may run on after its end.
    static Expected<std::unique_ptr<Exporter>> listen(const Settings& settings, const Clock& clock,
                                                      EventLoop& loop, ControlPlane& control);
    /// Ends connections; takes up to kRequestTimeout where a scraper is slow.
    ~Exporter();
    Exporter(const Exporter&) = delete;
    Exporter& operator=(const Exporter&) = delete;

    /// Where it listens: the one of the settings, unless that is 0.
    std::uint16_t port() const;

private:
    struct State;
    explicit Exporter(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace mgmd::metrics
