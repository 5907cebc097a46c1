// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/ctl/request.hpp"
#include "control/ctl/answer.hpp"
#include "control/ctl/context.hpp"

/// The handlers of the commands of common/ctl/command_table.hpp: each checks what the table can't,
/// and answers from MGM's retrieval functions and the doors. One file each. Control thread.
namespace mgmd::ctl {

using Handler = Outcome<AnswerPtr> (*)(const Context& context, const Arguments& arguments);

Outcome<AnswerPtr> show_version(const Context& context, const Arguments& arguments);

}  // namespace mgmd::ctl
