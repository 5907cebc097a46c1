// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "common/settings.hpp"

namespace mgmd {

/// Where a plane that has no logger of its own sends lines for a person, without line end. Must
/// accept calls from any thread. Never called on the hot path.
using LogSink = std::function<void(LogLevel, std::string_view)>;

}  // namespace mgmd
