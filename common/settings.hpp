// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/forwarding_table.hpp"
#include "common/ids.hpp"
#include "common/ip_address.hpp"
#include "common/mac_address.hpp"

/// The configuration as plain, validated values: what config/ produces from YAML and everything
/// else consumes. Names are resolved to indices. Those of a running router change only in a reload,
/// on the control thread: ports and interfaces stay where they are, their values change. The
/// dataplane has a copy of its own, of the start.
namespace mgmd {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct PortSettings {
    std::string name;
    std::string device;  ///< DPDK device string ("net_pcap0,rx_pcap=in.pcap") or PCI address
    std::optional<MacAddress> mac;  ///< absent: router_mac, else the device's own
    std::uint16_t mtu = 1500;       ///< octets of IP, 68 .. 9600
    std::uint16_t queues = 0;       ///< RX/TX queue pairs; 0: one per worker, as the device allows
    std::uint16_t rx_descriptors = 1024;
    std::uint16_t tx_descriptors = 1024;
    std::optional<bool> tx_sharing;  ///< absent: by driver
    std::optional<std::string>
        kernel_port;  ///< device string of the exception port (tap, virtio_user)
    friend bool operator==(const PortSettings&, const PortSettings&) = default;
};

struct BoundarySettings {
    std::vector<Prefix<V4>> ipv4;
    std::vector<Prefix<V6>> ipv6;
    /// IPv6 zone: groups of this scope and smaller (by nibble) do not cross. 0: none.
    std::uint8_t ipv6_scope = 0;
    friend bool operator==(const BoundarySettings&, const BoundarySettings&) = default;
};

template <class F>
struct StaticJoin {
    typename F::Address group{};
    typename F::Address source{};  ///< unspecified: (*,G)
    friend bool operator==(const StaticJoin&, const StaticJoin&) = default;
};

/// Sources that hosts of an older version get when they join a source-specific group.
template <class F>
struct SsmMapping {
    Prefix<F> groups;
    std::vector<typename F::Address> sources;
    friend bool operator==(const SsmMapping&, const SsmMapping&) = default;
};

/// Groups and sources by prefix: those denied are out; if any are allowed, so is everything else.
template <class F>
struct MembershipFilter {
    std::vector<Prefix<F>> allow;
    std::vector<Prefix<F>> deny;

