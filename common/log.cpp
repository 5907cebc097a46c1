// SPDX-License-Identifier: Apache-2.0
#include "common/log.hpp"

#include <memory>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace mgmd {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::trace:
            return spdlog::level::trace;
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
        case LogLevel::off:
            break;
    }
    return spdlog::level::off;
}

}  // namespace

Expected<> start_log(const LogSettings& settings) {
    try {
        auto logger = std::make_shared<spdlog::logger>("mgmd");
        if (settings.file.empty()) {
            logger->sinks().push_back(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
        } else {
            logger->sinks().push_back(
                std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings.file));
        }
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%-7l%$ %v");
        logger->set_level(spdlog_level(settings.level));
        logger->flush_on(spdlog::level::info);
        spdlog::set_default_logger(std::move(logger));
    } catch (const spdlog::spdlog_ex& error) {
        return fail(ExitCode::system, "log.file \"" + settings.file + "\": " + error.what());
    }
    return {};
}

Expected<> change_log(const LogSettings& before, const LogSettings& after) {
    const auto level = spdlog::default_logger()->level();
    if (!after.file.empty() || !before.file.empty()) {
        if (auto started = start_log(after); !started) {
            return started;
        }
        spdlog::default_logger()->set_level(level);
    }
    if (before.level != after.level) {
        set_log_level(after.level);
    }
    return {};
}

void set_log_level(LogLevel level) {
    spdlog::default_logger()->set_level(spdlog_level(level));
}

}  // namespace mgmd
