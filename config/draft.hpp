// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/settings.hpp"
#include "config/binder.hpp"

/// The file as it was written: each value of the right type and range by itself, names not yet
/// resolved. A struct here is a struct of settings.hpp plus what resolving needs; `node` is where
/// it stands, nullptr if it does not. The tables in tables_*.cpp describe them.
namespace mgmd::config {

struct PortDraft : PortSettings {
    const Node* node = nullptr;
    static const Record& record();
};

struct JoinDraft {
    Located<AnyAddress> group;
    Located<AnyAddress> source;
    const Node* node = nullptr;
    static const Record& record();
};

template <class F>
struct SsmMappingDraft {
    Located<AnyPrefix> groups;
    std::vector<Located<AnyAddress>> sources;
    const Node* node = nullptr;
    static const Record& record();
};

template <class F>
struct MembershipDraft : MembershipProtocolSettings<F> {
    std::vector<Located<AnyPrefix>> given_allow_groups;
    std::vector<Located<AnyPrefix>> given_deny_groups;
    std::vector<Located<AnyPrefix>> given_allow_sources;
    std::vector<Located<AnyPrefix>> given_deny_sources;
    std::vector<SsmMappingDraft<F>> given_mapping;
    const Node* node = nullptr;
    static const Record& record();
};

template <>
const Record& MembershipDraft<V4>::record();
template <>
const Record& MembershipDraft<V6>::record();

struct InterfaceDraft : InterfaceSettings {
    Located<std::string> port_name;
    std::vector<Located<AnyPrefix>> addresses;
    std::vector<Located<AnyPrefix>> boundary_groups;
    std::uint8_t scope_boundary = 0;
    MembershipDraft<V4> igmp;
    MembershipDraft<V6> mld;
    std::vector<JoinDraft> static_joins;
    const Node* node = nullptr;
    static const Record& record();
};

struct RouteDraft {
    Located<AnyPrefix> prefix;
    Located<std::string> interface;
    Located<AnyAddress> next_hop;
    RouteView view = RouteView::multicast;
    std::uint32_t metric = 0;
    const Node* node = nullptr;
    static const Record& record();
};

struct OutgoingDraft {
    Located<std::string> interface;
    std::optional<std::uint8_t> ttl_threshold;
    Located<MacAddress> next_hop_mac;
    const Node* node = nullptr;
    static const Record& record();
};

struct MrouteDraft {
    Located<AnyPrefix> group;
    Located<AnyAddress> source;
    std::uint32_t group_count = 1;
    std::uint32_t source_count = 1;
    Located<TableId> table;
    std::vector<Located<std::string>> accept;
    std::vector<OutgoingDraft> outgoing;
    Action action = Action::forward;
    const Node* node = nullptr;
    static const Record& record();
};

struct ProxyDraft : ProxySettings {
    std::vector<Located<std::string>> given_upstream;
    std::vector<Located<std::string>> given_downstream;
    const Node* node = nullptr;
    static const Record& record();
};

struct ArgumentDraft : PluginSettings::Argument {
    const Node* node = nullptr;
    static const Record& record();
};

struct PluginDraft {
    Located<std::string> plugin;
    Located<TableId> table;
    std::vector<Located<std::string>> given_interfaces;
    Named<ArgumentDraft> arguments;
    const Node* node = nullptr;
    static const Record& record();
};

inline constexpr std::uint16_t kMaxWorkers = 128;

struct WorkerDraft : WorkerSettings {
    Located<std::uint16_t> given_count;
    std::vector<Located<CoreRange>> core_ranges;
    const Node* node = nullptr;
    static const Record& record();
};

struct MemoryDraft : MemorySettings {
    std::vector<Located<std::string>> given_eal_args;
    const Node* node = nullptr;
    static const Record& record();
};

struct ReplicationDraft : ReplicationSettings {
    const Node* node = nullptr;
    static const Record& record();
};

struct LimitDraft : LimitSettings {
    const Node* node = nullptr;
    static const Record& record();
};

struct TimerDraft : TimerSettings {
    const Node* node = nullptr;
    static const Record& record();
};

struct LogDraft : LogSettings {
    const Node* node = nullptr;
    static const Record& record();
};

struct ControlSocketDraft : ControlSocketSettings {
    const Node* node = nullptr;
    static const Record& record();
};

struct MetricsDraft : MetricsSettings {
    const Node* node = nullptr;
    static const Record& record();
};

/// A whole file.
struct Draft {
    Located<MacAddress> router_mac;
    Named<PortDraft> ports;
    Named<InterfaceDraft> interfaces;
    std::vector<RouteDraft> routes;
    std::vector<MrouteDraft> mroutes;
    std::vector<ProxyDraft> proxies;
    std::vector<PluginDraft> protocols;
    WorkerDraft workers;
    MemoryDraft memory;
    ReplicationDraft replication;
    LimitDraft limits;
    TimerDraft timers;
    LogDraft log;
    ControlSocketDraft control_socket;
    MetricsDraft metrics;
    const Node* node = nullptr;
    static const Record& record();
};

}  // namespace mgmd::config