    bool admits(const typename F::Address& address) const {
        const auto covers = [&](const std::vector<Prefix<F>>& prefixes) {
            for (const auto& prefix : prefixes) {
                if (prefix.contains(address)) {
                    return true;
                }
            }
            return false;
        };
        return !covers(deny) && (allow.empty() || covers(allow));
    }
    friend bool operator==(const MembershipFilter&, const MembershipFilter&) = default;
};

/// IGMP or MLD on one interface: RFC 9776 8, RFC 9777 9 names and defaults.
template <class F>
struct MembershipProtocolSettings {
    bool enabled = false;
    std::uint8_t version = F::family == Family::ipv4 ? 3 : 2;
    std::uint8_t robustness_variable = 2;
    seconds query_interval{125};
    milliseconds query_response_interval{10'000};
    milliseconds last_member_query_interval{1'000};
    std::optional<std::uint8_t> last_member_query_count;  ///< absent: robustness_variable
    std::optional<seconds> startup_query_interval;        ///< absent: a quarter of query_interval
    std::optional<std::uint8_t> startup_query_count;      ///< absent: robustness_variable
    bool immediate_leave = false;      ///< follow each host, and let the last one go unasked
    bool check_source_subnet = true;   ///< IGMP: other sources than 0.0.0.0 must be on the subnet
    bool check_ttl = true;             ///< IGMP: TTL must be 1
    bool check_router_alert = false;   ///< IGMP: Router Alert required, except of version 1
    std::uint32_t max_groups = 4'096;  ///< that hosts may join
    std::uint32_t max_sources_per_group = 1'024;
    std::uint32_t report_rate = 10'000;  ///< reports a second; 0: any number
    MembershipFilter<F> groups;
    MembershipFilter<F> sources;
    std::vector<SsmMapping<F>> ssm_mapping;
    std::vector<StaticJoin<F>> static_joins;
    friend bool operator==(const MembershipProtocolSettings&,
                           const MembershipProtocolSettings&) = default;
};

/// Who owns an interface in MGM.
enum class InterfaceProtocol : std::uint8_t { none, static_routes, proxy, plugin };

template <class F>
struct InterfaceFamilySettings {
    std::vector<Prefix<F>> addresses;  ///< with host bits
    MembershipProtocolSettings<F> membership;
    friend bool operator==(const InterfaceFamilySettings&,
                           const InterfaceFamilySettings&) = default;
};

struct InterfaceSettings {
    InterfaceIndex index = kNoInterface;  ///< position in Settings::interfaces + 1
    std::string name;
    PortIndex port = 0;
    std::uint16_t vlan = 0;        ///< 802.1Q VID, 0: untagged
    std::uint16_t outer_vlan = 0;  ///< 802.1ad service VID around `vlan`, 0: none
    TableId table = 0;
    std::uint8_t ttl_threshold = 0;
    std::optional<std::uint16_t> mtu;  ///< absent: the port's
    InterfaceProtocol protocol = InterfaceProtocol::none;
    BoundarySettings boundaries;
    InterfaceFamilySettings<V4> ipv4;
    InterfaceFamilySettings<V6> ipv6;

    template <class F>
    const InterfaceFamilySettings<F>& family() const {
        if constexpr (F::family == Family::ipv4) {
            return ipv4;
        } else {
            return ipv6;
        }
    }
    friend bool operator==(const InterfaceSettings&, const InterfaceSettings&) = default;
};

/// IGMP and MLD proxying (RFC 4605) in one routing table. IPv4 is proxied if a downstream interface
/// has IGMP, IPv6 if one has MLD.
struct ProxySettings {
    TableId table = 0;
    std::vector<InterfaceIndex> upstream;    ///< the first one whose link is up is used
    std::vector<InterfaceIndex> downstream;  ///< in file order
    /// The newest versions to report with; what the upstream's querier speaks may be older.
    std::uint8_t igmp_version = 3;
    std::uint8_t mld_version = 2;
    std::uint8_t robustness_variable = 2;
    milliseconds unsolicited_report_interval{1'000};
    friend bool operator==(const ProxySettings&, const ProxySettings&) = default;
};

inline constexpr std::size_t kMaxPlugins = 64;

/// A protocol in a shared object, in one routing table.
struct PluginSettings {
    std::string path;  ///< with a '/': no library path is searched
    TableId table = 0;
    std::vector<InterfaceIndex> interfaces;  ///< that it may take, in file order
    /// For the protocol to understand, in file order; names are unique.
    struct Argument {
        std::string name;
        std::string value;
    };
    std::vector<Argument> arguments;
};

enum class IdlePolicy : std::uint8_t { busy, adaptive };
enum class ControlPolicy : std::uint8_t { sleep, poll };

struct WorkerSettings {
    std::uint16_t count = 1;
    std::vector<unsigned> cores;           ///< CPU of each worker; empty: chosen at start
    std::optional<unsigned> control_core;  ///< absent: chosen at start
    IdlePolicy idle = IdlePolicy::busy;
    /// Longest sleep of an idle worker (adaptive): a receive ring's depth at the peak rate.
    microseconds idle_max_sleep{50};
    ControlPolicy control = ControlPolicy::sleep;
    std::uint16_t burst = 32;   ///< packets per receive call, 1 .. 64
    bool stage_cycles = false;  ///< workers note how long each stage takes them
    friend bool operator==(const WorkerSettings&, const WorkerSettings&) = default;
};

enum class Hugepages : std::uint8_t { automatic, yes, no };

struct MemorySettings {
    Hugepages hugepages = Hugepages::automatic;
    std::uint32_t mbufs = 0;            ///< packet buffers; 0: computed from ports and workers
    std::vector<std::string> eal_args;  ///< passed on as they are, last
    friend bool operator==(const MemorySettings&, const MemorySettings&) = default;
};

/// Multicast routes come before unicast ones when a source is looked up (MGM 19).
enum class RouteView : std::uint8_t { multicast, unicast };

template <class F>
struct RouteSettings {
    TableId table = 0;
    RouteView view = RouteView::multicast;
    Prefix<F> prefix;
    InterfaceIndex interface = kNoInterface;
    typename F::Address next_hop{};  ///< unspecified: connected
    std::uint32_t metric = 0;
    friend bool operator==(const RouteSettings&, const RouteSettings&) = default;
};

template <class F>
struct StaticMroute {
    RouteKey<F> key;  ///< `arrival` unset, also for (*,*)
    AcceptSet accept;
    std::vector<Outgoing> outgoing;
    Action action = Action::forward;
    friend bool operator==(const StaticMroute&, const StaticMroute&) = default;
};

template <class F>
struct FamilySettings {
    std::vector<RouteSettings<F>> routes;
    std::vector<StaticMroute<F>> mroutes;
    /// Joins on interfaces without IGMP/MLD, which the static client makes on those it owns.
    struct Join {
        InterfaceIndex interface = kNoInterface;
        StaticJoin<F> join;
        friend bool operator==(const Join&, const Join&) = default;
    };
    std::vector<Join> joins;
    friend bool operator==(const FamilySettings&, const FamilySettings&) = default;
};

struct LimitSettings {
    std::uint32_t entries = 65'536;           ///< forwarding entries per family
    std::uint32_t negative_entries = 16'384;  ///< among them
    /// Share of both that data arriving on one interface may take, in percent.
    std::uint8_t per_interface_percent = 25;
    std::uint32_t groups_per_interface = 16'384;
    std::uint32_t sources_per_group = 1'024;
    std::uint32_t no_entry_rate = 10'000;  ///< events a second per arrival interface and worker
    std::uint32_t held_flows = 1'024;      ///< per worker
    std::uint8_t held_packets_per_flow = 4;
    std::uint32_t packet_too_big_rate = 100;  ///< ICMPv6 messages a second per worker
    friend bool operator==(const LimitSettings&, const LimitSettings&) = default;
};

struct TimerSettings {
    seconds mfe_idle_timeout{210};
    seconds negative_timeout{900};
    seconds no_route_timeout{10};
    seconds igmp_handover_hold{5};
    seconds hold_timeout{10};
    friend bool operator==(const TimerSettings&, const TimerSettings&) = default;
};

enum class LogLevel : std::uint8_t { trace, debug, info, warning, error, off };

struct LogSettings {
    LogLevel level = LogLevel::info;
    std::string file;  ///< empty: standard error
    friend bool operator==(const LogSettings&, const LogSettings&) = default;
};

/// Where control listens for mgmctl; not served by this version when `path` is empty.
struct ControlSocketSettings {
    std::string path;
    std::uint32_t mode = 0660;
    std::string group;
    friend bool operator==(const ControlSocketSettings&, const ControlSocketSettings&) = default;
};

/// Where Prometheus finds the router's metrics; not served when `listen` is empty.
struct MetricsSettings {
    std::string listen;           ///< "127.0.0.1:9475"; port 0: the system chooses one
    std::uint32_t flows = 1'000;  ///< the busiest ones that get metrics of their own
};

/// From when on a class of copies is chained behind private headers instead of copied whole.
struct ReplicationSettings {
    std::uint16_t copy_max_octets = 256;  ///< frames up to this length are copied between classes
    bool chain = false;                   ///< allow multi-segment frames (needed for jumbo)
    friend bool operator==(const ReplicationSettings&, const ReplicationSettings&) = default;
};

struct Settings {
    std::optional<MacAddress> router_mac;  ///< one MAC for all ports
    std::vector<PortSettings> ports;
    std::vector<InterfaceSettings> interfaces;
    WorkerSettings workers;
    MemorySettings memory;
    ReplicationSettings replication;
    FamilySettings<V4> ipv4;
    FamilySettings<V6> ipv6;
    std::vector<ProxySettings> proxies;   ///< at most one of each table
    std::vector<PluginSettings> plugins;  ///< paths are unique
    LimitSettings limits;
    TimerSettings timers;
    LogSettings log;
    ControlSocketSettings control_socket;
    MetricsSettings metrics;

    template <class F>
    const FamilySettings<F>& family() const {
        if constexpr (F::family == Family::ipv4) {
            return ipv4;
        } else {
            return ipv6;
        }
    }
    /// nullptr: no such interface.
    const InterfaceSettings* interface(InterfaceIndex index) const {
        return index == kNoInterface || index > interfaces.size() ? nullptr
                                                                  : &interfaces[index - 1];
    }
};

}  // namespace mgmd
