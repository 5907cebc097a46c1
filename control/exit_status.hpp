// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <new>
#include <system_error>
#include <type_traits>

#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include "common/error.hpp"

namespace mgmd {

constexpr int status(ExitCode code) {
    return static_cast<int>(code);
}

/// The exit status of `task`, which returns it. An exception becomes one as well, with a line that
/// says what it was: a process that ends by itself closes its devices and can be told apart.
template <class Task>
int exit_status_of(Task&& task) {
    try {
        return task();
    } catch (const std::bad_alloc&) {
        spdlog::critical("out of memory");
        return status(ExitCode::system);
    } catch (const boost::system::system_error& error) {
        spdlog::critical("{}", error.what());
        return status(ExitCode::system);
    } catch (const std::system_error& error) {
        spdlog::critical("{}", error.what());
        return status(ExitCode::system);
    } catch (const std::exception& error) {
        spdlog::critical("internal error: {}", error.what());
        return status(ExitCode::internal);
    }
}

}  // namespace mgmd
