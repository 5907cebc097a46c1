// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/ctl/request.hpp"
#include "control/ctl/answer.hpp"
#include "control/ctl/context.hpp"

/// The handlers of the commands of common/ctl/command_table.hpp: each checks what the table can't,
/// and answers from MGM's retrieval functions and the doors. Names of rows' keys end in their unit;
/// a key whose value is not known is left out. Control thread.
namespace mgmd::ctl {

using Handler = Outcome<AnswerPtr> (*)(Context& context, const Arguments& arguments);

Outcome<AnswerPtr> show_interfaces(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_protocols(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_proxies(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_groups(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_mroutes(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_routes(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_counters(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_drops(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_events(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_workers(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_memory(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> show_version(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> explain(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> capture(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> trace(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> monitor_events(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> add_mroute(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> del_mroute(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> add_join(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> del_join(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> clear_counters(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> clear_mroutes(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> set_log(Context& context, const Arguments& arguments);
Outcome<AnswerPtr> reload(Context& context, const Arguments& arguments);

}  // namespace mgmd::ctl
