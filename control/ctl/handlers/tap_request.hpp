// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "common/packet_tap.hpp"
#include "control/ctl/handlers/handlers.hpp"

/// What captures and traces have in common.
namespace mgmd::ctl {

/// The filter that a client asks for.
Outcome<TapFilter> tap_filter(const Context& context, const Arguments& arguments);

/// The number of records after which it ends.
Outcome<std::optional<std::uint32_t>> tap_count(const Arguments& arguments);

/// What a row says of a frame's arrival or departure.
void describe_frame(const Context& context, std::int64_t time_ns, WorkerIndex worker,
                    PortIndex port, InterfaceIndex interface, std::uint32_t length, Json& row);

/// "01005e010101…".
std::string hexadecimal(std::span<const std::uint8_t> octets);

}  // namespace mgmd::ctl
