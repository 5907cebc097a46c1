// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mgmd {

/// mgmd(8), for man.
std::string manual_page();
/// For bash, to be sourced.
std::string bash_completion();

}  // namespace mgmd
