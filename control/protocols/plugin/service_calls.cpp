// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <string>

#include "control/protocols/plugin/answer.hpp"
#include "control/protocols/plugin/calls.hpp"

namespace mgmd::plugin {
namespace {

using mgm::Errc;
using mgm::Result;

constexpr std::size_t kLongestLine = 4'096;

spdlog::level::level_enum level_of(DWORD level) {
    switch (level) {
        case MGMD_LOG_DEBUG:
            return spdlog::level::debug;
        case MGMD_LOG_WARNING:
            return spdlog::level::warn;
        case MGMD_LOG_ERROR:
            return spdlog::level::err;
        default:
            return spdlog::level::info;
    }
}

/// Any thread. A line stays a line.
void log(mgmd_router* router, DWORD level, const char* text) noexcept {
    if (router == nullptr || text == nullptr || router->plugin == nullptr) {
        return;
    }
    try {
        std::string line(text, strnlen(text, kLongestLine));
        for (char& character : line) {
            if (static_cast<unsigned char>(character) < ' ' || character == '\x7f') {
                character = ' ';
            }
        }
        spdlog::log(level_of(level), "plugin {}: {}", router->name, line);
    } catch (const std::exception&) {  // out of memory: a line less
    }
}

/// The handle, where the plugin wants it; a NULL says that it does not.
Result<DWORD> give(const Result<HANDLE>& started, PHANDLE handle) {
    if (!started) {
        return tl::make_unexpected(started.error());
    }
    if (handle != nullptr) {
        *handle = *started;
    }
    return NO_ERROR;
}

DWORD start_timer(mgmd_router* router, std::uint64_t milliseconds, mgmd_timer_callback callback,
                  void* context, PHANDLE timer) {
    return answer(router, "mgmd_start_timer", [&](Plugin& plugin) {
        return give(plugin.loop_services().start_timer(milliseconds, callback, context), timer);
    });
}

DWORD cancel_timer(mgmd_router* router, HANDLE timer) {
    return answer(router, "mgmd_cancel_timer", [&](Plugin& plugin) {
        return answered(plugin.loop_services().cancel_timer(timer));
    });
}

DWORD watch_fd(mgmd_router* router, int fd, unsigned events, mgmd_fd_callback callback,
               void* context, PHANDLE watch) {
    return answer(router, "mgmd_watch_fd", [&](Plugin& plugin) {
        return give(plugin.loop_services().watch(fd, events, callback, context), watch);
    });
}

DWORD unwatch_fd(mgmd_router* router, HANDLE watch) {
    return answer(router, "mgmd_unwatch_fd",
                  [&](Plugin& plugin) { return answered(plugin.loop_services().unwatch(watch)); });
}

DWORD link_is_up(mgmd_router* router, DWORD index, BOOL* up) {
    return answer(router, "mgmd_link_is_up", [&](Plugin& plugin) -> Result<DWORD> {
        if (up == nullptr) {
            return null_pointer("up");
        }
        const auto state = plugin.link_is_up(interface_from_abi<V4>(index, 0).index);
        if (!state) {
            return mgm::refuse(Errc::not_found, "interface {} is none of the plugin's", index);
        }
        *up = *state ? TRUE : FALSE;
        return NO_ERROR;
    });
}

}  // namespace

const mgmd_services& service_calls() {
    static constexpr mgmd_services kServices{
        .log = log,
        .start_timer = start_timer,
        .cancel_timer = cancel_timer,
        .watch_fd = watch_fd,
        .unwatch_fd = unwatch_fd,
        .link_is_up = link_is_up,
    };
    return kServices;
}

}  // namespace mgmd::plugin
