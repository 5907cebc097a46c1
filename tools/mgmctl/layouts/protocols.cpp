// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

Layout protocols_layout() {
    return {"show protocols",
            {text("PROTOCOL", "protocol"), text("FAMILY", "family"), table_number(),
             text("ID", "id"), list("INTERFACES", "interfaces"), text("PLUGIN", "plugin"),
             text("REFUSED-CALLS", "refused_calls")},
            {"family", "table", "id", "component"},
            "no protocols"};
}

}  // namespace mgmd::mgmctl
