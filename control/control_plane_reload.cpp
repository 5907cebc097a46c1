// SPDX-License-Identifier: Apache-2.0
// The calls of ControlPlane that are about other settings.
#include <algorithm>
#include <utility>

#include "control/control_plane.hpp"

namespace mgmd {
namespace {

bool is_other_to_workers(const InterfaceSettings& before, const InterfaceSettings& now) {
    const auto& igmp = now.ipv4.membership;
    const auto& old_igmp = before.ipv4.membership;
    return before.boundaries != now.boundaries || before.ttl_threshold != now.ttl_threshold ||
           before.mtu != now.mtu || old_igmp.check_ttl != igmp.check_ttl ||
           old_igmp.check_source_subnet != igmp.check_source_subnet;
}

bool other_to_workers(const Settings& before, const Settings& now) {
    return !std::equal(now.interfaces.begin(), now.interfaces.end(), before.interfaces.begin(),
                       [](const auto& interface, const auto& old) {
                           return !is_other_to_workers(old, interface);
                       });
}

}  // namespace

Expected<> ControlPlane::reconfigure(const Settings& before) {
    // First: what tables publish from now on follows it.
    // After a refusal they know what the settings are changed back to.
    if (!std::exchange(workers_refused_, false) && other_to_workers(before, settings_)) {
        if (auto changed = doors_.ops.reconfigure(settings_); !changed) {
            workers_refused_ = true;
            return changed;
        }
    }
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
