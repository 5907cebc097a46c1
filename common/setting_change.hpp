// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mgmd {

/// A difference between two configurations, as people read it.
struct SettingChange {
    std::string item;    ///< "timers.mfe_idle_timeout", "mroutes[10.1.0.10, 232.1.1.1].outgoing"
    std::string before;  ///< "": it was not there
    std::string after;   ///< "": it is not there any more
    bool live = false;   ///< a running router can take it over; else it needs a restart

    friend bool operator==(const SettingChange&, const SettingChange&) = default;
};

}  // namespace mgmd
