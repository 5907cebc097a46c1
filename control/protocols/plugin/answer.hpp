// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <mgmd/mgm.h>
#include <new>
#include <thread>

#include <spdlog/spdlog.h>

#include "control/mgm/failure.hpp"
#include "control/protocols/plugin/plugin.hpp"

namespace mgmd::plugin {

/// Of a call that can't be served at all: the plugin behind it doesn't run, or another thread
/// makes it. nullptr then; the first of each kind is logged.
inline Plugin* caller_of(mgmd_router* router, const char* function) noexcept {
    if (router == nullptr) {
        return nullptr;
    }
    Plugin* plugin = router->plugin;
    if (plugin == nullptr) {
        if (std::this_thread::get_id() == router->thread && !router->warned_of_end.exchange(true)) {
            spdlog::warn("plugin {}: {}: it does not run any more", router->name, function);
        }
        return nullptr;
    }
    if (std::this_thread::get_id() != router->thread) {
        if (!router->warned_of_thread.exchange(true)) {
            spdlog::warn("plugin {}: {}: called on another thread than the router's", router->name,
                         function);
        }
        return nullptr;
    }
    return plugin;
}

/// What a function of the C interface returns: `call(plugin)` is a Result<DWORD>, a documented
/// number or a refusal, which is counted and logged.
template <class Call>
DWORD answer(mgmd_router* router, const char* function, Call&& call) noexcept {
    Plugin* plugin = caller_of(router, function);
    if (plugin == nullptr) {
        return ERROR_CAN_NOT_COMPLETE;
    }
    try {
        const mgm::Result<DWORD> result = call(*plugin);
        if (result) {
            return *result;
        }
        plugin->note_refusal(function, result.error());
        return static_cast<DWORD>(result.error().code);
    } catch (const std::bad_alloc&) {
        return ERROR_NOT_ENOUGH_MEMORY;
    } catch (const std::exception& error) {
        spdlog::error("plugin {}: {}: {}", router->name, function, error.what());
        return ERROR_CAN_NOT_COMPLETE;
    }
}

/// A call that only succeeds or fails.
inline mgm::Result<DWORD> answered(const mgm::Result<>& result) {
    return result ? mgm::Result<DWORD>(NO_ERROR) : tl::make_unexpected(result.error());
}

inline tl::unexpected<mgm::Failure> bad_handle() {
    return mgm::refuse(mgm::Errc::invalid_parameter, "a handle that is not the plugin's");
}

inline tl::unexpected<mgm::Failure> null_pointer(const char* parameter) {
    return mgm::refuse(mgm::Errc::invalid_parameter, "{} is NULL", parameter);
}

}  // namespace mgmd::plugin
