// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mgmd/plugin_abi.h>
#include <string>

#include "common/error.hpp"

namespace mgmd::plugin {

/// The descriptor of the plugin in a shared object, which stays in the process to its end: threads
/// that a plugin leaves behind must not run into nothing. Errors (configuration): there is no such
/// file, it is no shared object or lacks symbols, it exports no mgmd_plugin, or one of another ABI
/// version, or an incomplete one.
Expected<const mgmd_plugin_descriptor*> load_object(const std::string& path);

/// What is wrong with a descriptor, as an error about `path`.
Expected<> check_descriptor(const std::string& path, const mgmd_plugin_descriptor& descriptor);

}  // namespace mgmd::plugin
