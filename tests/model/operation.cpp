// SPDX-License-Identifier: Apache-2.0
#include "tests/model/operation.hpp"

#include <utility>

namespace mgmd::mgm::differential {

Operation register_protocol(Who who) {
    return {.verb = Verb::register_protocol, .who = who};
}
Operation deregister_protocol(Who who) {
    return {.verb = Verb::deregister_protocol, .who = who};
}
Operation take_interface(Who who, Where where, LocalMode local) {
    return {.verb = Verb::take_interface, .who = who, .where = where, .local = local};
}
Operation release_interface(Who who, Where where) {
    return {.verb = Verb::release_interface, .who = who, .where = where};
}
Operation set_local_mode(Who who, Where where, LocalMode local) {
    return {.verb = Verb::set_local_mode, .who = who, .where = where, .local = local};
}
Operation rpf_changed(Who who, Where where) {
    return {.verb = Verb::rpf_changed, .who = who, .where = where};
}
Operation protocol_on_interface(Where where) {
    return {.verb = Verb::protocol_on_interface, .where = where};
}
Operation resync_done(Who who, Where where) {
    return {.verb = Verb::resync_done, .who = who, .where = where};
}
Operation add_membership(Who who, Flow flow, Where where, MembershipFlags flags,
                         std::vector<From> exclude) {
    return {.verb = Verb::add_membership,
            .who = who,
            .flow = flow,
            .where = where,
            .flags = flags,
            .exclude = std::move(exclude)};
}
Operation delete_membership(Who who, Flow flow, Where where, MembershipFlags flags) {
    return {
        .verb = Verb::delete_membership, .who = who, .flow = flow, .where = where, .flags = flags};
}
Operation set_mfe_upstream(Who who, Flow flow, Hop hop) {
    return {.verb = Verb::set_mfe_upstream, .who = who, .flow = flow, .hop = hop};
}
Operation install_route(Who who, Flow flow, std::vector<Where> accept, std::vector<Where> outgoing,
                        Action action) {
    return {.verb = Verb::install_route,
            .who = who,
            .flow = flow,
            .action = action,
            .accept = std::move(accept),
            .outgoing = std::move(outgoing)};
}
Operation install_route_anywhere(Who who, Flow flow, std::vector<Where> outgoing) {
    return {.verb = Verb::install_route_anywhere,
            .who = who,
            .flow = flow,
            .outgoing = std::move(outgoing)};
}
Operation remove_route(Who who, Flow flow) {
    return {.verb = Verb::remove_route, .who = who, .flow = flow};
}
Operation packets(Flow flow, Where arrival, int count) {
    return {.verb = Verb::packets, .flow = flow, .where = arrival, .number = count};
}
Operation no_entry(Flow flow, Where arrival) {
    return {.verb = Verb::no_entry, .flow = flow, .where = arrival};
}
Operation wrong_interface(Flow flow, Where arrival) {
    return {.verb = Verb::wrong_interface, .flow = flow, .where = arrival};
}
Operation interface_state(Where where, bool up) {
    return {.verb = Verb::interface_state, .where = where, .number = up ? 1 : 0};
}
Operation add_unicast(Net net, Where where, Hop hop, int metric) {
    return {.verb = Verb::add_unicast, .where = where, .net = net, .hop = hop, .number = metric};
}
Operation add_multicast(Net net, Where where, Hop hop, int metric) {
    return {.verb = Verb::add_multicast, .where = where, .net = net, .hop = hop, .number = metric};
}
Operation remove_unicast(Net net, Where where, Hop hop) {
    return {.verb = Verb::remove_unicast, .where = where, .net = net, .hop = hop};
}
Operation remove_multicast(Net net, Where where, Hop hop) {
    return {.verb = Verb::remove_multicast, .where = where, .net = net, .hop = hop};
}
Operation set_boundaries(Where where, std::vector<To> boundaries) {
    return {.verb = Verb::set_boundaries, .where = where, .boundaries = std::move(boundaries)};
}
Operation advance(int milliseconds) {
    return {.verb = Verb::advance, .number = milliseconds};
}
Operation wait(int milliseconds) {
    return {.verb = Verb::wait, .number = milliseconds};
}
Operation first_mfes(int octets) {
    return {.verb = Verb::first_mfes, .number = octets};
}
Operation next_mfes(Flow flow, int octets) {
    return {.verb = Verb::next_mfes, .flow = flow, .number = octets};
}
Operation start_enumeration(Who who, EnumerationType type) {
    return {.verb = Verb::start_enumeration, .who = who, .number = static_cast<int>(type)};
}
Operation next_groups(int octets) {
    return {.verb = Verb::next_groups, .number = octets};
}
Operation end_enumeration() {
    return {.verb = Verb::end_enumeration};
}
Operation answer_rpf(Who who, Where incoming, Hop upstream) {
    return {.verb = Verb::answer_rpf, .who = who, .where = incoming, .hop = upstream};
}
Operation answer_creation_alert(Who who, Where veto) {
    return {.verb = Verb::answer_creation_alert, .who = who, .where = veto};
}
Operation answer_prune_alert(Who who, int seconds) {
    return {.verb = Verb::answer_prune_alert, .who = who, .number = seconds};
}
Operation react(Who who, Callback callback, const Operation& call) {
    return {.verb = Verb::react,
            .who = who,
            .callback = callback,
            .call = std::make_shared<const Operation>(call)};
}

}  // namespace mgmd::mgm::differential
