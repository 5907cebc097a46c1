// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mgmd::config {

/// The reference page of the configuration, docs/configuration.md, made from the tables of
/// settings. A test compares the two.
std::string reference_page();

}  // namespace mgmd::config
