// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace mgmd::config {

/// Offset of the first octet that is not part of well-formed UTF-8 (RFC 3629 4) or is a control
/// character other than tab and line ends; text.size() if there is none.
std::size_t first_bad_octet(std::string_view text);

}  // namespace mgmd::config
