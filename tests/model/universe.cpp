// SPDX-License-Identifier: Apache-2.0
#include "tests/model/universe.hpp"

#include <array>
#include <string_view>

namespace mgmd::mgm::differential {
namespace {

/// The same things under both families.
struct Names {
    std::array<std::string_view, 5> sources;
    std::array<std::string_view, 9> groups;
    std::array<std::string_view, 4> networks;
    std::array<std::string_view, 3> hops;
    std::array<std::string_view, 2> tunnels;
};

constexpr Names kIpv4 = {{"0.0.0.0", "10.1.0.1", "10.1.0.2", "10.2.0.3", "225.9.9.9"},
                         {"239.1.1.1", "239.1.200.2", "224.0.1.3", "232.4.4.4", "239.1.0.0/16",
                          "0.0.0.0/0", "224.0.0.251", "192.0.2.1", "239.1.1.0/16"},
                         {"10.1.0.1/32", "10.2.0.3/32", "10.1.0.0/16", "0.0.0.0/0"},
                         {"0.0.0.0", "192.0.2.65", "192.0.2.66"},
                         {"198.51.100.1", "198.51.100.2"}};

constexpr Names kIpv6 = {{"::", "2001:db8:1::1", "2001:db8:1::2", "2001:db8:2::3", "ff0e::9"},
                         {"ff0e:1::1", "ff0e:1:200::2", "ff05::3", "ff3e::4", "ff0e:1::/32", "::/0",
                          "ff02::fb", "2001:db8::1", "ff0e:1::1/32"},
                         {"2001:db8:1::1/128", "2001:db8:2::3/128", "2001:db8:1::/48", "::/0"},
                         {"::", "fe80::a", "fe80::b"},
                         {"fe80::71", "fe80::72"}};

template <class F>
constexpr const Names& kNames = F::family == Family::ipv4 ? kIpv4 : kIpv6;

template <class Enum>
std::size_t index(Enum value) {
    return static_cast<std::size_t>(value);
}

template <class F, std::size_t N>
std::array<Prefix<F>, N> parsed(const std::array<std::string_view, N>& texts) {
    std::array<Prefix<F>, N> all;
    for (std::size_t i = 0; i < N; ++i) {
        all[i] = parse_prefix<F>(texts[i]).value();
    }
    return all;
}

}  // namespace

template <class F>
ProtocolName Universe<F>::protocol(Who who) {
    constexpr std::array<ProtocolName, 5> names = {
        {{kMembershipProtocol<F>, 0}, {103, 0}, {103, 1}, {44, 0}, {kMembershipProtocol<F>, 1}}};
    return names.at(index(who));
}

template <class F>
InterfaceId<F> Universe<F>::interface(Where where) {
    switch (where) {
        case Where::tunnel_a:
        case Where::tunnel_b: {
            static const auto links = parsed<F>(kNames<F>.tunnels);
            return {5, links.at(where == Where::tunnel_a ? 0 : 1).address};
        }
        case Where::nowhere:
            return {77, {}};
        case Where::none:
            return {};
        default:
            return {static_cast<InterfaceIndex>(index(where) + 1), {}};
    }
}

template <class F>
typename F::Address Universe<F>::source(From from) {
    static const auto all = parsed<F>(kNames<F>.sources);
    return all.at(index(from)).address;
}

template <class F>
Prefix<F> Universe<F>::group(To to) {
    static const auto all = parsed<F>(kNames<F>.groups);
    return all.at(index(to));
}

template <class F>
SourceGroup<F> Universe<F>::key(Flow flow) {
    const Prefix<F> range = group(flow.to);
    return {range.address, source(flow.from), range.length};
}

template <class F>
Prefix<F> Universe<F>::network(Net net) {
    static const auto all = parsed<F>(kNames<F>.networks);
    return all.at(index(net));
}

template <class F>
typename F::Address Universe<F>::hop(Hop hop) {
    static const auto all = parsed<F>(kNames<F>.hops);
    return all.at(index(hop)).address;
}

template <class F>
Route<F> Universe<F>::route(const Operation& operation) {
    const InterfaceId<F> link = interface(operation.where);
    return {network(operation.net), link.index,
            is_unspecified(link.next_hop) ? hop(operation.hop) : link.next_hop,
            static_cast<std::uint32_t>(operation.number),
            operation.number % 2 == 0 ? kRouteProtocolStatic : kRouteProtocolLocal};
}

template <class F>
std::vector<InterfaceConfig<F>> Universe<F>::configuration() {
    std::vector<InterfaceConfig<F>> all;
    for (std::size_t where = 0; where <= index(Where::tunnel_b); ++where) {
        InterfaceConfig<F> config;
        config.id = interface(static_cast<Where>(where));
        all.push_back(config);
    }
    all[index(Where::tunnel_a)].next_hop_mac = MacAddress{{2, 0, 0, 0, 0, 0xa}};
    all[index(Where::tunnel_b)].next_hop_mac = MacAddress{{2, 0, 0, 0, 0, 0xb}};
    all[index(Where::tunnel_b)].boundaries = {group(To::g2)};
    if constexpr (F::family == Family::ipv4) {
        all[index(Where::link4)].boundaries = {group(To::g3)};
    } else {
        all[index(Where::link4)].boundary_scope = 5;  // g3 is site-local
    }
    return all;
}

template <class F>
std::string Universe<F>::name(const InterfaceId<F>& id) {
    for (std::size_t where = 0; where <= index(Where::none); ++where) {
        if (interface(static_cast<Where>(where)) == id) {
            return to_code(static_cast<Where>(where));
        }
    }
    return "interface " + std::to_string(id.index) + " via " + to_string(id.next_hop);
}

template <class F>
std::string Universe<F>::name(const SourceGroup<F>& id) {
    for (std::size_t from = 0; from <= index(From::odd); ++from) {
        for (std::size_t to = 0; to <= index(To::host_bits); ++to) {
            const Flow flow{static_cast<From>(from), static_cast<To>(to)};
            if (key(flow) == id) {
                return to_code(flow);
            }
        }
    }
    return "(" + to_string(id.source) + "," + to_string(id.group) + "/" +
           std::to_string(id.group_length) + ")";
}

Options options() {
    Options options;
    options.table = 3;
    options.limits.groups_per_interface = 5;
    options.limits.sources_per_group = 2;
    return options;
}

template struct Universe<V4>;
template struct Universe<V6>;

}  // namespace mgmd::mgm::differential
