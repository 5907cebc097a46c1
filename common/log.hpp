// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/error.hpp"
#include "common/settings.hpp"

/// Logging is spdlog's default logger. The control side only: workers never log.
namespace mgmd {

/// Sends the default logger to standard error, or to a file, from a level on. Main thread, before
/// anything logs. Fails when the file can't be opened.
Expected<> start_log(const LogSettings& settings);

/// Writes to `after.file` from now on, which is opened anew: it may have been renamed. The level
/// becomes `after.level` if that is another than before; what an operator has set stays otherwise.
/// After an error all is as it was.
Expected<> change_log(const LogSettings& before, const LogSettings& after);

/// Lets through what is at least as severe from here on. Any thread.
void set_log_level(LogLevel level);

}  // namespace mgmd
