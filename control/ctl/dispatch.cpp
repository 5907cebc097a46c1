// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/dispatch.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "control/ctl/handlers/handlers.hpp"

namespace mgmd::ctl {
namespace {

struct Entry {
    std::string_view command;
    Handler handler;
};

constexpr std::array kHandlers{
    Entry{"show version", show_version},
};

}  // namespace

Dispatch dispatch_to_handlers(const Context& context) {
    return [context](const Request& request) -> Outcome<AnswerPtr> {
        const auto entry = std::find_if(kHandlers.begin(), kHandlers.end(), [&](const Entry& each) {
            return each.command == request.command->name;
        });
        if (entry == kHandlers.end()) {
            return refuse(Refused::unknown_command,
                          std::string(request.command->name) + ": this router does not know it");
        }
        return entry->handler(context, request.arguments);
    };
}

}  // namespace mgmd::ctl
