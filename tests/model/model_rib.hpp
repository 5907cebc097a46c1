// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "control/rib.hpp"

namespace mgmd::mgm::model {

/// The routes towards sources (19) as two lists that every lookup reads from end to end.
template <class F>
class ModelRib {
public:
    void add(RouteView view, const Route<F>& route) {
        remove(view, route);
        list(view).push_back(route);
    }

    void remove(RouteView view, const Route<F>& route) {
        std::erase_if(list(view), [&](const Route<F>& other) {
            return std::tie(other.prefix, other.interface, other.next_hop) ==
                   std::tie(route.prefix, route.interface, route.next_hop);
        });
    }

    void set_interface_state(InterfaceIndex interface, bool up) {
        up ? void(down_.erase(interface)) : void(down_.insert(interface));
    }

    std::optional<Route<F>> lookup(const typename F::Address& source) const {
        for (const bool up : {true, false}) {
            for (const std::vector<Route<F>>* routes : {&multicast_, &unicast_}) {
                if (const auto best = search(*routes, source, up)) {
                    return best;
                }
            }
        }
        return std::nullopt;
    }

private:
    std::vector<Route<F>>& list(RouteView view) {
        return view == RouteView::multicast ? multicast_ : unicast_;
    }

    std::optional<Route<F>> search(const std::vector<Route<F>>& routes,
                                   const typename F::Address& source, bool up) const {
        std::optional<Route<F>> best;
        const auto rank = [](const Route<F>& route) {
            return std::tuple(-route.prefix.length, route.metric, route.interface, route.next_hop);
        };
        for (const Route<F>& route : routes) {
            if (route.prefix.contains(source) && down_.contains(route.interface) != up &&
                (!best || rank(route) < rank(*best))) {
                best = route;
            }
        }
        return best;
    }

    std::vector<Route<F>> multicast_;
    std::vector<Route<F>> unicast_;
    std::set<InterfaceIndex> down_;
};

}  // namespace mgmd::mgm::model
