// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

Layout drops_layout() {
    return {"show drops",
            {text("REASON", "reason"), text("PACKETS", "packets"), rate("RATE", {"packets"}),
             text("MEANING", "meaning")},
            {"reason"},
            "nothing dropped"};
}

}  // namespace mgmd::mgmctl
