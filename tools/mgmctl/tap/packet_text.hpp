// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mgmd::mgmctl {

/// What a frame is, in one line: "10.1.0.10 > 239.1.1.1, UDP 5000 > 5001, TTL 16". `frame` begins
/// with the destination MAC, and may end anywhere.
std::string packet_text(std::span<const std::uint8_t> frame);

/// "14:22:33.123456789" of this day, where this machine is.
std::string time_text(std::int64_t time_ns);

/// nullopt: that is no row of two digits for each octet.
std::optional<std::vector<std::uint8_t>> from_hexadecimal(std::string_view text);

}  // namespace mgmd::mgmctl
