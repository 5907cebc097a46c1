// SPDX-License-Identifier: Apache-2.0
#include "common/ctl/command_table.hpp"

#include <algorithm>
#include <array>

#include "common/drop_reason.hpp"
#include "common/notice_kind.hpp"

namespace mgmd::ctl {
namespace {

constexpr std::array<std::string_view, 2> kFamilies{"ipv4", "ipv6"};
constexpr std::array<std::string_view, 3> kStates{"active", "negative", "installed"};
constexpr std::array<std::string_view, 4> kActions{"forward", "forward_and_copy", "hand_over",
                                                   "drop"};
constexpr std::array<std::string_view, 6> kLevels{"trace",   "debug", "info",
                                                  "warning", "error", "off"};

constexpr auto kDropReasonNames = [] {
    std::array<std::string_view, kDropReasons> names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        names[i] = kDropReasonTexts[i].name;
    }
    return names;
}();

constexpr Argument kGroup{"group", ValueKind::groups, "Only groups of this address or prefix"};
constexpr Argument kSource{"source", ValueKind::sources, "Only sources of this address or prefix"};
constexpr Argument kInterface{"interface", ValueKind::name, "Only what concerns this interface"};
constexpr Argument kFamily{.name = "family",
                           .kind = ValueKind::choice,
                           .help = "Only IPv4, or only IPv6",
                           .choices = kFamilies};
constexpr Argument kTable{
    .name = "table", .kind = ValueKind::number, .help = "Only this routing table", .most = 65535};

constexpr std::array kByInterface{kInterface};
constexpr std::array kByTable{kInterface, kFamily, kTable};
constexpr std::array kMembershipFilter{kGroup, kSource, kInterface, kFamily, kTable};
constexpr Argument kState{.name = "state",
                          .kind = ValueKind::choice,
                          .help =
                              "Only entries that forward, that drop, or that a protocol "
                              "installed",
                          .choices = kStates};
constexpr std::array kMrouteFilter{kGroup, kSource, kInterface, kFamily, kTable, kState};
constexpr std::array kMrouteSelection{kGroup,
                                      kSource,
                                      kInterface,
                                      kFamily,
                                      kTable,
                                      kState,
                                      Argument{.name = "top",
                                               .kind = ValueKind::number,
                                               .help = "Only so many, the busiest ones first",
                                               .most = 1000,
                                               .least = 1}};
constexpr std::array kNoticeFilter{
    kGroup,
    kSource,
    kInterface,
    kFamily,
    kTable,
    Argument{.name = "kind",
             .kind = ValueKind::choice,
             .help = "Only events of these kinds: host, membership, alert, entry, wrong-interface, "
                     "refused, querier, protocol, link, worker, drops",
             .repeated = true,
             .choices = kNoticeKindNames}};
constexpr std::array kTopArguments{
    kGroup,
    kSource,
    kInterface,
    kFamily,
    kTable,
    Argument{.name = "interval",
             .kind = ValueKind::number,
             .help = "Seconds from one look to the next; 1, if not given",
             .most = 3600,
             .least = 1},
    Argument{.name = "batch",
             .kind = ValueKind::number,
             .help = "Print one screen, after so many looks, and end",
             .most = 3600,
             .least = 1}};
constexpr std::array kRouteFilter{
    Argument{"source", ValueKind::address, "Only routes towards this address"}, kInterface, kFamily,
    kTable};
constexpr std::array kDropArguments{
    Argument{"all", ValueKind::flag, "Also reasons that no packet has been dropped for"}};

constexpr Argument kTheGroup{.name = "group",
                             .kind = ValueKind::groups,
                             .help = "The group, or a range of groups as a prefix",
                             .positional = true,
                             .required = true};
constexpr Argument kTheSource{"source", ValueKind::address, "The source; any, if not given"};
constexpr Argument kTheTable{.name = "table",
                             .kind = ValueKind::number,
                             .help = "The routing table; that of the interfaces, if not given",
                             .most = 65535};
constexpr std::array kNewMroute{
    kTheGroup,
    kTheSource,
    Argument{.name = "in",
             .kind = ValueKind::name,
             .help = "Interfaces where packets may arrive; any of the static protocol's, if not "
                     "given",
             .repeated = true},
    Argument{.name = "out",
             .kind = ValueKind::name,
             .help = "Interfaces that copies leave by",
             .repeated = true},
    Argument{.name = "action",
             .kind = ValueKind::choice,
             .help = "What becomes of the packets; forward, if not given",
             .choices = kActions},
    kTheTable};
constexpr std::array kThatMroute{kTheGroup, kTheSource, kTheTable};
constexpr std::array kJoin{kTheGroup,
                           Argument{.name = "interface",
                                    .kind = ValueKind::name,
                                    .help = "Where the group is wanted: an interface of the static "
                                            "protocol's",
                                    .required = true},
                           kTheSource};
constexpr Argument kSample{.name = "sample",
                           .kind = ValueKind::number,
                           .help = "Only every so many-th packet that matches, on each worker",
                           .most = 1'000'000'000};
constexpr Argument kSeconds{.name = "seconds",
                            .kind = ValueKind::number,
                            .help = "End after so many seconds",
                            .most = 1'000'000,
                            .local = true};
constexpr std::array kCaptureArguments{
    Argument{"in", ValueKind::flag, "Packets as they are received"},
    Argument{"out", ValueKind::flag, "Packets as they are sent"},
    Argument{"drop", ValueKind::flag,
             "Packets that are dropped, and why. In, out and drop, if none of them is given"},
    Argument{.name = "reason",
             .kind = ValueKind::choice,
             .help = "Only packets dropped for this reason (see show drops --all)",
             .choices = kDropReasonNames},
    kGroup,
    kSource,
    kInterface,
    kFamily,
    kSample,
    Argument{.name = "snaplen",
             .kind = ValueKind::number,
             .help = "Keep at most so many octets of each packet; all, if not given",
             .most = 65535},
    Argument{.name = "count",
             .kind = ValueKind::number,
             .help = "End after so many packets",
             .most = 4'000'000'000,
             .letter = 'c'},
    kSeconds,
    Argument{.name = "write",
             .kind = ValueKind::file,
             .help = "Write pcapng into this file, for Wireshark; - is standard output",
             .local = true,
             .letter = 'w'}};
constexpr std::array kTraceArguments{kGroup,
                                     kSource,
                                     kInterface,
                                     kFamily,
                                     kSample,
                                     Argument{.name = "count",
                                              .kind = ValueKind::number,
                                              .help = "End after so many packets; 10, if not given",
                                              .most = 1'000'000,
                                              .letter = 'c'},
                                     kSeconds};
constexpr std::array kLogLevel{Argument{.name = "level",
                                        .kind = ValueKind::choice,
                                        .help = "The least severe messages to write",
                                        .positional = true,
                                        .required = true,
                                        .choices = kLevels}};

constexpr std::array kExplained{
    Argument{.name = "in",
             .kind = ValueKind::name,
             .help = "Where the packet arrives",
             .required = true},
    Argument{
        .name = "source", .kind = ValueKind::address, .help = "Of the packet", .positional = true},
    Argument{
        .name = "group", .kind = ValueKind::group, .help = "Of the packet", .positional = true},
    Argument{.name = "ttl",
             .kind = ValueKind::number,
             .help = "TTL or hop limit of the packet; 64, if not given",
             .most = 255},
    Argument{.name = "length",
             .kind = ValueKind::number,
             .help = "Octets of the packet from its IP header on; 200, if not given",
             .most = 65535},
    Argument{.name = "packet",
             .kind = ValueKind::packet,
             .help = "A packet that was captured, in place of SOURCE and GROUP: a file (pcap or "
                     "pcapng), and its number there"},
    Argument{.name = "out",
             .kind = ValueKind::name,
             .help = "Of outgoing interfaces, tell of this one only"}};

constexpr std::array kReload{Argument{
    "dry-run", ValueKind::flag, "Only show what would change, and what would need a restart"}};

constexpr std::array kCommands{
    Command{"show interfaces", "Interfaces: link, addresses, who owns them, packets", kByInterface},
    Command{"show protocols", "Protocols registered with MGM, and their interfaces", kByTable},
    Command{"show proxies", "Proxies: the upstream link in use, and what is reported there",
            kByTable},
    Command{"show groups", "Who wants which group where: protocols, hosts, timers, sources",
            kMembershipFilter},
    Command{"show mroutes", "Forwarding entries: where from, where to, how much, or why not",
            kMrouteSelection},
    Command{"show routes", "Routes towards sources", kRouteFilter},
    Command{"show counters", "Counters of the router, its interfaces, ports and protocols",
            kByInterface},
    Command{"show drops", "Packets dropped, by reason", kDropArguments},
    Command{"show events", "What workers have told control, and what limits have refused"},
    Command{"show workers", "Forwarding cores: load, cycles per packet, rings"},
    Command{"show memory", "Packet buffers, tables, and how full they are"},
    Command{"show version", "The router's version, and how long it has been up"},
    Command{"explain", "What happens to a packet and why, step by step; nothing is sent or counted",
            kExplained},
    Command{"capture",
            "Copy packets of the running router into a file, or show them in a line each",
            kCaptureArguments, Ends::when_left},
    Command{"trace", "Tell what each stage does with packets, as they come", kTraceArguments,
            Ends::when_left},
    Command{"monitor", "Tell what happens, as it happens", kNoticeFilter, Ends::when_left},
    Command{"top", "Watch the busiest flows and the interfaces, full-screen; press h for help",
            kTopArguments, Ends::with_requests},
    Command{"add mroute", "Install a static multicast route, or change one", kNewMroute},
    Command{"del mroute", "Remove a static multicast route", kThatMroute},
    Command{"add join", "Want a group on an interface, as a host that never leaves", kJoin},
    Command{"del join", "Take a static join back", kJoin},
    Command{"clear counters", "Let the counters that mgmctl shows begin at zero again"},
    Command{"clear mroutes",
            "End forwarding entries, as if their time were up; packets make new ones",
            kMrouteFilter},
    Command{"set log", "Write more or fewer messages to the log", kLogLevel},
    Command{"reload", "Read the configuration file again, and take over what has changed in it",
            kReload},
};

template <class Named>
const Named* find(std::span<const Named> items, std::string_view name) {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [&](const Named& item) { return item.name == name; });
    return found == items.end() ? nullptr : &*found;
}

}  // namespace

const Argument* Command::argument(std::string_view wanted) const {
    return find(arguments, wanted);
}

std::span<const Command> commands() {
    return kCommands;
}

const Command* find_command(std::string_view name) {
    return find(commands(), name);
}

}  // namespace mgmd::ctl
