// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Every way a packet can end other than "forwarded", "punted" or "held": one table that feeds the
/// counters, the traces, the summary and the tests.
namespace mgmd {

enum class DropReason : std::uint8_t {
    // receive and classify
    runt,
    receive_no_mbuf,
    unknown_vlan,
    interface_down,
    not_for_us,
    bad_version,
    bad_header_length,
    bad_total_length,
    bad_checksum,
    bad_options,
    source_route,
    hop_by_hop,
    not_multicast,
    // control packets
    control_malformed,
    control_ttl,
    control_source,
    control_router_alert,
    control_unspecified_source,
    control_too_long,
    control_refused,
    // martians and scope
    source_multicast,
    source_broadcast,
    source_loopback,
    source_unspecified,
    source_reserved,
    source_mapped,
    source_own,
    link_local_source,
    mac_mismatch,
    group_scope,
    boundary,
    // lookup and entry
    no_entry_limit,
    hold_full,
    hold_timeout,
    hold_refused,
    hold_stopped,
    negative_entry,
    handed_over,
    wrong_interface,
    ttl_expired,
    count
};

inline constexpr std::size_t kDropReasons = static_cast<std::size_t>(DropReason::count);

struct DropReasonText {
    DropReason reason;
    std::string_view name;  ///< as in the enumeration; stable, used by tools
    std::string_view help;  ///< one line for an operator
};

inline constexpr std::array<DropReasonText, kDropReasons> kDropReasonTexts{{
    {DropReason::runt, "runt", "frame ends inside its Ethernet or VLAN header"},
    {DropReason::receive_no_mbuf, "receive_no_mbuf", "no buffer to make a shared frame private"},
    {DropReason::unknown_vlan, "unknown_vlan", "no interface is configured for the frame's tags"},
    {DropReason::interface_down, "interface_down", "the arrival interface is disabled"},
    {DropReason::not_for_us, "not_for_us", "unicast frame for another station"},
    {DropReason::bad_version, "bad_version", "IP version disagrees with the EtherType"},
    {DropReason::bad_header_length, "bad_header_length",
     "IP header shorter than it may be, or cut"},
    {DropReason::bad_total_length, "bad_total_length", "IP length beyond the frame or the header"},
    {DropReason::bad_checksum, "bad_checksum", "IPv4 header checksum is wrong"},
    {DropReason::bad_options, "bad_options", "malformed IPv4 options"},
    {DropReason::source_route, "source_route", "IPv4 source route option (RFC 7126)"},
    {DropReason::hop_by_hop, "hop_by_hop", "malformed or refused IPv6 hop-by-hop option"},
    {DropReason::not_multicast, "not_multicast", "not IP multicast, and no kernel port takes it"},
    {DropReason::control_malformed, "control_malformed", "control packet ends inside its header"},
    {DropReason::control_ttl, "control_ttl", "IGMP or MLD with a TTL other than 1"},
    {DropReason::control_source, "control_source",
     "IGMP source off the subnet, MLD not link-local"},
    {DropReason::control_router_alert, "control_router_alert", "MLD without Router Alert"},
    {DropReason::control_unspecified_source, "control_unspecified_source", "MLD report from ::"},
    {DropReason::control_too_long, "control_too_long", "control packet longer than a ring slot"},
    {DropReason::control_refused, "control_refused", "the control packet ring is full"},
    {DropReason::source_multicast, "source_multicast", "source address is multicast"},
    {DropReason::source_broadcast, "source_broadcast", "source address is a broadcast address"},
    {DropReason::source_loopback, "source_loopback", "source address is loopback"},
    {DropReason::source_unspecified, "source_unspecified", "source address is unspecified"},
    {DropReason::source_reserved, "source_reserved", "source address in 0/8 or 240/4"},
    {DropReason::source_mapped, "source_mapped", "source address is IPv4-mapped"},
    {DropReason::source_own, "source_own", "source address is one of the router's own"},
    {DropReason::link_local_source, "link_local_source", "link-local source, never forwarded"},
    {DropReason::mac_mismatch, "mac_mismatch", "multicast MAC that does not map the group"},
    {DropReason::group_scope, "group_scope", "the group's scope is never forwarded"},
    {DropReason::boundary, "boundary", "boundary of the arrival interface covers the group"},
    {DropReason::no_entry_limit, "no_entry_limit", "unknown flow past the interface's limit"},
    {DropReason::hold_full, "hold_full", "unknown flow holds as many packets as it may"},
    {DropReason::hold_timeout, "hold_timeout", "held packet whose entry never came"},
    {DropReason::hold_refused, "hold_refused", "held packet whose flow control refused"},
    {DropReason::hold_stopped, "hold_stopped", "held packet when the router stopped"},
    {DropReason::negative_entry, "negative_entry", "nobody wants this flow (negative entry)"},
    {DropReason::handed_over, "handed_over", "entry hands over to control, which refused it"},
    {DropReason::wrong_interface, "wrong_interface", "arrived on an interface the entry refuses"},
    {DropReason::ttl_expired, "ttl_expired", "TTL or hop limit 1 or less as received"},
}};

namespace detail {
constexpr bool drop_reasons_in_order() {
    for (std::size_t i = 0; i < kDropReasons; ++i) {
        if (static_cast<std::size_t>(kDropReasonTexts[i].reason) != i) {
            return false;
        }
    }
    return true;
}
}  // namespace detail
static_assert(detail::drop_reasons_in_order());

constexpr std::string_view name_of(DropReason reason) {
    return kDropReasonTexts[static_cast<std::size_t>(reason)].name;
}
constexpr std::string_view help_of(DropReason reason) {
    return kDropReasonTexts[static_cast<std::size_t>(reason)].help;
}

}  // namespace mgmd
