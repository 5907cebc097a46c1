// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "config/draft.hpp"
#include "config/field.hpp"

/// The settings of routing protocols: proxies, and those in shared objects.
namespace mgmd::config {

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kLongestName = 31;

constexpr std::array kProxy{
    value<ProxyDraft, &ProxyDraft::given_upstream>(
        "upstream",
        "The interface towards the other routers, where the proxy is a host. With several, the "
        "first one whose link is up is used.")
        .within(1, kLongestName)
        .mandatory(),
    value<ProxyDraft, &ProxyDraft::given_downstream>(
        "downstream",
        "Interfaces with hosts, or with further proxies. They need `igmp`, `mld` or both. What "
        "their members want leaves there while this router is their querier.")
        .within(1, kLongestName)
        .mandatory(),
    value<ProxyDraft, &ProxyDraft::igmp_version>("igmp_version",
                                                 "The newest version of IGMP to report with.")
        .within(2, 3),
    value<ProxyDraft, &ProxyDraft::mld_version>("mld_version",
                                                "The newest version of MLD to report with.")
        .within(1, 2),
    value<ProxyDraft, &ProxyDraft::robustness_variable>(
        "robustness_variable",
        "How often a change is reported, unless the upstream's querier says another number.")
        .within(1, 7),
    value<ProxyDraft, &ProxyDraft::unsolicited_report_interval>(
        "unsolicited_report_interval", "The longest time between two reports of one change.")
        .within(100ms, 25s),
};

constexpr std::array kArgument{
    value<ArgumentDraft, &ArgumentDraft::value>("value", "Its value.").within(0, 1024).mandatory(),
};

constexpr std::array kPlugin{
    value<PluginDraft, &PluginDraft::plugin>(
        "plugin", "The shared object, a path with a `/`. Relative paths start where mgmd does.")
        .within(1, 4095)
        .mandatory(),
    value<PluginDraft, &PluginDraft::given_interfaces>("interfaces",
                                                       "Interfaces that the protocol may own.")
        .within(1, kLongestName)
        .otherwise("those of the table that no other protocol has"),
    value<PluginDraft, &PluginDraft::table>("table", "The routing table (VRF).")
        .otherwise("that of the interfaces named, else 0"),
    section<PluginDraft, &PluginDraft::arguments>("arguments",
                                                  "What the protocol itself wants to be told."),
};

}  // namespace

const Record& ProxyDraft::record() {
    static constexpr Record kRecord{
        "proxy",
        "A proxy (RFC 4605) owns its interfaces. It joins upstream what the members of all "
        "downstream interfaces want together, and sends what comes from downstream sources "
        "upstream and to the members on the other downstream interfaces. IPv4 is proxied if a "
        "downstream interface has `igmp`, IPv6 if one has `mld`.",
        kProxy};
    return kRecord;
}

const Record& ArgumentDraft::record() {
    static constexpr Record kRecord{"argument", "A word or number that the protocol understands.",
                                    kArgument, "value", "The argument's name."};
    return kRecord;
}

const Record& PluginDraft::record() {
    static constexpr Record kRecord{
        "protocol",
        "A routing protocol that mgmd loads from a shared object, made with the header "
        "`mgmd/plugin.h`. It runs inside the router, with all its rights. See `docs/plugins.md`.",
        kPlugin, "plugin"};
    return kRecord;
}

}  // namespace mgmd::config
