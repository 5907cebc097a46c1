// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/ip_address.hpp"

namespace mgmd {

/// A scope nibble, or a zone's, with F (reserved) read as E, global (RFC 4291 2.7).
constexpr std::uint8_t effective_scope(std::uint8_t scope) {
    return std::min<std::uint8_t>(scope, 0xe);
}
constexpr std::uint8_t effective_scope(const Ipv6Address& group) {
    return effective_scope(multicast_scope(group));
}

}  // namespace mgmd
