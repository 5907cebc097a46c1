// SPDX-License-Identifier: Apache-2.0
#include "tests/model/rules_fixture.hpp"

/// What becomes of packets, played to the model.
namespace mgmd::mgm::differential {
namespace {

using enum Who;
using enum Where;
using enum From;
using enum To;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// pim owns link1, towards the sources, and link2; dvmrp owns link3.
template <class F>
class ModelEntries : public ModelRules<F> {
protected:
    ModelEntries() {
        this->told(take_interface(pim, link1));
        this->told(take_interface(pim, link2));
        this->told(take_interface(dvmrp, link3));
    }
};

TYPED_TEST_SUITE(ModelEntries, Families);

TYPED_TEST(ModelEntries, ANewSourceAsksForTheWayAndForVetoes) {
    this->told(add_membership(dvmrp, {any, g1}, link3));
    this->told(add_membership(pim, {s1, g1}, link2));
    const auto lines = this->told(packets({s1, g1}, link1));
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_TRUE(lines[0].starts_with("pim.on_rpf {s1, g1} arrival link1 header 28 incoming link1"));
    EXPECT_EQ(lines[1], "pim.on_creation_alert {s1, g1} incoming link1 outgoing link2");
    EXPECT_EQ(lines[2], "dvmrp.on_creation_alert {s1, g1} incoming link1 outgoing link3");
    EXPECT_THAT(this->told(packets({s1, g1}, link1)), IsEmpty());
}

TYPED_TEST(ModelEntries, ClientsChooseTheIncomingInterfaceAmongTheirOwn) {
    (void)this->world.run(answer_rpf(pim, link3, Hop::router_b));
    (void)this->world.run(packets({s1, g1}, link1));
    EXPECT_EQ(this->world.look().records.at(0).incoming, Universe<TypeParam>::interface(link1));
    (void)this->world.run(answer_rpf(pim, link2, Hop::router_b));
    (void)this->world.run(packets({s1, g2}, link1));
    EXPECT_EQ(this->world.look().records.at(1).incoming, Universe<TypeParam>::interface(link2));
}

TYPED_TEST(ModelEntries, AVetoSurvivesUntilTheOwnerJoins) {
    this->told(add_membership(pim, {any, g1}, link2));
    (void)this->world.run(answer_creation_alert(pim, link2));
    (void)this->world.run(packets({s1, g1}, link1));
    EXPECT_THAT(this->world.look().records.at(0).outgoing, IsEmpty());
    this->told(add_membership(dvmrp, {any, g1}, link3));
    EXPECT_THAT(this->world.look().records.at(0).outgoing,
                ElementsAre(Universe<TypeParam>::interface(link3)));
    this->told(add_membership(pim, {s1, g1}, link2));
    EXPECT_THAT(
        this->world.look().records.at(0).outgoing,
        ElementsAre(Universe<TypeParam>::interface(link2), Universe<TypeParam>::interface(link3)));
}

TYPED_TEST(ModelEntries, AnUnwantedFlowBecomesNegativeAsLongAsItsOwnerSays) {
    (void)this->world.run(answer_prune_alert(pim, 33));
    EXPECT_THAT(this->told(packets({s1, g1}, link1)),
                Contains("pim.on_prune_alert {s1, g1} on link1 timeout 900"));
    EXPECT_TRUE(this->world.look().records.at(0).negative);
    EXPECT_EQ(this->world.look().records.at(0).timeout, std::chrono::seconds(33));
    EXPECT_THAT(this->told(advance(32'999)), IsEmpty());
    EXPECT_EQ(this->entries(), 1U);
    EXPECT_THAT(this->told(advance(1)), IsEmpty()) << "expiry raises no alert";
    EXPECT_EQ(this->entries(), 0U);
}

TYPED_TEST(ModelEntries, ATimeoutOfNothingDeletesAtOnce) {
    (void)this->world.run(answer_prune_alert(pim, 0));
    (void)this->world.run(packets({s1, g1}, link1));
    EXPECT_EQ(this->entries(), 0U);
    EXPECT_THAT(this->world.table(), IsEmpty());
}

TYPED_TEST(ModelEntries, OthersMakeItActiveAndNegativeAndTheOwnerIsTold) {
    (void)this->world.run(packets({s1, g1}, link1));
    EXPECT_THAT(this->told(add_membership(dvmrp, {any, g1}, link3)),
                ElementsAre("igmp.on_join_alert {any, g1} member",
                            "pim.on_join_alert {any, g1} member", "pim.on_join_alert {s1, g1}"));
    EXPECT_THAT(this->told(delete_membership(dvmrp, {any, g1}, link3)),
                ElementsAre("igmp.on_prune_alert {any, g1} on none member",
                            "pim.on_prune_alert {any, g1} on none member",
                            "pim.on_prune_alert {s1, g1} on link1 timeout 900"));
}

TYPED_TEST(ModelEntries, TheOwnersOwnMembershipIsNoNewsToIt) {
    (void)this->world.run(packets({s1, g1}, link1));
    EXPECT_THAT(this->told(add_membership(pim, {s1, g1}, link2)), IsEmpty());
    EXPECT_THAT(this->told(delete_membership(pim, {s1, g1}, link2)), IsEmpty());
    EXPECT_THAT(this->told(add_membership(pim, {s1, g1}, link2, MembershipFlags::forward)),
                ElementsAre("pim.on_join_alert {s1, g1}"));
}

TYPED_TEST(ModelEntries, ExcludedSourcesAreForwardedOnlyWhereTheOwnerWantsThem) {
    this->told(take_interface(igmp, link3));
    this->told(add_membership(igmp, {any, g1}, link3, MembershipFlags::join, {s1}));
    (void)this->world.run(packets({s1, g1}, link1));
    (void)this->world.run(packets({s2, g1}, link1));
    EXPECT_TRUE(this->world.look().records.at(0).negative);
    EXPECT_FALSE(this->world.look().records.at(1).negative);
    this->told(add_membership(dvmrp, {any, g1}, link3));
    EXPECT_FALSE(this->world.look().records.at(0).negative);
}

TYPED_TEST(ModelEntries, BoundariesKeepTheMembershipButNotTheTraffic) {
    this->told(take_interface(pim, link4));
    this->told(add_membership(pim, {any, g3}, link4));
    this->told(add_membership(pim, {any, g1}, link4));
    (void)this->world.run(packets({s1, g3}, link1));
    (void)this->world.run(packets({s1, g1}, link1));
    for (const auto& record : this->world.look().records) {
        EXPECT_EQ(record.negative, record.key.group == Universe<TypeParam>::group(g3).address);
    }
    for (const auto& membership : this->world.look().memberships) {
        EXPECT_EQ(membership.inactive,
                  membership.key.group == Universe<TypeParam>::group(g3).address);
    }
}

TYPED_TEST(ModelEntries, WithoutARouteTheOwnerOfTheArrivalIsAsked) {
    (void)this->world.run(remove_unicast(Net::wide, link1, Hop::router_a));
    this->told(add_membership(dvmrp, {any, g1}, link3));
    EXPECT_THAT(this->told(packets({s1, g1}, link2)), testing::SizeIs(1));
    EXPECT_TRUE(this->world.look().records.at(0).negative);
    EXPECT_EQ(this->world.look().records.at(0).timeout, std::chrono::seconds(10));
    const auto made = this->told(add_multicast(Net::lan, link2));
    EXPECT_THAT(made, Contains("dvmrp.on_creation_alert {s1, g1} incoming link2 outgoing link3"));
    EXPECT_FALSE(this->world.look().records.at(0).negative);
}

TYPED_TEST(ModelEntries, ARouteChangeMovesTheIncomingInterfaceInOneStep) {
    this->told(add_membership(dvmrp, {any, g1}, link3));
    (void)this->world.run(packets({s1, g1}, link1));
    EXPECT_THAT(this->published(add_multicast(Net::lan, link2)), testing::SizeIs(1));
    EXPECT_EQ(this->world.look().records.at(0).incoming, Universe<TypeParam>::interface(link2));
}

TYPED_TEST(ModelEntries, AReleaseMakesTheEntriesArrivingThereAnew) {
    this->told(add_membership(dvmrp, {any, g1}, link3));
    (void)this->world.run(packets({s1, g1}, link1));
    (void)this->world.run(advance(3'000));
    EXPECT_THAT(this->published(release_interface(pim, link1)), IsEmpty()) << "the same entry";
    EXPECT_EQ(this->world.look().records.at(0).up_time, std::chrono::seconds(0));
    EXPECT_EQ(this->world.look().records.at(0).incoming_protocol, 0U);
}

TYPED_TEST(ModelEntries, IdleEntriesEndAndBusyOnesStay) {
    this->told(add_membership(dvmrp, {any, g1}, link3));
    (void)this->world.run(packets({s1, g1}, link1));
    (void)this->world.run(packets({s2, g1}, link1));
    for (int sixteenth = 0; sixteenth < 15; ++sixteenth) {
        (void)this->world.run(advance(13'125));
    }
    EXPECT_EQ(this->entries(), 2U);
    (void)this->world.run(packets({s1, g1}, link1));
    (void)this->world.run(advance(13'125));
    EXPECT_EQ(this->entries(), 1U);
}

TYPED_TEST(ModelEntries, AnInstalledRouteReplacesWhatDataMade) {
    this->told(add_membership(dvmrp, {any, g1}, link3));
    (void)this->world.run(packets({s1, g1}, link1));
    EXPECT_THAT(this->published(install_route(pim, {any, range}, {link2}, {link3})),
                testing::SizeIs(2));
    const auto records = this->world.look().records;
    ASSERT_EQ(records.size(), 1U);
    EXPECT_TRUE(records[0].installed);
    EXPECT_THAT(this->told(packets({s2, g2}, link2)), IsEmpty());
    EXPECT_EQ(this->answer(install_route(dvmrp, {any, range}, {link3}, {})), "already_exists");
    EXPECT_EQ(this->answer(install_route(dvmrp, {any, g3}, {link2}, {})), "invalid_parameter");
}

TYPED_TEST(ModelEntries, WrongInterfacesAreReportedToTheOwnerOfTheArrival) {
    this->told(add_membership(dvmrp, {any, g1}, link3));
    (void)this->world.run(packets({s1, g1}, link1));
    EXPECT_THAT(this->told(packets({s1, g1}, link2, 5)),
                ElementsAre("pim.on_wrong_interface {s1, g1} on link2 header 28 unreported 4"));
    EXPECT_THAT(this->told(packets({s1, g1}, link4)), IsEmpty()) << "nobody owns it";
}

}  // namespace
}  // namespace mgmd::mgm::differential
