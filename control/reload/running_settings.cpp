// SPDX-License-Identifier: Apache-2.0
#include "control/reload/running_settings.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace mgmd {
namespace {

/// By place in `fresh`: the place in `running`. Empty: they are not the same names.
template <class T>
std::vector<std::size_t> places(const std::vector<T>& running, const std::vector<T>& fresh) {
    std::unordered_map<std::string_view, std::size_t> place_of;
    for (std::size_t place = 0; place < running.size(); ++place) {
        place_of.emplace(running[place].name, place);
    }
    std::vector<std::size_t> places;
    for (const auto& item : fresh) {
        const auto found = place_of.find(item.name);
        if (found == place_of.end() || running.size() != fresh.size()) {
            return {};
        }
        places.push_back(found->second);
    }
    return places;
}

template <class T>
void rearrange(std::vector<T>& items, const std::vector<std::size_t>& places) {
    std::vector<T> in_place(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        in_place[places[i]] = std::move(items[i]);
    }
    items = std::move(in_place);
}

/// Every interface index that settings hold, but the interfaces' own.
class Renumber {
public:
    explicit Renumber(const std::vector<std::size_t>& places) : places_(places) {}

    void operator()(InterfaceIndex& index) const {
        if (index != kNoInterface) {
            index = static_cast<InterfaceIndex>(places_[index - 1] + 1);
        }
    }
    void operator()(std::vector<InterfaceIndex>& indices) const {
        for (auto& index : indices) {
            (*this)(index);
        }
    }
    template <class F>
    void operator()(FamilySettings<F>& family) const {
        for (auto& route : family.routes) {
            (*this)(route.interface);
        }
        for (auto& join : family.joins) {
            (*this)(join.interface);
        }
        for (auto& mroute : family.mroutes) {
            auto& accept = mroute.accept.interfaces;
            (*this)(accept);
            std::sort(accept.begin(), accept.end());
            for (auto& out : mroute.outgoing) {
                (*this)(out.interface);
            }
            std::sort(mroute.outgoing.begin(), mroute.outgoing.end(),
                      [](const auto& a, const auto& b) { return a.interface < b.interface; });
        }
    }

private:
    const std::vector<std::size_t>& places_;
};

/// Names every member, so that a new one can't be forgotten: does it hold an interface's index?
void renumber(Settings& settings, const std::vector<std::size_t>& ports, const Renumber& renumber) {
    auto& [router_mac, of_ports, interfaces, workers, memory, replication, ipv4, ipv6, proxies,
           plugins, limits, timers, log, control_socket, metrics] = settings;
    for (auto& interface : interfaces) {
        renumber(interface.index);
        interface.port = static_cast<PortIndex>(ports[interface.port]);
    }
    renumber(ipv4);
    renumber(ipv6);
    for (auto& proxy : proxies) {
        renumber(proxy.upstream);
        renumber(proxy.downstream);
    }
    for (auto& plugin : plugins) {
        renumber(plugin.interfaces);
    }
}

/// Exchanges what two lists of one length hold, where it stands.
template <class T>
void exchange_items(std::vector<T>& a, std::vector<T>& b) {
    std::swap_ranges(a.begin(), a.end(), b.begin());
}

}  // namespace

bool keep_places(const Settings& running, Settings& fresh) {
    const auto ports = places(running.ports, fresh.ports);
    const auto interfaces = places(running.interfaces, fresh.interfaces);
    if (ports.empty() || interfaces.empty()) {
        return false;
    }
    rearrange(fresh.ports, ports);
    rearrange(fresh.interfaces, interfaces);
    renumber(fresh, ports, Renumber(interfaces));
    return true;
}

void exchange(Settings& running, Settings& other) {
    exchange_items(running.ports, other.ports);
    exchange_items(running.interfaces, other.interfaces);
    std::swap(running, other);
    // The lists have moved with the rest; their items are to stay.
    running.ports.swap(other.ports);
    running.interfaces.swap(other.interfaces);
}

}  // namespace mgmd
