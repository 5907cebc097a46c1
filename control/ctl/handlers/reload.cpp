// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {

Outcome<AnswerPtr> reload(Context& context, const Arguments& arguments) {
    if (context.reloader == nullptr) {
        return refuse(Refused::conflict, "this router has no configuration file to read again");
    }
    const auto changes = context.reloader->reload(arguments.flag("dry-run"));
    if (!changes) {
        return refuse(Refused::conflict, changes.error().message);
    }
    std::vector<Json> rows;
    for (const auto& change : *changes) {
        Json row{{"item", change.item}};
        if (!change.before.empty()) {
            row["before"] = change.before;
        }
        if (!change.after.empty()) {
            row["after"] = change.after;
        }
        row["how"] = change.live ? "live" : "restart";
        rows.push_back(std::move(row));
    }
    return answer(std::move(rows));
}

}  // namespace mgmd::ctl
