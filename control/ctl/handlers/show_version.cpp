// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <unistd.h>

#include "common/version.hpp"
#include "control/ctl/handlers/handlers.hpp"

namespace mgmd::ctl {

Outcome<AnswerPtr> show_version(Context& context, const Arguments& /*arguments*/) {
    const auto up = context.clock.now() - context.started;
    return answer({{{"version", kVersion},
                    {"protocol", kProtocol},
                    {"pid", ::getpid()},
                    {"up_s", std::chrono::duration<double>(up).count()},
                    {"ports", context.settings.ports.size()},
                    {"interfaces", context.settings.interfaces.size()},
                    {"workers", context.settings.workers.count}}});
}

}  // namespace mgmd::ctl
