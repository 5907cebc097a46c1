// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

Layout version_layout() {
    return {"show version",
            {text("VERSION", "version"), duration("UP", "up_s"), text("PID", "pid"),
             text("PORTS", "ports"), text("INTERFACES", "interfaces"), text("WORKERS", "workers"),
             text("PROTOCOL", "protocol")},
            {"pid"},
            "no router"};
}

}  // namespace mgmd::mgmctl
