// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

/// The proxies of a file. One protocol owns an interface (MGM 4), and a proxy sends whatever comes
/// from downstream to its upstream: two proxies of one table could not be told apart.
class Proxies {
public:
    explicit Proxies(Resolver& resolver) : resolver_(resolver) {}

    void add(const ProxyDraft& draft) {
        ProxySettings proxy = draft;
        table_.reset();
        proxy.upstream = interfaces(draft.given_upstream, at(*draft.node, "upstream"));
        for (const InterfaceIndex index : proxy.upstream) {
            check_upstream(index, *used_.at(index));
        }
        proxy.downstream = interfaces(draft.given_downstream, at(*draft.node, "downstream"));
        for (const InterfaceIndex index : proxy.downstream) {
            check_downstream(index, *used_.at(index));
        }
        proxy.table = table_.value_or(0);
        check_table(proxy, *draft.node);
        resolver_.settings.proxies.push_back(std::move(proxy));
    }

private:
    /// Those that the proxy may own.
    std::vector<InterfaceIndex> interfaces(const std::vector<Located<std::string>>& references,
                                           const Node& list) {
        if (list.kind == Node::Kind::sequence && list.children.empty()) {
            resolver_.diagnostics.add(list, "a proxy needs at least one");
        }
        std::vector<InterfaceIndex> found;
        for (const auto& reference : references) {
            const auto index = resolver_.find_interface(reference);
            if (index && take(*index, *reference.node)) {
                found.push_back(*index);
            }
        }
        return found;
    }

    bool take(InterfaceIndex index, const Node& node) {
        InterfaceSettings& interface = resolver_.interface(index);
        const auto [first, is_new] = used_.try_emplace(index, &node);
        if (!is_new) {
            resolver_.diagnostics.add(node, "is a proxy's already" + on_line(*first->second));
            return false;
        }
        if (interface.protocol != InterfaceProtocol::none) {
            resolver_.diagnostics.add(node, owned_already(interface.protocol));
            return false;
        }
        interface.protocol = InterfaceProtocol::proxy;
        if (interface.table != table_.value_or(interface.table)) {
            resolver_.diagnostics.add(node, "is in table " + std::to_string(interface.table) +
                                                ", the proxy in table " + std::to_string(*table_));
        }
        table_ = table_.value_or(interface.table);
        return true;
    }

    void check_upstream(InterfaceIndex index, const Node& node) {
        InterfaceSettings& interface = resolver_.interface(index);
        // RFC 4605 2: "The device must not perform the router portion of the IGMP or MLD protocol
        // on its upstream interface."
        if (interface.ipv4.membership.enabled) {
            resolver_.diagnostics.add(node, "has igmp; a proxy is a host on its upstream");
        }
        if (interface.ipv6.membership.enabled) {
            resolver_.diagnostics.add(node, "has mld; a proxy is a host on its upstream");
        }
        // Without an address there is no subnet that the querier could be on.
        if (interface.ipv4.addresses.empty()) {
            interface.ipv4.membership.check_source_subnet = false;
        }
    }

    void check_downstream(InterfaceIndex index, const Node& node) {
        const InterfaceSettings& interface = resolver_.interface(index);
        const bool igmp = interface.ipv4.membership.enabled;
        if (!igmp && !interface.ipv6.membership.enabled) {
            resolver_.diagnostics.add(node, "needs igmp or mld, for its members");
        }
        // RFC 4605 4.2; MLD always has the link-local address of the MAC address.
        if (igmp && interface.ipv4.addresses.empty()) {
            resolver_.diagnostics.add(
                node, "needs an IPv4 address for igmp: a proxy forwards to where it is querier");
        }
    }

    void check_table(const ProxySettings& proxy, const Node& node) {
        const auto [first, is_new] = by_table_.try_emplace(proxy.table, &node);
        if (table_ && !is_new) {
            resolver_.diagnostics.add(node, "table " + std::to_string(proxy.table) +
                                                " has a proxy already" + on_line(*first->second));
        }
    }

    Resolver& resolver_;
    std::map<InterfaceIndex, const Node*> used_;
    std::map<TableId, const Node*> by_table_;
    std::optional<TableId> table_;  ///< of the interfaces of the proxy at hand
};

}  // namespace

void resolve_proxies(Resolver& resolver) {
    Proxies proxies(resolver);
    for (const ProxyDraft& draft : resolver.draft.proxies) {
        proxies.add(draft);
    }
}

}  // namespace mgmd::config
