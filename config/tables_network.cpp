// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "config/draft.hpp"
#include "config/field.hpp"

/// The settings that describe the network: ports, interfaces, routes. The others are in
/// tables_protocols.cpp and tables_process.cpp.
namespace mgmd::config {

using namespace std::chrono_literals;

template <>
inline constexpr std::array kChoices<InterfaceProtocol>{
    Choice{"none", static_cast<std::int64_t>(InterfaceProtocol::none)},
    Choice{"static", static_cast<std::int64_t>(InterfaceProtocol::static_routes)}};

template <>
inline constexpr std::array kChoices<RouteView>{
    Choice{"multicast", static_cast<std::int64_t>(RouteView::multicast)},
    Choice{"unicast", static_cast<std::int64_t>(RouteView::unicast)}};

template <>
inline constexpr std::array kChoices<Action>{
    Choice{"forward", static_cast<std::int64_t>(Action::forward)},
    Choice{"forward_and_copy", static_cast<std::int64_t>(Action::forward_and_copy)},
    Choice{"hand_over", static_cast<std::int64_t>(Action::hand_over)},
    Choice{"drop", static_cast<std::int64_t>(Action::drop)}};

namespace {

constexpr std::int64_t kLongestDevice = 2048;
constexpr std::int64_t kLongestName = 31;

/// RFC 7346 2. Larger scopes than these are what a router is for.
constexpr std::array kScopes{Choice{"none", 0}, Choice{"realm-local", 3}, Choice{"admin-local", 4},
                             Choice{"site-local", 5}, Choice{"organization-local", 8}};
using ScopeCodec = ChoiceCodec<std::uint8_t, kScopes>;

constexpr std::array kPort{
    value<PortDraft, &PortDraft::device>(
        "device",
        "The device: a PCI address, or a DPDK device string as in "
        "`net_pcap0,rx_pcap=in.pcap,tx_pcap=out.pcap`. Relative paths start where mgmd does.")
        .within(1, kLongestDevice)
        .mandatory(),
    value<PortDraft, &PortDraft::mac>("mac", "The MAC address that the port has and sends from.")
        .otherwise("`router_mac`, else the device's own"),
    value<PortDraft, &PortDraft::mtu>("mtu", "The largest IP packet, in octets.").within(68, 9600),
    value<PortDraft, &PortDraft::queues>(
        "queues", "Receive and transmit queue pairs; 0: one for each worker, as the device allows.")
        .within(0, kMaxWorkers),
    value<PortDraft, &PortDraft::rx_descriptors>("rx_descriptors",
                                                 "Frames that a receive queue takes in advance.")
        .within(32, 32768),
    value<PortDraft, &PortDraft::tx_descriptors>("tx_descriptors",
                                                 "Frames that wait in a transmit queue.")
        .within(32, 32768),
    value<PortDraft, &PortDraft::tx_sharing>(
        "tx_sharing",
        "Whether one buffer may be queued on several ports at once. Only where the driver never "
        "writes to what it sends.")
        .otherwise("by driver"),
    value<PortDraft, &PortDraft::kernel_port>(
        "kernel_port",
        "A DPDK device string (tap, virtio_user) through which the kernel gets what is for the "
        "router itself.")
        .within(1, kLongestDevice)
        .otherwise("none"),
};

constexpr std::array kJoin{
    value<JoinDraft, &JoinDraft::group>("group", "The group.").mandatory(),
    value<JoinDraft, &JoinDraft::source>("source", "The source; source-specific groups need one.")
        .otherwise("any"),
};

template <class F>
constexpr std::array kMapping{
    value<SsmMappingDraft<F>, &SsmMappingDraft<F>::groups, GroupCodec>("groups", "The groups.")
        .mandatory(),
    value<SsmMappingDraft<F>, &SsmMappingDraft<F>::sources>("sources", "What their members get.")
        .mandatory(),
};

/// What is the same for IGMP and MLD.
template <class F>
constexpr auto common_membership() {
    using Draft = MembershipDraft<F>;
    return std::array{
        value<Draft, &Draft::enabled>("enabled", "Whether the router speaks it here.")
            .otherwise("yes, where the section is given")
            .implies("yes"),
        value<Draft, &Draft::version>("version", "The version to speak.")
            .within(Draft{}.version - 1, Draft{}.version),
        value<Draft, &Draft::robustness_variable>("robustness_variable",
                                                  "How many packets in a row may get lost, plus 1.")
            .within(1, 7),
        value<Draft, &Draft::query_interval>("query_interval", "Time between general queries.")
            .within(1s, 31744s),
        value<Draft, &Draft::query_response_interval>(
            "query_response_interval",
            "How long hosts may take to answer a general query; less than `query_interval`.")
            .within(100ms, 3174400ms),
        value<Draft, &Draft::last_member_query_interval>(
            "last_member_query_interval", "How long hosts may take to object to a leave.")
            .within(100ms, 3174400ms),
        value<Draft, &Draft::last_member_query_count>(
            "last_member_query_count", "How often members are asked before a leave is followed.")
            .within(1, 7)
            .otherwise("`robustness_variable`"),
        value<Draft, &Draft::startup_query_interval>("startup_query_interval",
                                                     "Time between the first general queries.")
            .within(1s, 31744s)
            .otherwise("a quarter of `query_interval`"),
        value<Draft, &Draft::startup_query_count>("startup_query_count",
                                                  "How many first general queries there are.")
            .within(1, 7)
            .otherwise("`robustness_variable`"),
        value<Draft, &Draft::immediate_leave>(
            "immediate_leave",
            "Follow each host, and the last one's leave at once. Hosts of older versions, and "
            "hosts without an address, can't be followed: while there are any, members are asked."),
        value<Draft, &Draft::max_groups>("max_groups", "Groups that hosts may have joined."),
        value<Draft, &Draft::max_sources_per_group>(
            "max_sources_per_group", "Sources of a group that hosts may have asked for or refused.")
            .within(1, 65535),
        value<Draft, &Draft::report_rate>("report_rate",
                                          "Reports a second that are followed; 0: any number."),
        value<Draft, &Draft::given_allow_groups, GroupCodec>(
            "allow_groups", "Groups that hosts may join, if not all may."),
        value<Draft, &Draft::given_deny_groups, GroupCodec>(
            "deny_groups",
            "Groups that hosts may not join. What they have joined before a reload ends with it."),
        value<Draft, &Draft::given_allow_sources>(
            "allow_sources", "Sources that members may have, by name or as any, if not all may."),
        value<Draft, &Draft::given_deny_sources>("deny_sources",
                                                 "Sources that members may not have: neither by "
                                                 "name nor as one of any."),
        section<Draft, &Draft::given_mapping>("ssm_mapping",
                                              "Sources for hosts of older versions, which can't "
                                              "name any: their joins of these groups "
                                              "are joins of the sources."),
    };
}

/// Lists of prefixes are sets.
template <std::size_t N>
constexpr auto live(std::array<Field, N> fields) {
    for (Field& field : fields) {
        field.live = true;
        field.as_set = field.shape == Shape::list && field.kind != Kind::record;
    }
    return fields;
}

constexpr auto kMld = live(common_membership<V6>());

constexpr auto igmp_fields() {
    using Draft = MembershipDraft<V4>;
    constexpr std::array own{
        value<Draft, &Draft::check_source_subnet>(
            "check_source_subnet",
            "Drop messages whose source is neither 0.0.0.0 nor on the interface's subnets."),
        value<Draft, &Draft::check_ttl>("check_ttl", "Drop messages whose TTL is not 1."),
        value<Draft, &Draft::check_router_alert>(
            "check_router_alert", "Leave messages without Router Alert alone, except IGMPv1's."),
    };
    constexpr auto common = common_membership<V4>();
    std::array<Field, common.size() + own.size()> all{};
    std::copy(own.begin(), own.end(), std::copy(common.begin(), common.end(), all.begin()));
    return all;
}
constexpr auto kIgmp = live(igmp_fields());

constexpr std::array kInterface{
    value<InterfaceDraft, &InterfaceDraft::port_name>("port", "The port it is on.")
        .within(1, kLongestName)
        .otherwise("the port of the same name"),
    value<InterfaceDraft, &InterfaceDraft::vlan>("vlan", "802.1Q VLAN; 0: untagged frames.")
        .within(0, 4094),
    value<InterfaceDraft, &InterfaceDraft::outer_vlan>(
        "outer_vlan", "802.1ad service VLAN around `vlan`; 0: none.")
        .within(0, 4094),
    value<InterfaceDraft, &InterfaceDraft::table>(
        "table", "Routing table (VRF). Interfaces of different tables know nothing of each other."),
    value<InterfaceDraft, &InterfaceDraft::addresses>(
        "addresses", "The router's addresses here, each with its prefix length."),
    value<InterfaceDraft, &InterfaceDraft::mtu>("mtu", "The largest IP packet, in octets.")
        .within(68, 9600)
        .otherwise("the port's")
        .changes_live(),
    value<InterfaceDraft, &InterfaceDraft::ttl_threshold>(
        "ttl_threshold",
        "A packet leaves here only if its TTL or hop limit as received is greater.")
        .changes_live(),
    value<InterfaceDraft, &InterfaceDraft::protocol>(
        "protocol",
        "The routing protocol that owns the interface. `static` is what `mroutes` accept from, and "
        "what makes `static_joins` where IGMP or MLD is off.")
        .changes_live(),
    section<InterfaceDraft, &InterfaceDraft::igmp>("igmp", "IGMP; `yes` for all defaults.")
        .otherwise("no")
        .changes_live(),
    section<InterfaceDraft, &InterfaceDraft::mld>("mld", "MLD; `yes` for all defaults.")
        .otherwise("no")
        .changes_live(),
    section<InterfaceDraft, &InterfaceDraft::static_joins>(
        "static_joins", "Groups that are wanted here as if by a host that never leaves.")
        .in_any_order()
        .changes_live(),
    value<InterfaceDraft, &InterfaceDraft::boundary_groups, GroupCodec>(
        "boundaries", "Groups that don't cross the interface, in either direction.")
        .in_any_order()
        .changes_live(),
    value<InterfaceDraft, &InterfaceDraft::scope_boundary, ScopeCodec>(
        "ipv6_scope_boundary",
        "IPv6 scope zone: groups of this scope and smaller don't cross the interface.")
        .changes_live(),
};

constexpr std::array kRoute{
    value<RouteDraft, &RouteDraft::prefix>("prefix", "The sources it leads to.").mandatory(),
    value<RouteDraft, &RouteDraft::interface>("interface", "The interface towards them.")
        .within(1, kLongestName)
        .otherwise("that whose subnet has `next_hop`"),
    value<RouteDraft, &RouteDraft::next_hop>("next_hop", "The upstream neighbour.")
        .otherwise("none: the sources are on the link"),
    value<RouteDraft, &RouteDraft::view>(
        "view", "A unicast route is looked at only where no multicast route matches."),
    value<RouteDraft, &RouteDraft::metric>("metric",
                                           "Among routes of one length the smallest is taken."),
};

constexpr std::array kOutgoing{
    value<OutgoingDraft, &OutgoingDraft::interface>("interface", "Where a copy goes.")
        .within(1, kLongestName)
        .mandatory(),
    value<OutgoingDraft, &OutgoingDraft::ttl_threshold>(
        "ttl_threshold", "Takes the place of the interface's `ttl_threshold`.")
        .otherwise("the interface's"),
    value<OutgoingDraft, &OutgoingDraft::next_hop_mac>(
        "next_hop_mac", "A station that the copy is sent to instead of the group.")
        .otherwise("made from the group"),
};

constexpr std::uint32_t kMostMroutes = 16'777'216;

constexpr std::array kMroute{
    value<MrouteDraft, &MrouteDraft::group, GroupCodec>(
        "group",
        "The group, or a prefix of groups; `0.0.0.0/0` or `::/0` for whatever nothing else "
        "matches.")
        .mandatory(),
    value<MrouteDraft, &MrouteDraft::source>("source", "The source; only with a single group.")
        .otherwise("any"),
    value<MrouteDraft, &MrouteDraft::group_count>(
        "group_count", "So many consecutive groups from `group` on have an mroute each.")
        .within(1, kMostMroutes),
    value<MrouteDraft, &MrouteDraft::source_count>(
        "source_count",
        "So many consecutive sources from `source` on have an mroute each, with each group.")
        .within(1, kMostMroutes),
    value<MrouteDraft, &MrouteDraft::accept>(
        "accept",
        "Interfaces that packets may arrive on, all owned by protocol `static`, or `any`. Required "
        "unless the action is `drop`.")
        .within(1, kLongestName)
        .in_any_order(),
    section<MrouteDraft, &MrouteDraft::outgoing>(
        "outgoing", "Interfaces that packets leave on; never the one they came from.")
        .in_any_order(),
    value<MrouteDraft, &MrouteDraft::action>(
        "action",
        "`forward_and_copy` also gives each packet to the kernel's port; `hand_over` does only "
        "that."),
    value<MrouteDraft, &MrouteDraft::table>("table", "The routing table (VRF).")
        .otherwise("that of the interfaces named, else 0"),
};

}  // namespace

const Record& PortDraft::record() {
    static constexpr Record kRecord{"port", "A device that frames come from and go to.", kPort,
                                    "device", "The port's name."};
    return kRecord;
}

const Record& JoinDraft::record() {
    static constexpr Record kRecord{
        "join", "A group, with or without a source.", kJoin, "group", "", {"source", "group"}};
    return kRecord;
}

template <class F>
const Record& SsmMappingDraft<F>::record() {
    static constexpr Record kRecord{F::family == Family::ipv4 ? "igmp_mapping" : "mld_mapping",
                                    "Sources of source-specific groups.",
                                    kMapping<F>,
                                    "",
                                    "",
                                    {"groups"}};
    return kRecord;
}
template const Record& SsmMappingDraft<V4>::record();
template const Record& SsmMappingDraft<V6>::record();

template <>
const Record& MembershipDraft<V4>::record() {
    static constexpr Record kRecord{"igmp", "IGMP on an interface, with the names of RFC 9776.",
                                    kIgmp, "enabled"};
    return kRecord;
}

template <>
const Record& MembershipDraft<V6>::record() {
    static constexpr Record kRecord{"mld", "MLD on an interface, with the names of RFC 9777.", kMld,
                                    "enabled"};
    return kRecord;
}

const Record& InterfaceDraft::record() {
    static constexpr Record kRecord{
        "interface", "A link of the router: a port's untagged frames, or one of its VLANs.",
        kInterface, "", "The interface's name."};
    return kRecord;
}

const Record& RouteDraft::record() {
    static constexpr Record kRecord{
        "route",
        "Where sources are (the RPF check). The subnets of the interfaces need no route: they are "
        "known.",
        kRoute,
        "",
        "",
        {"prefix"}};
    return kRecord;
}

const Record& OutgoingDraft::record() {
    static constexpr Record kRecord{"outgoing", "One outgoing interface of a static mroute.",
                                    kOutgoing,  "interface",
                                    "",         {"interface"}};
    return kRecord;
}

const Record& MrouteDraft::record() {
    static constexpr Record kRecord{
        "mroute", "A static multicast route: it never ages and memberships don't change it.",
        kMroute,  "",
        "",       {"source", "group"}};
    return kRecord;
}

}  // namespace mgmd::config
