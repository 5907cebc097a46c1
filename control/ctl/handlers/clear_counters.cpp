// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {

Outcome<AnswerPtr> clear_counters(Context& context, const Arguments& /*arguments*/) {
    context.view.clear();
    context.events_before = context.control.events();
    context.cleared = context.clock.now();
    return done();
}

}  // namespace mgmd::ctl
