// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/plugin/protocol_bridge.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "control/protocols/plugin/plugin.hpp"

namespace mgmd::plugin {
namespace {

/// A key as callbacks get it: addresses, each with its mask.
template <class F>
struct AbiKey {
    explicit AbiKey(const mgm::SourceGroup<F>& key)
        : source(to_abi<F>(key.source)),
          source_mask(abi_mask<F>(key.has_source() ? F::address_bits : 0)),
          group(to_abi<F>(key.group)),
          group_mask(abi_mask<F>(key.group_length)) {}

    AbiAddress<F> source;
    AbiAddress<F> source_mask;
    AbiAddress<F> group;
    AbiAddress<F> group_mask;
};

/// The documented pointer is not const; the event's octets are not the plugin's to change.
std::vector<BYTE> copy_of(std::span<const std::uint8_t> header) {
    return {header.begin(), header.end()};
}

template <class F>
typename Abi<F>::RpfRoute rpf_route(const mgm::RpfQuery<F>& query) {
    typename Abi<F>::RpfRoute route{};
    route.dwRouteProtocol = query.route.protocol;
    route.dwRouteNetwork = to_abi<F>(query.route.network.address);
    route.dwRouteMask = abi_mask<F>(query.route.network.length);
    route.dwArrivalIfIndex = query.arrival.index;
    route.dwArrivalIfNextHopAddr = to_abi<F>(query.arrival.next_hop);
    return route;
}

/// What the plugin has made of it; a mask that is none leaves the route as it was.
template <class F>
void take_route(const typename Abi<F>::RpfRoute& route, mgm::RpfQuery<F>& query) {
    if (const auto length = prefix_length<F>(route.dwRouteMask)) {
        query.route.protocol = route.dwRouteProtocol;
        query.route.network = {from_abi<F>(route.dwRouteNetwork), *length};
    }
}

}  // namespace

template <class F>
void ProtocolBridge<F>::on_rpf(mgm::RpfQuery<F>& query) {
    if (callbacks_.pfnRpfCallback == nullptr) {
        return;
    }
    const AbiKey<F> key(query.key);
    DWORD index = query.incoming.index;
    auto next_hop = to_abi<F>(query.incoming.next_hop);
    auto upstream = to_abi<F>(query.upstream);
    auto header = copy_of(query.header);
    auto route = rpf_route(query);
    plugin_.enter("RPF callback", [&] {
        callbacks_.pfnRpfCallback(key.source, key.source_mask, key.group, key.group_mask, &index,
                                  &next_hop, &upstream, static_cast<DWORD>(header.size()),
                                  header.data(), reinterpret_cast<PBYTE>(&route));
    });
    query.incoming = interface_from_abi<F>(index, next_hop);
    query.upstream = from_abi<F>(upstream);
    take_route(route, query);
}

template <class F>
void ProtocolBridge<F>::on_creation_alert(const mgm::CreationAlert<F>& alert) {
    if (callbacks_.pfnCreationAlertCallback == nullptr) {
        return;
    }
    const AbiKey<F> key(alert.key);
    std::vector<typename Abi<F>::IfEntry> outgoing;
    for (const auto& choice : alert.outgoing) {
        outgoing.push_back({choice.interface.index, to_abi<F>(choice.interface.next_hop),
                            choice.igmp ? TRUE : FALSE, choice.enabled ? TRUE : FALSE});
    }
    plugin_.enter("creation alert", [&] {
        callbacks_.pfnCreationAlertCallback(key.source, key.source_mask, key.group, key.group_mask,
                                            alert.incoming.index,
                                            to_abi<F>(alert.incoming.next_hop),
                                            static_cast<DWORD>(outgoing.size()), outgoing.data());
    });
    for (std::size_t i = 0; i < outgoing.size(); ++i) {
        alert.outgoing[i].enabled = outgoing[i].bIsEnabled != FALSE;
    }
}

template <class F>
void ProtocolBridge<F>::on_join_alert(const mgm::JoinAlert<F>& alert) {
    if (callbacks_.pfnJoinAlertCallback == nullptr) {
        return;
    }
    const AbiKey<F> key(alert.key);
    plugin_.enter("join alert", [&] {
        callbacks_.pfnJoinAlertCallback(key.source, key.source_mask, key.group, key.group_mask,
                                        alert.member_update ? TRUE : FALSE);
    });
}

template <class F>
void ProtocolBridge<F>::on_prune_alert(mgm::PruneAlert<F>& alert) {
    if (callbacks_.pfnPruneAlertCallback == nullptr) {
        return;
    }
    const AbiKey<F> key(alert.key);
    constexpr std::int64_t kMost = std::numeric_limits<DWORD>::max();
    auto timeout = static_cast<DWORD>(std::clamp<std::int64_t>(alert.timeout.count(), 0, kMost));
    plugin_.enter("prune alert", [&] {
        callbacks_.pfnPruneAlertCallback(key.source, key.source_mask, key.group, key.group_mask,
                                         alert.interface.index, to_abi<F>(alert.interface.next_hop),
                                         alert.member_update ? TRUE : FALSE, &timeout);
    });
    alert.timeout = std::chrono::seconds(timeout);
}

template <class F>
void ProtocolBridge<F>::on_wrong_interface(const mgm::WrongInterface<F>& report) {
    if (callbacks_.pfnWrongIfCallback == nullptr) {
        return;
    }
    auto header = copy_of(report.header);
    plugin_.enter("wrong interface callback", [&] {
        callbacks_.pfnWrongIfCallback(to_abi<F>(report.key.source), to_abi<F>(report.key.group),
                                      report.interface.index, to_abi<F>(report.interface.next_hop),
                                      static_cast<DWORD>(header.size()), header.data());
    });
}

template <class F>
void ProtocolBridge<F>::on_local_join(const mgm::LocalMembership<F>& membership) {
    if (callbacks_.pfnLocalJoinCallback == nullptr) {
        return;
    }
    const AbiKey<F> key(membership.key);
    plugin_.enter("local join callback", [&] {
        callbacks_.pfnLocalJoinCallback(key.source, key.source_mask, key.group, key.group_mask,
                                        membership.interface.index,
                                        to_abi<F>(membership.interface.next_hop));
    });
}

template <class F>
void ProtocolBridge<F>::on_local_leave(const mgm::LocalMembership<F>& membership) {
    if (callbacks_.pfnLocalLeaveCallback == nullptr) {
        return;
    }
    const AbiKey<F> key(membership.key);
    plugin_.enter("local leave callback", [&] {
        callbacks_.pfnLocalLeaveCallback(key.source, key.source_mask, key.group, key.group_mask,
                                         membership.interface.index,
                                         to_abi<F>(membership.interface.next_hop));
    });
}

template class ProtocolBridge<V4>;
template class ProtocolBridge<V6>;

}  // namespace mgmd::plugin
