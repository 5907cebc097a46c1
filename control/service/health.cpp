// SPDX-License-Identifier: Apache-2.0
#include "control/service/health.hpp"

#include <algorithm>

#include <spdlog/fmt/fmt.h>

namespace mgmd {

ServiceHealth service_health(const Settings& settings, const ControlPlane& control) {
    const auto& doors = control.doors();
    const auto ports = doors.view.ports();
    const auto with_link = std::count_if(ports.begin(), ports.end(),
                                         [](const PortView& port) { return port.link_up; });
    ServiceHealth health;
    health.status =
        fmt::format("{} of {} ports have a link, {} interfaces, {} forwarding entries, {} workers",
                    with_link, ports.size(), settings.interfaces.size(),
                    doors.ipv4.usage().entries + doors.ipv6.usage().entries, doors.workers.size());
    if (const auto silent = control.silent_worker()) {
        health.alive = false;
        health.status =
            fmt::format("worker {} does not poll its queues; {}", *silent, health.status);
    }
    return health;
}

}  // namespace mgmd
