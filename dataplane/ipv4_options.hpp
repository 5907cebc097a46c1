// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "common/drop_reason.hpp"

namespace mgmd::dataplane {

/// Looks through the options of an IPv4 header (RFC 791 3.1): `bad_options` when one is malformed,
/// `source_route` when one is LSRR or SSRR (RFC 7126 4.3, 4.4), nullopt when the packet may go on.
/// What is allowed is forwarded as it stands.
std::optional<DropReason> check_ipv4_options(std::span<const std::uint8_t> options);

}  // namespace mgmd::dataplane
