// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mgmd::config {

/// `; did you mean "mtu"?` for the candidate within two edits of `word`; "" if none is that near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace mgmd::config
