// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

Layout events_layout() {
    return {"show events",
            {text("EVENT", "event"), text("COUNT", "count"), rate("RATE", {"count"}),
             text("MEANING", "meaning")},
            {"event"},
            "no events"};
}

}  // namespace mgmd::mgmctl
