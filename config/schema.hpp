// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mgmd::config {

/// JSON Schema (draft 2020-12) of the configuration, for editors: what the tables of settings say.
/// What takes more than one value to see (references, duplicates) only the loader checks.
std::string json_schema();

}  // namespace mgmd::config
