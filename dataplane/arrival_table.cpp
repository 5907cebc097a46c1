// SPDX-License-Identifier: Apache-2.0
#include "dataplane/arrival_table.hpp"

namespace mgmd::dataplane {
namespace {

/// The all-ones host address. Prefixes of 31 and 32 bits have none (RFC 3021 2.2).
bool has_broadcast(const Prefix<V4>& subnet) {
    return subnet.length < 31;
}

Ipv4Address broadcast_of(const Prefix<V4>& subnet) {
    Ipv4Address address = subnet.address;
    const Ipv4Address mask = masked(Ipv4Address{{255, 255, 255, 255}}, subnet.length);
    for (std::size_t i = 0; i < address.bytes.size(); ++i) {
        address.bytes[i] |= static_cast<std::uint8_t>(~mask.bytes[i]);
    }
    return address;
}

}  // namespace

void PortTags::set(std::uint16_t outer_vid, std::uint16_t vid, InterfaceIndex interface) {
    if (outer_vid == 0) {
        single_[vid] = interface;
        return;
    }
    block_of_outer_.resize(kVids, kNoBlock);
    auto& block = block_of_outer_[outer_vid];
    if (block == kNoBlock) {
        block = static_cast<std::uint16_t>(stacked_.size());
        stacked_.emplace_back();
    }
    stacked_[block][vid] = interface;
}

ArrivalTable::ArrivalTable(const Settings& settings, std::span<const PortFacts> ports)
    : arrivals_(settings.interfaces.size() + 1),
      ports_(ports.size()),
      ipv4_local_(local_addresses<V4>(settings)),
      ipv6_local_(local_addresses<V6>(settings)) {
    for (const auto& from : settings.interfaces) {
        add(from, ports[from.port]);
    }
}

void ArrivalTable::add(const InterfaceSettings& from, const PortFacts& port) {
    Arrival& to = arrivals_[from.index];
    to.mac = port.mac;
    to.table = from.table;
    to.port = from.port;
    to.index = from.index;
    to.check_igmp_source = from.ipv4.membership.check_source_subnet;
    to.check_igmp_ttl = from.ipv4.membership.check_ttl;
    to.ipv4_boundaries = boundaries_of<V4>(from.boundaries);
    to.ipv6_boundaries = boundaries_of<V6>(from.boundaries);
    to.ipv4_subnets = from.ipv4.addresses;
    features_.vlans |= from.vlan != 0 || from.outer_vlan != 0;
    features_.boundaries |= !to.ipv4_boundaries.empty() || !to.ipv6_boundaries.empty();
    ports_[from.port].set(from.outer_vlan, from.vlan, from.index);
}

template <class F>
LocalAddresses<F> ArrivalTable::local_addresses(const Settings& settings) {
    std::vector<typename LocalAddresses<F>::Item> items;
    for (const auto& interface : settings.interfaces) {
        for (const auto& subnet : interface.family<F>().addresses) {
            items.push_back({subnet.address, interface.table, kNoInterface});
            if constexpr (F::family == Family::ipv4) {
                if (has_broadcast(subnet)) {
                    items.push_back({broadcast_of(subnet), interface.table, interface.index});
                }
            }
        }
    }
    return LocalAddresses<F>(items);
}

}  // namespace mgmd::dataplane
