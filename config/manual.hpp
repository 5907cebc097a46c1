// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mgmd::config {

/// mgmd.yaml(5), for man, from the same tables as the reference page.
std::string manual_page();

}  // namespace mgmd::config
