// SPDX-License-Identifier: Apache-2.0
#include "tests/model/generator.hpp"

namespace mgmd::mgm::differential {
namespace {

constexpr std::size_t kSetupSteps = 12;

std::size_t index(Where where) {
    return static_cast<std::size_t>(where);
}

}  // namespace

Script Generator::script(std::size_t length) {
    Script script;
    for (std::size_t step = 0; step < length; ++step) {
        script.push_back(step < kSetupSteps ? setup(step) : next());
    }
    return script;
}

/// Most scripts begin with everybody registered and something owned.
Operation Generator::setup(std::size_t step) {
    if (step < 4) {
        return register_protocol(std::array{Who::pim, Who::igmp, Who::dvmrp, Who::pim_b}[step]);
    }
    return step % 4 == 0 ? add_route() : take();
}

Operation Generator::next() {
    static constexpr std::array<Choice, 20> choices = {
        {{10, &Generator::take},        {7, &Generator::release},
         {34, &Generator::add},         {22, &Generator::remove},
         {4, &Generator::registration}, {8, &Generator::ask_or_resync},
         {2, &Generator::upstream},     {7, &Generator::second_thought},
         {6, &Generator::installed},    {30, &Generator::traffic},
         {5, &Generator::event},        {4, &Generator::link_state},
         {8, &Generator::add_route},    {5, &Generator::remove_route},
         {4, &Generator::boundaries},   {15, &Generator::time},
         {2, &Generator::page},         {3, &Generator::enumeration},
         {16, &Generator::answer},      {7, &Generator::reaction}}};
    int sum = 0;
    for (const Choice& choice : choices) {
        sum += choice.weight;
    }
    int drawn = static_cast<int>(random_() % static_cast<std::uint64_t>(sum));
    for (const Choice& choice : choices) {
        drawn -= choice.weight;
        if (drawn < 0) {
            return (this->*choice.make)();
        }
    }
    return time();
}

Where Generator::any_link() {
    return chance(2) ? pick({Where::nowhere, Where::none})
                     : pick({Where::link1, Where::link2, Where::link3, Where::link4,
                             Where::tunnel_a, Where::tunnel_b});
}

Generator::Place Generator::place() {
    const Place drawn{pick({Who::igmp, Who::igmp, Who::pim, Who::pim_b, Who::dvmrp}), any_link()};
    if (chance(8)) {
        return drawn;
    }
    for (int attempt = 0; attempt < 20; ++attempt) {
        const Where where = any_link();
        if (index(where) >= owner_.size()) {
            continue;
        }
        if (igmp_[index(where)] && chance(50)) {
            return {Who::igmp, where};
        }
        if (owner_[index(where)]) {
            return {*owner_[index(where)], where};
        }
    }
    return drawn;
}

Operation Generator::take() {
    const Who who = pick({Who::igmp, Who::igmp, Who::pim, Who::pim, Who::pim_b, Who::dvmrp});
    const Where where = any_link();
    if (index(where) < owner_.size()) {
        if (who == Who::igmp) {
            igmp_[index(where)] = true;
        } else if (!owner_[index(where)]) {
            owner_[index(where)] = who;
        }
    }
    return take_interface(who, where, chance(30) ? LocalMode::advise : LocalMode::forward);
}

Operation Generator::release() {
    const Place from = place();
    if (index(from.where) < owner_.size()) {
        if (from.who == Who::igmp) {
            igmp_[index(from.where)] = false;
        } else if (owner_[index(from.where)] == from.who) {
            owner_[index(from.where)].reset();
        }
    }
    return release_interface(from.who, from.where);
}

Flow Generator::data_flow() {
    return {pick({From::s1, From::s2, From::s3}), pick({To::g1, To::g2, To::g3, To::ssm})};
}

Flow Generator::membership_flow() {
    if (chance(3)) {
        return {pick({From::any, From::s1, From::odd}),
                pick({To::link_scope, To::unicast, To::host_bits, To::all, To::range, To::g1})};
    }
    if (chance(12)) {
        return {From::any, pick({To::range, To::range, To::all})};
    }
    Flow flow = data_flow();
    flow.from = chance(50) ? From::any : flow.from;
    return flow;
}

MembershipFlags Generator::flags(const Flow& flow) {
    if (flow.from == From::any) {
        return chance(97) ? MembershipFlags::join : MembershipFlags::forward;
    }
    return chance(65) ? MembershipFlags::join
                      : pick({MembershipFlags::forward, MembershipFlags::forward,
                              MembershipFlags::join_and_forward, MembershipFlags::none});
}

std::vector<From> Generator::excluded(const Place& place, const Flow& flow, MembershipFlags flags) {
    const bool usual =
        place.who == Who::igmp && flow.from == From::any && flags == MembershipFlags::join;
    if (!chance(usual ? 35 : 2)) {
        return {};
    }
    std::vector<From> sources = {pick({From::s1, From::s2, From::s3})};
    while (chance(35)) {
        sources.push_back(pick({From::s1, From::s2, From::s3}));
    }
    return sources;
}

Operation Generator::add() {
    const Place at = place();
    const Flow flow = membership_flow();
    const MembershipFlags how = flags(flow);
    added_.push_back(add_membership(at.who, flow, at.where, how, excluded(at, flow, how)));
    return added_.back();
}

Operation Generator::remove() {
    if (!added_.empty() && chance(70)) {
        const std::size_t drawn = random_() % added_.size();
        const Operation what = added_[drawn];
        added_.erase(added_.begin() + static_cast<std::ptrdiff_t>(drawn));
        return delete_membership(what.who, what.flow, what.where, what.flags);
    }
    const Place at = place();
    const Flow flow = membership_flow();
    return delete_membership(at.who, flow, at.where, flags(flow));
}

Operation Generator::registration() {
    const Who who = pick({Who::igmp, Who::pim, Who::pim_b, Who::dvmrp, Who::igmp_b});
    return chance(60) ? register_protocol(who) : deregister_protocol(who);
}

Operation Generator::ask_or_resync() {
    if (chance(15)) {
        return protocol_on_interface(any_link());
    }
    Where where = any_link();
    for (int attempt = 0; attempt < 5 && (index(where) >= 6 || !igmp_[index(where)]); ++attempt) {
        where = any_link();
    }
    return resync_done(chance(96) ? Who::igmp : Who::pim, where);
}

Operation Generator::upstream() {
    return set_mfe_upstream(pick({Who::pim, Who::dvmrp, Who::pim_b}), data_flow(),
                            pick({Hop::router_a, Hop::router_b}));
}

/// Of an owner: about its mode, or its answers to on_rpf.
Operation Generator::second_thought() {
    const Place at = place();
    return chance(60) ? set_local_mode(at.who, at.where,
                                       chance(50) ? LocalMode::advise : LocalMode::forward)
                      : rpf_changed(at.who, at.where);
}

Operation Generator::reaction() {
    const Who who = pick({Who::igmp, Who::pim, Who::pim_b, Who::dvmrp});
    const Callback callback =
        pick({Callback::rpf, Callback::creation_alert, Callback::join_alert, Callback::prune_alert,
              Callback::wrong_interface, Callback::local_join, Callback::local_leave,
              Callback::local_exclude, Callback::disable_igmp, Callback::enable_igmp});
    if (chance(60)) {
        return react(who, callback, chance(60) ? add() : remove());
    }
    using Make = Operation (Generator::*)();
    const auto make =
        pick<Make>({&Generator::take, &Generator::release, &Generator::registration,
                    &Generator::ask_or_resync, &Generator::installed, &Generator::second_thought});
    return react(who, callback, (this->*make)());
}

}  // namespace mgmd::mgm::differential
