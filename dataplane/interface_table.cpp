// SPDX-License-Identifier: Apache-2.0
#include "dataplane/interface_table.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace mgmd::dataplane {
namespace {

/// The first global address: the source that an error is about may be many hops away.
Ipv6Address icmpv6_source(const InterfaceFamilySettings<V6>& settings) {
    for (const auto& prefix : settings.addresses) {
        if (!is_link_local(prefix.address)) {
            return prefix.address;
        }
    }
    return {};
}

/// Where an interface has none of its own: any of the router's (RFC 4443 2.2 d), as far as the
/// table reaches.
Ipv6Address icmpv6_source(const Settings& settings, TableId table) {
    for (const auto& interface : settings.interfaces) {
        const auto source = icmpv6_source(interface.ipv6);
        if (interface.table == table && !is_unspecified(source)) {
            return source;
        }
    }
    return {};
}

}  // namespace

InterfaceTable::InterfaceTable(const Settings& settings, std::span<const PortFacts> ports)
    : interfaces_(settings.interfaces.size() + 1),
      enabled_(interfaces_.size()),
      up_(interfaces_.size()) {
    using ClassKey = std::tuple<MacAddress, std::uint16_t, std::uint16_t, bool, InterfaceIndex>;
    std::map<ClassKey, std::uint16_t> classes;
    for (const auto& from : settings.interfaces) {
        const PortFacts& port = ports[from.port];
        auto& info = interfaces_[from.index];
        info.configured = true;
        info.ttl_threshold = from.ttl_threshold;
        info.port = from.port;
        info.table = from.table;
        info.mtu = std::min(from.mtu.value_or(port.mtu), port.mtu);
        info.vlan = from.vlan;
        info.outer_vlan = from.outer_vlan;
        info.mac = port.mac;
        info.shares_frames = port.shares_frames;
        info.takes_segments = port.takes_segments;
        info.ipv4_boundaries = boundaries_of<V4>(from.boundaries);
        info.ipv6_boundaries = boundaries_of<V6>(from.boundaries);
        info.icmpv6_source = icmpv6_source(from.ipv6);
        if (is_unspecified(info.icmpv6_source)) {
            info.icmpv6_source = icmpv6_source(settings, from.table);
        }
        const auto next = static_cast<std::uint16_t>(classes.size());
        const auto alone = info.shares_frames ? kNoInterface : from.index;
        const ClassKey key{info.mac, info.vlan, info.outer_vlan, info.takes_segments, alone};
        info.rewrite_class = classes.try_emplace(key, next).first->second;
    }
}

}  // namespace mgmd::dataplane
