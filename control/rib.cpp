// SPDX-License-Identifier: Apache-2.0
#include "control/rib.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace mgmd {

namespace {

template <class F>
bool better(const Route<F>& a, const Route<F>& b) {
    return std::tie(a.metric, a.interface, a.next_hop) <
           std::tie(b.metric, b.interface, b.next_hop);
}

template <class F>
bool same_route(const Route<F>& a, const Route<F>& b) {
    return a.interface == b.interface && a.next_hop == b.next_hop;
}

}  // namespace

template <class F>
std::size_t Rib<F>::AddressHash::operator()(const Address& address) const noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): octets seen as characters
    const auto* octets = reinterpret_cast<const char*>(address.bytes.data());
    return std::hash<std::string_view>()({octets, address.bytes.size()});
}

template <class F>
void Rib<F>::apply(std::span<const Change> changes) {
    std::vector<Prefix<F>> changed;
    for (const Change& item : changes) {
        if (change(item)) {
            changed.push_back(item.route.prefix.network());
        }
    }
    notify(changed);
}

template <class F>
bool Rib<F>::change(const Change& item) {
    View& view = item.view == RouteView::multicast ? multicast_ : unicast_;
    Route<F> route = item.route;
    route.prefix = route.prefix.network();
    auto& of_length = view.by_length[route.prefix.length];
    if (item.remove) {
        const auto at = of_length.find(route.prefix.address);
        if (at == of_length.end() ||
            std::erase_if(at->second, [&](const auto& r) { return same_route(r, route); }) == 0) {
            return false;
        }
        if (at->second.empty()) {
            of_length.erase(at);
        }
        if (of_length.empty()) {
            view.lengths.erase(route.prefix.length);
        }
        return true;
    }
    Candidates& candidates = of_length[route.prefix.address];
    view.lengths.insert(route.prefix.length);
    if (std::find(candidates.begin(), candidates.end(), route) != candidates.end()) {
        return false;
    }
    std::erase_if(candidates, [&](const auto& r) { return same_route(r, route); });
    candidates.insert(std::upper_bound(candidates.begin(), candidates.end(), route, better<F>),
                      route);
    return true;
}

template <class F>
void Rib<F>::add(RouteView view, const Route<F>& route) {
    const Change change{.view = view, .route = route};
    apply({&change, 1});
}

template <class F>
void Rib<F>::remove(RouteView view, const Route<F>& route) {
    const Change change{.view = view, .route = route, .remove = true};
    apply({&change, 1});
}

template <class F>
void Rib<F>::add_connected(const Prefix<F>& network, InterfaceIndex interface) {
    const Route<F> route{
        .prefix = network, .interface = interface, .protocol = kRouteProtocolLocal};
    const Change changes[] = {{.view = RouteView::multicast, .route = route},
                              {.view = RouteView::unicast, .route = route}};
    apply(changes);
}

template <class F>
void Rib<F>::remove_connected(const Prefix<F>& network, InterfaceIndex interface) {
    const Route<F> route{.prefix = network, .interface = interface};
    const Change changes[] = {{.view = RouteView::multicast, .route = route, .remove = true},
                              {.view = RouteView::unicast, .route = route, .remove = true}};
    apply(changes);
}

template <class F>
void Rib<F>::set_interface_state(InterfaceIndex interface, bool up) {
    if (interface >= kMaxInterfaces || is_up(interface) == up) {
        return;
    }
    down_.set(interface, !up);
    std::vector<Prefix<F>> prefixes;
    collect_through(multicast_, interface, prefixes);
    collect_through(unicast_, interface, prefixes);
    notify(prefixes);
}

template <class F>
void Rib<F>::collect_through(const View& view, InterfaceIndex interface,
                             std::vector<Prefix<F>>& prefixes) const {
    for (const std::uint8_t length : view.lengths) {
        for (const auto& [address, candidates] : view.by_length[length]) {
            if (std::any_of(candidates.begin(), candidates.end(),
                            [&](const auto& route) { return route.interface == interface; })) {
                prefixes.push_back({address, length});
            }
        }
    }
}

template <class F>
void Rib<F>::notify(std::span<const Prefix<F>> prefixes) const {
    if (listener_ && !prefixes.empty()) {
        listener_(prefixes);
    }
}

template <class F>
const Route<F>* Rib<F>::search(const View& view, const Address& source, bool up) const {
    for (const std::uint8_t length : view.lengths) {
        const auto& of_length = view.by_length[length];
        const auto at = of_length.find(masked(source, length));
        if (at == of_length.end()) {
            continue;
        }
        const auto route =
            std::find_if(at->second.begin(), at->second.end(),
                         [&](const auto& candidate) { return is_up(candidate.interface) == up; });
        if (route != at->second.end()) {
            return &*route;
        }
    }
    return nullptr;
}

template <class F>
std::optional<Route<F>> Rib<F>::lookup(const Address& source) const {
    for (const bool up : {true, false}) {
        for (const View* view : {&multicast_, &unicast_}) {
            if (const Route<F>* route = search(*view, source, up); route != nullptr) {
                return *route;
            }
        }
    }
    return std::nullopt;
}

template <class F>
std::vector<Route<F>> Rib<F>::routes(RouteView view, std::uint8_t length) const {
    const auto& of_length =
        (view == RouteView::multicast ? multicast_ : unicast_).by_length[length];
    std::vector<const Candidates*> by_prefix;
    for (const auto& [address, candidates] : of_length) {
        by_prefix.push_back(&candidates);
    }
    std::sort(by_prefix.begin(), by_prefix.end(),
              [](const auto* a, const auto* b) { return a->front().prefix < b->front().prefix; });
    std::vector<Route<F>> routes;
    for (const auto* candidates : by_prefix) {
        routes.insert(routes.end(), candidates->begin(), candidates->end());
    }
    return routes;
}

template class Rib<V4>;
template class Rib<V6>;

}  // namespace mgmd
