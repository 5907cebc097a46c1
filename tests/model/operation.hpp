// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "control/mgm/types.hpp"

/// Calls of the Multicast Group Manager as values: a random test generates them, runs them against
/// two managers, shrinks them, and prints them as the code that makes them. Names stand for values
/// of a small universe (universe.hpp), the same for both families.
namespace mgmd::mgm::differential {

/// Clients. `pim` and `pim_b` are components of one protocol, and so are `igmp` and `igmp_b`.
enum class Who : std::uint8_t { igmp, pim, pim_b, dvmrp, igmp_b };
/// Interfaces. The tunnels are links of one point-to-multipoint interface.
enum class Where : std::uint8_t { link1, link2, link3, link4, tunnel_a, tunnel_b, nowhere, none };
/// Sources. `any` is the wildcard, `odd` a multicast address.
enum class From : std::uint8_t { any, s1, s2, s3, odd };
/// Groups. `range` covers g1 and g2; `all` everything; the last three are malformed.
enum class To : std::uint8_t { g1, g2, g3, ssm, range, all, link_scope, unicast, host_bits };
/// Destinations of routes: one source, s1 and s2, all.
enum class Net : std::uint8_t { only_s1, only_s3, lan, wide };
/// Next hops.
enum class Hop : std::uint8_t { connected, router_a, router_b };

struct Flow {
    From from = From::any;
    To to = To::g1;
};

enum class Callback : std::uint8_t {
    rpf,
    creation_alert,
    join_alert,
    prune_alert,
    wrong_interface,
    local_join,
    local_leave,
    local_exclude,
    disable_igmp,
    enable_igmp,
};

enum class Verb : std::uint8_t {
    register_protocol,
    deregister_protocol,
    take_interface,
    release_interface,
    set_local_mode,
    rpf_changed,
    protocol_on_interface,
    resync_done,
    add_membership,
    delete_membership,
    set_mfe_upstream,
    install_route,
    install_route_anywhere,
    remove_route,
    packets,
    no_entry,
    wrong_interface,
    interface_state,
    add_unicast,
    add_multicast,
    remove_unicast,
    remove_multicast,
    set_boundaries,
    advance,
    wait,
    first_mfes,
    next_mfes,
    start_enumeration,
    next_groups,
    end_enumeration,
    answer_rpf,
    answer_creation_alert,
    answer_prune_alert,
    react,
};

/// One call; which fields mean something depends on the verb: see the functions below.
struct Operation {
    Verb verb = Verb::wait;
    Who who = Who::igmp;
    Flow flow{};
    Where where = Where::link1;
    MembershipFlags flags = MembershipFlags::join;
    LocalMode local = LocalMode::forward;
    Net net = Net::wide;
    Hop hop = Hop::connected;
    Callback callback = Callback::rpf;
    Action action = Action::forward;
    int number = 0;
    std::vector<From> exclude{};
    std::vector<Where> accept{};
    std::vector<Where> outgoing{};
    std::vector<To> boundaries{};
    std::shared_ptr<const Operation> call{};
};
using Script = std::vector<Operation>;

Operation register_protocol(Who who);
Operation deregister_protocol(Who who);
Operation take_interface(Who who, Where where, LocalMode local = LocalMode::forward);
Operation release_interface(Who who, Where where);
Operation set_local_mode(Who who, Where where, LocalMode local);
Operation rpf_changed(Who who, Where where);
Operation protocol_on_interface(Where where);
Operation resync_done(Who who, Where where);
Operation add_membership(Who who, Flow flow, Where where,
                         MembershipFlags flags = MembershipFlags::join,
                         std::vector<From> exclude = {});
Operation delete_membership(Who who, Flow flow, Where where,
                            MembershipFlags flags = MembershipFlags::join);
Operation set_mfe_upstream(Who who, Flow flow, Hop hop);
Operation install_route(Who who, Flow flow, std::vector<Where> accept, std::vector<Where> outgoing,
                        Action action = Action::forward);
/// Accepting on every interface that the client owns.
Operation install_route_anywhere(Who who, Flow flow, std::vector<Where> outgoing);
Operation remove_route(Who who, Flow flow);
/// Packets arrive and meet what the forwarding table has for them, as on a worker.
Operation packets(Flow flow, Where arrival, int count = 1);
/// Bare events, whatever the forwarding table has.
Operation no_entry(Flow flow, Where arrival);
Operation wrong_interface(Flow flow, Where arrival);
Operation interface_state(Where where, bool up);
Operation add_unicast(Net net, Where where, Hop hop = Hop::connected, int metric = 0);
Operation add_multicast(Net net, Where where, Hop hop = Hop::connected, int metric = 0);
Operation remove_unicast(Net net, Where where, Hop hop = Hop::connected);
Operation remove_multicast(Net net, Where where, Hop hop = Hop::connected);
Operation set_boundaries(Where where, std::vector<To> boundaries);
/// Time passes, then the timers run.
Operation advance(int milliseconds);
/// Time passes unseen.
Operation wait(int milliseconds);
/// A page of records and one of statistics.
Operation first_mfes(int octets);
Operation next_mfes(Flow flow, int octets);
Operation start_enumeration(Who who, EnumerationType type);
/// Of the enumeration started last.
Operation next_groups(int octets);
Operation end_enumeration();

/// What the client answers from now on. `Where::none` leaves the interface alone.
Operation answer_rpf(Who who, Where incoming, Hop upstream);
/// The interface that it switches off if it is in the list.
Operation answer_creation_alert(Who who, Where veto);
/// What it answers the next time.
Operation answer_prune_alert(Who who, int seconds);
/// What the client calls from inside a callback, the next time.
Operation react(Who who, Callback callback, const Operation& call);

/// The C++ expression that makes the operation: "add_membership(igmp, {s1, g2}, link3, join)".
std::string to_code(const Operation& operation);
/// A declaration `const Script script = {...};`.
std::string to_code(const Script& script);

std::string to_code(Who who);
std::string to_code(Where where);
std::string to_code(Flow flow);

}  // namespace mgmd::mgm::differential
