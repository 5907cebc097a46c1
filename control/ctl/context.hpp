// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/clock.hpp"
#include "common/settings.hpp"
#include "control/control_plane.hpp"

namespace mgmd::ctl {

/// What the handlers of commands work on; all of it outlives them.
struct Context {
    const Settings& settings;
    const Clock& clock;
    ControlPlane& control;
    TimePoint started{};
};

}  // namespace mgmd::ctl
