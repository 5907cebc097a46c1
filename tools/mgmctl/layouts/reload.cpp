// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

Layout reload_layout() {
    return {"reload",
            {text("ITEM", "item"), text_or_dash("BEFORE", "before"), text_or_dash("AFTER", "after"),
             text("HOW", "how")},
            {"item"},
            "nothing has changed"};
}

}  // namespace mgmd::mgmctl
