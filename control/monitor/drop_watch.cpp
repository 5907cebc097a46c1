// SPDX-License-Identifier: Apache-2.0
#include "control/monitor/drop_watch.hpp"

namespace mgmd::monitor {

void DropWatch::look(const DataplaneView& view, TimePoint now) {
    if (!reporter_.wants(NoticeKind::drops)) {
        before_.reset();
        return;
    }
    if (before_ && now < next_) {
        return;
    }
    next_ = now + kInterval;
    const auto verdicts = view.verdicts();
    for (const auto& text : kDropReasonTexts) {
        const auto reason = static_cast<std::size_t>(text.reason);
        const auto grown = before_ ? verdicts.dropped[reason] - before_->dropped[reason] : 0;
        if (grown > 0) {
            reporter_(NoticeKind::drops, text.name, [&](Notice& notice) {
                notice.count = grown;
                notice.details = text.help;
            });
        }
    }
    before_ = verdicts;
}

}  // namespace mgmd::monitor
