// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

/// Pieces of good configurations, for those who read them and for those who start from them.
namespace mgmd::test {

/// Two static interfaces with addresses of both families, on lines 1 to 4.
inline constexpr std::string_view kTwoInterfaces =
    "ports: {a: net_null0, b: net_null1}\n"
    "interfaces:\n"
    "  a: {addresses: [10.1.0.1/24, \"fd00:1::1/64\"], protocol: static}\n"
    "  b: {addresses: [10.2.0.1/24, \"fd00:2::1/64\"], protocol: static}\n";

/// One mroute each, between those two.
inline constexpr std::array<std::string_view, 9> kSingleMroutes = {
    "group: 239.1.1.1, accept: a, outgoing: [a, b]",
    "group: 239.1.1.1, action: drop",
    "group: 239.1.1.1, accept: any, action: hand_over",
    "group: 239.1.1.1, accept: a, action: drop",
    "group: 232.0.0.0/8, action: drop",
    "group: 0.0.0.0/0, action: drop",
    "group: \"::/0\", action: drop",
    "group: \"ff00::/8\", accept: a, outgoing: b",
    "group: 232.1.1.1, source: 10.1.0.9, accept: a, outgoing: b"};

inline std::string with_mroute(std::string_view mroute) {
    return std::string(kTwoInterfaces) + "mroutes:\n  - {" + std::string(mroute) + "}\n";
}

/// Three static interfaces and one of another table, for routes.
inline constexpr std::string_view kFourInterfaces = R"(
ports: {a: net_null0, b: net_null1, c: net_null2, d: net_null3}
interfaces:
  a: {addresses: [10.1.0.1/24, "fd00:1::1/64"], protocol: static}
  b: {addresses: [10.2.0.1/24, "fd00:2::1/64"], protocol: static}
  c: {protocol: static}
  d: {addresses: 10.4.0.1/24, protocol: static, table: 4}
)";

/// Routes between those.
inline constexpr std::string_view kMroutes = R"(
mroutes:
  - source: 10.1.0.10
    group: 239.1.1.1
    accept: [b, a]
    outgoing: [c, {interface: b, ttl_threshold: 16, next_hop_mac: 02:00:00:00:00:09}]
    action: forward_and_copy
  - {group: 239.2.0.0/16, accept: any, outgoing: d}
  - {group: 0.0.0.0/0, action: drop}
  - {group: "::/0", accept: d, action: hand_over}
  - {group: 239.3.3.3, action: drop, table: 4}
)";

}  // namespace mgmd::test
