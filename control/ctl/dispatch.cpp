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
    Entry{"show interfaces", show_interfaces},
    Entry{"show protocols", show_protocols},
    Entry{"show proxies", show_proxies},
    Entry{"show groups", show_groups},
    Entry{"show mroutes", show_mroutes},
    Entry{"show routes", show_routes},
    Entry{"show counters", show_counters},
    Entry{"show drops", show_drops},
    Entry{"show events", show_events},
    Entry{"show workers", show_workers},
    Entry{"show memory", show_memory},
    Entry{"show version", show_version},
    Entry{"explain", explain},
    Entry{"capture", capture},
    Entry{"trace", trace},
    Entry{"monitor", monitor_events},
    Entry{"add mroute", add_mroute},
    Entry{"del mroute", del_mroute},
    Entry{"add join", add_join},
    Entry{"del join", del_join},
    Entry{"clear counters", clear_counters},
    Entry{"clear mroutes", clear_mroutes},
    Entry{"set log", set_log},
    Entry{"reload", reload},
};

}  // namespace

Dispatch dispatch_to_handlers(Context& context) {
    return [&context](const Request& request) -> Outcome<AnswerPtr> {
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
