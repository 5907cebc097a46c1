// SPDX-License-Identifier: Apache-2.0
#include "config/address_rules.hpp"

#include "common/address_range.hpp"

namespace mgmd::config {
namespace {

template <class F>
constexpr std::uint8_t kMulticastLength = F::family == Family::ipv4 ? 4 : 8;

template <class F>
Rule host_bits_rule(const Prefix<F>& prefix) {
    if (prefix == prefix.network()) {
        return std::nullopt;
    }
    return "must not have bits past its length: " + to_string(prefix.network());
}

bool is_mapped(const Ipv6Address& address) {
    constexpr Prefix<V6> kMapped{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}}, 96};
    return kMapped.contains(address);
}

}  // namespace

Rule host_rule(const Ipv4Address& address) {
    const std::uint8_t first = address.bytes[0];
    if (is_multicast(address)) {
        return "must be a unicast address, not a group";
    }
    if (first == 0 || first == 127 || first >= 240) {  // RFC 6890 2.2.2
        return "must be an address that a station can have, not one of 0/8, 127/8 or 240/4";
    }
    return std::nullopt;
}

Rule host_rule(const Ipv6Address& address) {
    constexpr Ipv6Address kLoopback{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
    if (is_multicast(address)) {
        return "must be a unicast address, not a group";
    }
    if (is_unspecified(address) || address == kLoopback || is_mapped(address)) {  // RFC 4291 2.5
        return "must be an address that a station can have, not ::, ::1 or an IPv4-mapped one";
    }
    return std::nullopt;
}

template <>
Rule interface_address_rule<V4>(const Prefix<V4>& address) {
    if (address.length == 0) {
        return "must have a prefix length of at least 1";
    }
    const bool is_subnet = address.length <= 30;  // RFC 3021: /31 has neither
    if (is_subnet && address == address.network()) {
        return "must be the router's address, not that of the subnet";
    }
    if (is_subnet && address.address == filled(address.address, address.length)) {
        return "must be the router's address, not the subnet's broadcast address";
    }
    return host_rule(address.address);
}

template <>
Rule interface_address_rule<V6>(const Prefix<V6>& address) {
    if (address.length == 0) {
        return "must have a prefix length of at least 1";
    }
    return host_rule(address.address);
}

template <class F>
Rule group_rule(const typename F::Address& group) {
    return group_prefix_rule<F>({group, F::address_bits});
}

template <class F>
Rule group_prefix_rule(const Prefix<F>& prefix) {
    if (!is_multicast(prefix.address) || prefix.length < kMulticastLength<F>) {
        return F::family == Family::ipv4 ? "must be multicast, within 224.0.0.0/4"
                                         : "must be multicast, within ff00::/8";
    }
    // Link-local groups are contiguous, within one value of IPv6's flags: the ends decide.
    if (is_link_scope_group(masked(prefix.address, prefix.length)) &&
        is_link_scope_group(filled(prefix.address, prefix.length))) {
        return "must not be link-local: no router forwards it";
    }
    return host_bits_rule(prefix);
}

template <class F>
Rule source_prefix_rule(const Prefix<F>& prefix) {
    if (is_multicast(prefix.address)) {
        return "must lead to sources, not to groups";
    }
    return host_bits_rule(prefix);
}

template Rule group_rule<V4>(const Ipv4Address&);
template Rule group_rule<V6>(const Ipv6Address&);
template Rule group_prefix_rule<V4>(const Prefix<V4>&);
template Rule group_prefix_rule<V6>(const Prefix<V6>&);
template Rule source_prefix_rule<V4>(const Prefix<V4>&);
template Rule source_prefix_rule<V6>(const Prefix<V6>&);

}  // namespace mgmd::config
