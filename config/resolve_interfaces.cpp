// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <tuple>

#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

/// The longest response time that the version's messages can carry: IGMPv2 has an octet of tenths
/// of a second (RFC 2236 2.2), MLDv1 16 bits of milliseconds (RFC 2710 3.4). The versions that are
/// the default carry whatever the table of settings allows.
template <class F>
constexpr milliseconds kMostInOldVersion{F::family == Family::ipv4 ? 25'500 : 65'535};

template <class F>
void check_response_time(Resolver& resolver, const MembershipDraft<F>& draft,
                         std::string_view setting, milliseconds value) {
    const bool is_old = draft.version < MembershipProtocolSettings<F>{}.version;
    if (is_old && value > kMostInOldVersion<F>) {
        resolver.diagnostics.add(at(*draft.node, setting),
                                 "version " + std::to_string(draft.version) +
                                     " can't express more than " +
                                     std::to_string(kMostInOldVersion<F>.count()) + "ms");
    }
}

template <class F>
MembershipProtocolSettings<F> resolve_membership(Resolver& resolver,
                                                 const MembershipDraft<F>& draft) {
    MembershipProtocolSettings<F> settings = draft;
    if (draft.node == nullptr) {
        return settings;
    }
    // A section that is given is meant, unless it says otherwise.
    if (draft.node->kind == Node::Kind::mapping && child(*draft.node, "enabled") == nullptr) {
        settings.enabled = true;
    }
    check_response_time(resolver, draft, "query_response_interval", draft.query_response_interval);
    check_response_time(resolver, draft, "last_member_query_interval",
                        draft.last_member_query_interval);
    // RFC 9776 8.3, RFC 9777 9.3.
    if (draft.query_response_interval >= draft.query_interval) {
        const bool is_given = child(*draft.node, "query_response_interval") != nullptr;
        resolver.diagnostics.add(
            at(*draft.node, is_given ? "query_response_interval" : "query_interval"),
            "query_response_interval must be less than query_interval");
    }
    return settings;
}

/// Port, outer and inner VLAN: what tells frames of different interfaces apart.
using Link = std::tuple<PortIndex, std::uint16_t, std::uint16_t>;

class LinkCheck {
public:
    explicit LinkCheck(Resolver& resolver) : resolver_(resolver) {}

    void check(const InterfaceDraft& draft, PortIndex port) {
        if (draft.outer_vlan != 0 && draft.vlan == 0) {
            resolver_.diagnostics.add(at(*draft.node, "outer_vlan"),
                                      "needs vlan, the tag inside it");
        }
        const auto [first, is_new] =
            seen_.try_emplace(Link{port, draft.outer_vlan, draft.vlan}, &draft);
        if (!is_new) {
            resolver_.diagnostics.add_key(*draft.node, "has the port and VLAN of interface " +
                                                           first->second->name +
                                                           on_line(*first->second->node));
        }
    }

private:
    Resolver& resolver_;
    std::map<Link, const InterfaceDraft*> seen_;
};

std::optional<PortIndex> find_port(Resolver& resolver, const InterfaceDraft& draft) {
    if (child(*draft.node, "port") != nullptr) {
        const auto found = resolver.ports.find(draft.port_name);
        return found ? std::optional(static_cast<PortIndex>(*found)) : std::nullopt;
    }
    const auto found = resolver.ports.find(draft.name);
    if (!found) {
        resolver.diagnostics.add_key(*draft.node,
                                     "no port has this name: the interface needs port");
        return std::nullopt;
    }
    return static_cast<PortIndex>(*found);
}

void check_mtu(Resolver& resolver, const InterfaceDraft& draft, const PortSettings& port) {
    constexpr std::uint16_t kLeastIpv6Mtu = 1280;  // RFC 8200 5
    if (draft.mtu && *draft.mtu > port.mtu) {
        resolver.diagnostics.add(
            at(*draft.node, "mtu"),
            "must not exceed the mtu of port " + port.name + ", " + std::to_string(port.mtu));
    }
    const bool has_ipv6 = std::any_of(
        draft.addresses.begin(), draft.addresses.end(),
        [](const auto& address) { return std::holds_alternative<Prefix<V6>>(address.value); });
    const std::uint16_t mtu = draft.mtu.value_or(port.mtu);
    if (has_ipv6 && mtu < kLeastIpv6Mtu) {
        resolver.diagnostics.add(
            at(*draft.node, draft.mtu ? "mtu" : "addresses"),
            "IPv6 needs an mtu of at least 1280, here it is " + std::to_string(mtu));
    }
}

}  // namespace

void resolve_interfaces(Resolver& resolver) {
    const Node* interfaces = child(*resolver.draft.node, "interfaces");
    if (interfaces != nullptr && interfaces->kind == Node::Kind::mapping &&
        interfaces->children.empty()) {
        resolver.diagnostics.add(*interfaces, "a router needs at least one interface");
    }
    LinkCheck links(resolver);
    for (const InterfaceDraft& draft : resolver.draft.interfaces) {
        if (resolver.settings.interfaces.size() == kMaxInterfaces - 1) {
            resolver.diagnostics.add_key(
                *draft.node, "more than " + std::to_string(kMaxInterfaces - 1) + " interfaces");
            return;
        }
        InterfaceSettings& settings = resolver.settings.interfaces.emplace_back(draft);
        settings.index = static_cast<InterfaceIndex>(resolver.settings.interfaces.size());
        settings.ipv4.membership = resolve_membership(resolver, draft.igmp);
        settings.ipv6.membership = resolve_membership(resolver, draft.mld);
        if (const auto port = find_port(resolver, draft)) {
            settings.port = *port;
            links.check(draft, *port);
            check_mtu(resolver, draft, resolver.settings.ports[*port]);
        }
    }
}

}  // namespace mgmd::config
