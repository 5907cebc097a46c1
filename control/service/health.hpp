// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/control_plane.hpp"
#include "control/service/service.hpp"

namespace mgmd {

/// A router whose workers all poll is alive; its control thread is the one that asks.
ServiceHealth service_health(const Settings& settings, const ControlPlane& control);

}  // namespace mgmd
