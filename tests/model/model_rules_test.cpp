// SPDX-License-Identifier: Apache-2.0
#include "tests/model/rules_fixture.hpp"

/// The documented examples of alerts, and the hand-over of IGMP, played to the model: what the
/// differential test compares with has to be right itself.
namespace mgmd::mgm::differential {
namespace {

using enum Who;
using enum Where;
using enum From;
using enum To;
using testing::ElementsAre;
using testing::IsEmpty;

TYPED_TEST_SUITE(ModelRules, Families);

TYPED_TEST(ModelRules, FirstClientOfAGroupIsToldToAllOthers) {
    this->told(take_interface(pim, link2));
    EXPECT_THAT(
        this->told(add_membership(pim, {any, g1}, link2)),
        ElementsAre("igmp.on_join_alert {any, g1} member", "dvmrp.on_join_alert {any, g1} member"));
    EXPECT_THAT(this->told(add_membership(pim, {any, g1}, link2)), IsEmpty());
}

TYPED_TEST(ModelRules, SecondClientIsToldToTheFirstOnly) {
    this->told(take_interface(pim, link2));
    this->told(take_interface(dvmrp, link3));
    this->told(take_interface(igmp, link4));
    this->told(add_membership(pim, {any, g1}, link2));
    EXPECT_THAT(this->told(add_membership(dvmrp, {any, g1}, link3)),
                ElementsAre("pim.on_join_alert {any, g1} member"));
    EXPECT_THAT(this->told(add_membership(igmp, {any, g1}, link4)), IsEmpty());
}

TYPED_TEST(ModelRules, LeavingIsToldToTheOneLeftAndThenToAll) {
    this->told(take_interface(pim, link2));
    this->told(take_interface(pim, link4));
    this->told(take_interface(dvmrp, link3));
    this->told(add_membership(pim, {any, range}, link2));
    this->told(add_membership(pim, {any, range}, link4));
    this->told(add_membership(dvmrp, {any, range}, link3));
    EXPECT_THAT(this->told(delete_membership(pim, {any, range}, link4)), IsEmpty());
    EXPECT_THAT(this->told(delete_membership(pim, {any, range}, link2)),
                ElementsAre("dvmrp.on_prune_alert {any, range} on none member"));
    EXPECT_THAT(this->told(delete_membership(dvmrp, {any, range}, link3)),
                ElementsAre("igmp.on_prune_alert {any, range} on none member",
                            "pim.on_prune_alert {any, range} on none member"));
}

TYPED_TEST(ModelRules, ASourceSpecificWishIsToldToTheOwnerTowardsTheSource) {
    this->told(take_interface(pim, link1));
    this->told(take_interface(pim, link2));
    this->told(take_interface(dvmrp, link3));
    EXPECT_THAT(this->told(add_membership(pim, {s1, g1}, link2)), IsEmpty());
    EXPECT_THAT(this->told(add_membership(dvmrp, {s1, g1}, link3)),
                ElementsAre("pim.on_join_alert {s1, g1} member"));
    EXPECT_THAT(this->told(delete_membership(dvmrp, {s1, g1}, link3)),
                ElementsAre("pim.on_prune_alert {s1, g1} on link1 member"));
}

TYPED_TEST(ModelRules, ANewOwnerTowardsTheSourceTakesOverTheWish) {
    this->told(take_interface(pim, link1));
    this->told(take_interface(dvmrp, link3));
    this->told(take_interface(igmp, link4));
    this->told(add_membership(igmp, {s1, g1}, link4));
    EXPECT_THAT(this->told(add_multicast(Net::lan, link3)),
                ElementsAre("pim.on_prune_alert {s1, g1} on link1 member",
                            "dvmrp.on_join_alert {s1, g1} member"));
    EXPECT_THAT(this->told(release_interface(dvmrp, link3)),
                ElementsAre("dvmrp.on_prune_alert {s1, g1} on link3 member"));
    EXPECT_THAT(this->told(take_interface(dvmrp, link3)), IsEmpty()) << "a taker enumerates";
}

TYPED_TEST(ModelRules, IgmpCountsForTheOwnerOfTheInterface) {
    this->told(take_interface(pim, link2));
    this->told(take_interface(igmp, link2));
    EXPECT_THAT(
        this->told(add_membership(igmp, {any, g1}, link2)),
        ElementsAre("pim.on_local_join {any, g1} on link2", "igmp.on_join_alert {any, g1} member",
                    "dvmrp.on_join_alert {any, g1} member"));
    EXPECT_THAT(this->told(add_membership(pim, {any, g1}, link2)), IsEmpty());
    EXPECT_THAT(this->told(delete_membership(igmp, {any, g1}, link2)),
                ElementsAre("pim.on_local_leave {any, g1} on link2"));
}

TYPED_TEST(ModelRules, IgmpCountsForItselfWhereNobodyOwns) {
    this->told(take_interface(igmp, link2));
    EXPECT_THAT(
        this->told(add_membership(igmp, {any, g1}, link2)),
        ElementsAre("pim.on_join_alert {any, g1} member", "dvmrp.on_join_alert {any, g1} member"));
}

TYPED_TEST(ModelRules, AdviseOnlyTellsTheOwner) {
    this->told(take_interface(pim, link2, LocalMode::advise));
    this->told(take_interface(igmp, link2));
    EXPECT_THAT(this->told(add_membership(igmp, {any, g1}, link2)),
                ElementsAre("pim.on_local_join {any, g1} on link2"));
    EXPECT_THAT(
        this->told(add_membership(pim, {any, g1}, link2)),
        ElementsAre("igmp.on_join_alert {any, g1} member", "dvmrp.on_join_alert {any, g1} member"));
}

TYPED_TEST(ModelRules, TheOwnerHearsOfExcludeSets) {
    this->told(take_interface(igmp, link2));
    this->told(take_interface(pim, link2));
    this->told(add_membership(igmp, {any, g1}, link2));
    const auto s2_and_s1 = add_membership(igmp, {any, g1}, link2, MembershipFlags::join, {s2, s1});
    const std::string names = to_string(Universe<TypeParam>::source(s1)) + " " +
                              to_string(Universe<TypeParam>::source(s2));
    EXPECT_THAT(this->told(s2_and_s1),
                ElementsAre("pim.on_local_exclude {any, g1} on link2 " + names));
    EXPECT_THAT(this->told(s2_and_s1), IsEmpty());
}

TYPED_TEST(ModelRules, ATakeIsFramedAndKeepsStaleMembershipsCounting) {
    this->told(take_interface(igmp, link2));
    this->told(add_membership(igmp, {any, g1}, link2));
    EXPECT_THAT(this->told(take_interface(pim, link2)),
                ElementsAre("igmp.on_disable_igmp link2", "igmp.on_enable_igmp link2",
                            "igmp.on_join_alert {any, g1} member",
                            "pim.on_prune_alert {any, g1} on none member"));
    EXPECT_THAT(this->world.look().memberships, IsEmpty());
    EXPECT_EQ(this->answer(delete_membership(igmp, {any, g1}, link2)), "not_found");
    EXPECT_THAT(this->told(add_membership(igmp, {any, g1}, link2)),
                ElementsAre("pim.on_local_join {any, g1} on link2"));
    EXPECT_THAT(this->told(resync_done(igmp, link2)), IsEmpty());
    EXPECT_EQ(this->world.look().memberships.size(), 1U);
}

TYPED_TEST(ModelRules, WhatStaysStaleGoesWhenTheWindowEnds) {
    this->told(take_interface(igmp, link2));
    this->told(add_membership(igmp, {any, g1}, link2));
    this->told(take_interface(pim, link2));
    EXPECT_THAT(this->told(advance(4'999)), IsEmpty());
    EXPECT_THAT(this->told(advance(1)),
                ElementsAre("igmp.on_prune_alert {any, g1} on none member",
                            "dvmrp.on_prune_alert {any, g1} on none member"));
    EXPECT_EQ(this->answer(delete_membership(igmp, {any, g1}, link2)), "not_found");
}

TYPED_TEST(ModelRules, ARefusedTakeCallsNobody) {
    this->told(take_interface(igmp, link2));
    this->told(take_interface(pim, link2));
    EXPECT_THAT(this->told(take_interface(dvmrp, link2)), IsEmpty());
    EXPECT_EQ(this->answer(take_interface(dvmrp, link2)), "already_exists");
    EXPECT_EQ(this->answer(take_interface(pim, link2)), "already_exists");
    EXPECT_EQ(this->answer(take_interface(pim, nowhere)), "can_not_complete");
}

TYPED_TEST(ModelRules, IgmpChangesNothingDuringTheHandOver) {
    this->told(take_interface(igmp, link2));
    (void)this->world.run(
        react(igmp, Callback::disable_igmp, add_membership(igmp, {any, g1}, link2)));
    const auto lines = this->world.run(take_interface(pim, link2));
    EXPECT_THAT(
        lines, testing::Contains("add_membership(igmp, {any, g1}, link2, MembershipFlags::join) -> "
                                 "can_not_complete"));
}

TYPED_TEST(ModelRules, ALateClientGetsNoReplayButMayEnumerate) {
    this->told(take_interface(pim, link2));
    this->told(add_membership(pim, {s1, g1}, link2));
    this->told(add_membership(pim, {any, g1}, link2));
    EXPECT_THAT(this->told(register_protocol(pim_b)), IsEmpty());
    (void)this->world.run(start_enumeration(pim_b, EnumerationType::any_source));
    EXPECT_THAT(this->world.run(next_groups(1000)),
                ElementsAre("next_groups(1000) -> no_more_items after 1", "  joined {any, g1}"));
    (void)this->world.run(start_enumeration(pim_b, EnumerationType::all_sources));
    EXPECT_THAT(this->world.run(next_groups(1000)),
                ElementsAre("next_groups(1000) -> no_more_items after 2", "  joined {any, g1}",
                            "  joined {s1, g1}"));
    EXPECT_EQ(this->answer(end_enumeration()), "ok");
    EXPECT_EQ(this->answer(next_groups(1000)), "invalid_parameter");
}

TYPED_TEST(ModelRules, WhatACallbackCausesIsToldAfterWhatWaits) {
    this->told(take_interface(pim, link2));
    this->told(take_interface(igmp, link3));
    (void)this->world.run(
        react(igmp, Callback::join_alert, add_membership(igmp, {any, g2}, link3)));
    EXPECT_THAT(
        this->told(add_membership(pim, {any, g1}, link2)),
        ElementsAre("igmp.on_join_alert {any, g1} member", "dvmrp.on_join_alert {any, g1} member",
                    "pim.on_join_alert {any, g2} member", "dvmrp.on_join_alert {any, g2} member"));
}

TYPED_TEST(ModelRules, MalformedMembershipsAreRefused) {
    this->told(take_interface(pim, link2));
    for (const Flow flow : {Flow{s1, all}, Flow{s1, range}, Flow{any, link_scope},
                            Flow{any, unicast}, Flow{any, host_bits}, Flow{odd, g1}}) {
        EXPECT_EQ(this->answer(add_membership(pim, flow, link2)), "invalid_parameter")
            << to_code(flow);
    }
    EXPECT_EQ(this->answer(add_membership(pim, {any, g1}, link2, MembershipFlags::forward)),
              "invalid_parameter");
    EXPECT_EQ(this->answer(add_membership(pim, {s1, g1}, link2, MembershipFlags::forward)),
              "not_found");
    EXPECT_EQ(this->answer(add_membership(pim, {any, g1}, nowhere)), "not_found");
    EXPECT_EQ(this->answer(add_membership(pim, {any, g1}, link3)), "invalid_parameter");
    EXPECT_EQ(this->answer(add_membership(dvmrp, {any, g1}, link2)), "invalid_parameter");
    EXPECT_EQ(this->answer(delete_membership(pim, {any, g1}, link2)), "not_found");
}

}  // namespace
}  // namespace mgmd::mgm::differential
