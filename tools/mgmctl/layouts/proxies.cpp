// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

Layout proxies_layout() {
    return {"show proxies",
            {text("SIDE", "side"), text("INTERFACE", "interface"), text("FAMILY", "family"),
             table_number(), text("STATE", "state"), text_or_dash("REPORTS", "reports"),
             text("GROUPS", "groups")},
            {"family", "table", "side", "interface"},
            "no proxies"};
}

}  // namespace mgmd::mgmctl
