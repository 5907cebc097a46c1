// SPDX-License-Identifier: Apache-2.0
// The calls of ControlPlane that are about other settings.
#include "control/control_plane.hpp"

namespace mgmd {

Expected<> ControlPlane::reconfigure(const Settings& before) {
    for (const auto& [table, control] : ipv4_) {
        if (auto changed = control->reconfigure(before); !changed) {
            return changed;
        }
    }
    for (const auto& [table, control] : ipv6_) {
        if (auto changed = control->reconfigure(before); !changed) {
            return changed;
        }
    }
    // Last, when nothing can be refused any more: what IGMP has heard from hosts can't be got back.
    for (const auto& [table, control] : ipv4_) {
        control->let_go();
    }
    for (const auto& [table, control] : ipv6_) {
        control->let_go();
    }
    return {};
}

void ControlPlane::restore() {
    for (const auto& [table, control] : ipv4_) {
        control->restore();
    }
    for (const auto& [table, control] : ipv6_) {
        control->restore();
    }
}

}  // namespace mgmd
