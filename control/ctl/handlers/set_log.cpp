// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <spdlog/spdlog.h>

#include "common/log.hpp"
#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

struct LevelName {
    std::string_view name;
    LogLevel level;
};

constexpr std::array<LevelName, 6> kLevels{{{"trace", LogLevel::trace},
                                            {"debug", LogLevel::debug},
                                            {"info", LogLevel::info},
                                            {"warning", LogLevel::warning},
                                            {"error", LogLevel::error},
                                            {"off", LogLevel::off}}};

}  // namespace

Outcome<AnswerPtr> set_log(Context& /*context*/, const Arguments& arguments) {
    const auto wanted = arguments.text("level");
    for (const auto& [name, level] : kLevels) {
        if (name == wanted) {
            spdlog::info("log level: {}", name);
            set_log_level(level);
        }
    }
    return done();
}

}  // namespace mgmd::ctl
