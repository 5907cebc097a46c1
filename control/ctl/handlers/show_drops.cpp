// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {

Outcome<AnswerPtr> show_drops(Context& context, const Arguments& arguments) {
    const auto verdicts = context.view.verdicts();
    std::vector<Json> rows;
    for (const auto& text : kDropReasonTexts) {
        const auto packets = verdicts.dropped[static_cast<std::size_t>(text.reason)];
        if (packets > 0 || arguments.flag("all")) {
            rows.push_back({{"reason", text.name}, {"packets", packets}, {"meaning", text.help}});
        }
    }
    return answer(std::move(rows));
}

}  // namespace mgmd::ctl
