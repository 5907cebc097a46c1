// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/ip_address.hpp"

/// What addresses and groups in a configuration must be. Each answers the rule that is broken.
namespace mgmd::config {

using Rule = std::optional<std::string>;

/// An address that a station can have: unicast, not reserved.
Rule host_rule(const Ipv4Address& address);
Rule host_rule(const Ipv6Address& address);

/// host_rule, and no network or broadcast address of its subnet.
template <class F>
Rule interface_address_rule(const Prefix<F>& address);

/// A group that a router may forward.
template <class F>
Rule group_rule(const typename F::Address& group);

/// A prefix of such groups, without host bits.
template <class F>
Rule group_prefix_rule(const Prefix<F>& prefix);

/// A prefix of sources, without host bits.
template <class F>
Rule source_prefix_rule(const Prefix<F>& prefix);

/// Whether every group of `prefix` is source-specific (RFC 4607 1).
template <class F>
bool is_ssm_prefix(const Prefix<F>& prefix) {
    constexpr std::uint8_t kLength = F::family == Family::ipv4 ? 8 : 32;
    return prefix.length >= kLength && is_ssm_group(prefix.address);
}

}  // namespace mgmd::config
