// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/model/generator.hpp"

/// Random things that happen to a manager, and random answers to what it asks.
namespace mgmd::mgm::differential {

Operation Generator::traffic() {
    return packets(data_flow(), any_link(), pick({1, 1, 5}));
}

Operation Generator::event() {
    Flow flow = data_flow();
    if (chance(20)) {
        flow = {pick({From::s1, From::any, From::odd}),
                pick({To::g1, To::link_scope, To::unicast})};
    }
    return chance(50) ? no_entry(flow, any_link()) : wrong_interface(flow, any_link());
}

Operation Generator::link_state() {
    return interface_state(any_link(), chance(60));
}

namespace {
struct Destination {
    Net net;
    Where where;
    Hop hop;
};
}  // namespace

Operation Generator::add_route() {
    const Destination to{
        pick({Net::only_s1, Net::only_s3, Net::lan, Net::lan, Net::wide}),
        pick({Where::link1, Where::link2, Where::link3, Where::tunnel_a, Where::tunnel_b}),
        pick({Hop::connected, Hop::router_a, Hop::router_b})};
    const int metric = pick({0, 1});
    return chance(50) ? add_multicast(to.net, to.where, to.hop, metric)
                      : add_unicast(to.net, to.where, to.hop, metric);
}

Operation Generator::remove_route() {
    const Operation added = add_route();
    return added.verb == Verb::add_unicast
               ? differential::remove_unicast(added.net, added.where, added.hop)
               : differential::remove_multicast(added.net, added.where, added.hop);
}

Operation Generator::boundaries() {
    std::vector<To> groups;
    while (chance(35)) {
        groups.push_back(pick({To::g1, To::g2, To::g3, To::range}));
    }
    return set_boundaries(any_link(), groups);
}

Operation Generator::time() {
    const int milliseconds = pick({20, 1'500, 4'000, 11'000, 27'000, 60'000, 205'000, 905'000}) +
                             static_cast<int>(random_() % 1000);
    return chance(80) ? advance(milliseconds) : wait(milliseconds);
}

Operation Generator::page() {
    const int octets = pick({40, 60, 92, 170, 300, 700, 100'000});
    return chance(40) ? first_mfes(octets) : next_mfes(membership_flow(), octets);
}

Operation Generator::enumeration() {
    if (chance(40)) {
        return start_enumeration(pick({Who::igmp, Who::pim, Who::dvmrp}),
                                 pick({EnumerationType::any_source, EnumerationType::all_sources}));
    }
    return chance(90) ? next_groups(pick({10, 16, 64, 100, 1000})) : end_enumeration();
}

Operation Generator::installed() {
    const Place at = place();
    const Who who = at.who == Who::igmp ? Who::pim : at.who;
    const Flow flow = chance(70) ? membership_flow() : Flow{From::any, To::all};
    if (chance(45)) {
        return differential::remove_route(who, flow);
    }
    std::vector<Where> outgoing;
    while (chance(60)) {
        const Where where = any_link();
        const bool again = std::find(outgoing.begin(), outgoing.end(), where) != outgoing.end();
        if (!again || chance(5)) {
            outgoing.push_back(where);
        }
    }
    if (chance(30)) {
        return install_route_anywhere(who, flow, outgoing);
    }
    std::vector<Where> accept = {at.where};
    while (chance(25)) {
        accept.push_back(any_link());
    }
    const Action action = pick({Action::forward, Action::forward, Action::hand_over, Action::drop});
    if (chance(action == Action::drop ? 40 : 3)) {
        accept.clear();
    }
    return install_route(who, flow, accept, outgoing, action);
}

Operation Generator::answer() {
    const Who who = pick({Who::igmp, Who::pim, Who::pim, Who::pim_b, Who::dvmrp});
    switch (random_() % 3) {
        case 0: {
            const Hop hop = pick({Hop::connected, Hop::router_a, Hop::router_b});
            return answer_rpf(who, chance(25) ? Where::none : any_link(), hop);
        }
        case 1:
            return answer_creation_alert(who, any_link());
        default:
            return answer_prune_alert(who, pick({0, 3, 7, 33, 2000}));
    }
}

}  // namespace mgmd::mgm::differential
