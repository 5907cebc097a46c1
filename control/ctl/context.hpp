// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/clock.hpp"
#include "common/settings.hpp"
#include "control/control_plane.hpp"
#include "control/ctl/cleared_view.hpp"
#include "control/reload/reloader.hpp"

namespace mgmd::ctl {

/// What the handlers of commands work on. Control thread.
struct Context {
    /// All references outlive it.
    Context(const Settings& of_router, const Clock& its_clock, ControlPlane& its_control)
        : settings(of_router),
          clock(its_clock),
          control(its_control),
          view(its_control.doors().view, of_router),
          started(its_clock.now()),
          cleared(started) {}

    const Settings& settings;
    const Clock& clock;
    ControlPlane& control;
    ClearedView view;
    TimePoint started;
    TimePoint cleared;             ///< when the counters of `view` began
    EventSummary events_before{};  ///< what control had counted then
    Reloader* reloader = nullptr;  ///< nullptr: this router has no file to read again
};

}  // namespace mgmd::ctl
