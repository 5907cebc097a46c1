// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

Layout counters_layout() {
    return {"show counters",
            {text("OF", "of"), text("COUNTER", "counter"), text("VALUE", "value"),
             rate("RATE", {"value"})},
            {"of", "counter"},
            "no counters"};
}

}  // namespace mgmd::mgmctl
