// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "common/ids.hpp"
#include "common/ip_address.hpp"
#include "common/settings.hpp"

/// The routes towards sources (reverse path forwarding). Control thread only.
namespace mgmd {

/// MIB_IPFORWARD_PROTO numbers (RFC 1354 ipForwardProto) of what this router knows itself.
inline constexpr std::uint32_t kRouteProtocolLocal = 2;   ///< connected
inline constexpr std::uint32_t kRouteProtocolStatic = 3;  ///< configured

template <class F>
struct Route {
    Prefix<F> prefix;  ///< without host bits
    InterfaceIndex interface = kNoInterface;
    typename F::Address next_hop{};  ///< unspecified: connected
    std::uint32_t metric = 0;
    std::uint32_t protocol = kRouteProtocolStatic;

    friend constexpr auto operator<=>(const Route&, const Route&) = default;
};

/// The multicast and the unicast view of one table and family.
///
/// A lookup takes the longest match among the multicast routes, and only if none matches among the
/// unicast ones; equal prefixes are decided by metric, then interface index, then next hop. Routes
/// through an interface that is down take part only if no other route matches in either view.
template <class F>
class Rib {
public:
    using Address = typename F::Address;
    /// The best route of sources inside these prefixes may have changed. The prefixes may overlap.
    using Listener = std::function<void(std::span<const Prefix<F>>)>;

    /// A route to add or to remove.
    struct Change {
        RouteView view = RouteView::multicast;
        Route<F> route;
        bool remove = false;
    };

    /// Called after each change, with the new state in place. One listener; an empty one detaches.
    void set_listener(Listener listener) { listener_ = std::move(listener); }

    /// Adds or removes routes and tells the listener once. A route is identified by view, prefix,
    /// interface and next hop: adding it again replaces metric and protocol. Removing one that is
    /// not there changes nothing.
    void apply(std::span<const Change> changes);

    void add(RouteView view, const Route<F>& route);
    void remove(RouteView view, const Route<F>& route);
    /// A connected network: in both views, without an upstream neighbour.
    void add_connected(const Prefix<F>& network, InterfaceIndex interface);
    void remove_connected(const Prefix<F>& network, InterfaceIndex interface);

    /// Interfaces are up until told otherwise.
    void set_interface_state(InterfaceIndex interface, bool up);
    bool is_up(InterfaceIndex interface) const { return !down_.test(interface); }

    /// For operators: the routes of one prefix length, by prefix, the best of each first.
    std::vector<Route<F>> routes(RouteView view, std::uint8_t length) const;

    /// nullopt: no route.
    std::optional<Route<F>> lookup(const Address& source) const;

private:
    struct AddressHash {
        std::size_t operator()(const Address& address) const noexcept;
    };
    /// Routes of one prefix, best first.
    using Candidates = std::vector<Route<F>>;
    /// One hash table for each prefix length that is in use, searched longest first.
    struct View {
        std::array<std::unordered_map<Address, Candidates, AddressHash>, F::address_bits + 1>
            by_length;
        std::set<std::uint8_t, std::greater<>> lengths;
    };

    bool change(const Change& change);
    const Route<F>* search(const View& view, const Address& source, bool up) const;
    void collect_through(const View& view, InterfaceIndex interface,
                         std::vector<Prefix<F>>& prefixes) const;
    void notify(std::span<const Prefix<F>> prefixes) const;

    View multicast_;
    View unicast_;
    std::bitset<kMaxInterfaces> down_;
    Listener listener_;
};

}  // namespace mgmd
