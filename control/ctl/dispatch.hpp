// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/ctl/context.hpp"
#include "control/ctl/session.hpp"

namespace mgmd::ctl {

/// Gives each request to the handler of its command. `context` outlives it.
Dispatch dispatch_to_handlers(Context& context);

}  // namespace mgmd::ctl
