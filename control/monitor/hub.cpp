// SPDX-License-Identifier: Apache-2.0
#include "control/monitor/hub.hpp"

namespace mgmd::monitor {

void Hub::add(Listener& listener, Kinds kinds) {
    watching_.push_back({&listener, kinds});
    find_wanted();
}

void Hub::remove(const Listener& listener) {
    std::erase_if(watching_,
                  [&](const Watching& watching) { return watching.listener == &listener; });
    find_wanted();
}

void Hub::find_wanted() {
    wanted_ = {};
    for (const auto& watching : watching_) {
        wanted_.add(watching.kinds);
    }
}

void Hub::tell(Notice notice) {
    notice.at = std::chrono::system_clock::now();
    for (const auto& watching : watching_) {
        if (watching.kinds.contains(notice.kind)) {
            watching.listener->on_notice(notice);
        }
    }
}

}  // namespace mgmd::monitor
