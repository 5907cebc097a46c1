// SPDX-License-Identifier: Apache-2.0
// Who is told what, end to end.
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

template <class F>
class Alerts : public MgmFixture<F> {
protected:
    /// pim owns 1 and 2, dvmrp 3, cbt 5; IGMP is alone on 4. All are registered in this order.
    void SetUp() override {
        this->enrol_all();
        this->enrol(cbt, {300, 1});
        this->take(this->pim, 1);
        this->take(this->pim, 2);
        this->take(this->dvmrp, 3);
        this->take(this->igmp, 4);
        this->take(cbt, 5);
    }

    TestClient<F> cbt{"cbt", this->log};
};
TYPED_TEST_SUITE(Alerts, Families);

TYPED_TEST(Alerts, FirstComponentTellsEveryoneElse) {
    this->add(this->pim, 1, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("dvmrp join (*,G1) member", "igmp join (*,G1) member",
                                          "cbt join (*,G1) member"));
}

TYPED_TEST(Alerts, AnotherInterfaceOfTheComponentTellsNobody) {
    this->add(this->pim, 1, star_g<TypeParam>(1));
    this->told();
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->remove(this->pim, 1, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), IsEmpty());
}

TYPED_TEST(Alerts, SecondComponentTellsTheFirst) {
    this->add(this->pim, 1, star_g<TypeParam>(1));
    this->told();
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("pim join (*,G1) member"));
}

TYPED_TEST(Alerts, ThirdComponentTellsNobodyNorDoesItsGoing) {
    this->add(this->pim, 1, star_g<TypeParam>(1));
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->told();
    this->add(this->cbt, 5, star_g<TypeParam>(1));
    this->remove(this->cbt, 5, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), IsEmpty());
}

TYPED_TEST(Alerts, SecondLastComponentTellsTheLast) {
    this->add(this->pim, 1, star_g<TypeParam>(1));
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->told();
    this->remove(this->pim, 1, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("dvmrp prune (*,G1) member"));
}

TYPED_TEST(Alerts, LastComponentTellsEveryoneElse) {
    this->add(this->pim, 1, star_g<TypeParam>(1));
    this->told();
    this->remove(this->pim, 1, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("dvmrp prune (*,G1) member", "igmp prune (*,G1) member",
                                          "cbt prune (*,G1) member"));
}

TYPED_TEST(Alerts, EachWildcardKeyCountsByItself) {
    const SourceGroup<TypeParam> range{.group = masked(group<TypeParam>(1), 24),
                                       .group_length = 24};
    this->add(this->pim, 1, SourceGroup<TypeParam>::any());
    this->add(this->pim, 1, range);
    this->add(this->pim, 1, star_g<TypeParam>(1));
    const auto lines = this->told();
    EXPECT_EQ(lines.size(), 9u);
    EXPECT_EQ(lines[0], "dvmrp join (*,*) member");
    EXPECT_EQ(lines[3], "dvmrp join (*,G0/24) member");
    this->add(this->dvmrp, 3, SourceGroup<TypeParam>::any());
    EXPECT_THAT(this->told(), ElementsAre("pim join (*,*) member"));
}

TYPED_TEST(Alerts, IgmpAloneIsAComponent) {
    this->add(this->igmp, 4, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("pim join (*,G1) member", "dvmrp join (*,G1) member",
                                          "cbt join (*,G1) member"))
        << "no on_local_join: nobody owns if4";
    this->remove(this->igmp, 4, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("pim prune (*,G1) member", "dvmrp prune (*,G1) member",
                                          "cbt prune (*,G1) member"));
}

TYPED_TEST(Alerts, IgmpOnAnOwnedInterfaceCountsForTheOwner) {
    this->take(this->igmp, 2);
    EXPECT_THAT(this->told(), IsEmpty()) << "IGMP taking a link of pim's: no hand-over";
    this->add(this->igmp, 2, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("pim local_join (*,G1) if2", "dvmrp join (*,G1) member",
                                          "igmp join (*,G1) member", "cbt join (*,G1) member"));
    this->add(this->pim, 1, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), IsEmpty()) << "pim's component has it already";
    this->remove(this->pim, 1, star_g<TypeParam>(1));
    this->remove(this->igmp, 2, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("pim local_leave (*,G1) if2", "dvmrp prune (*,G1) member",
                                          "igmp prune (*,G1) member", "cbt prune (*,G1) member"));
}

TYPED_TEST(Alerts, OfASourceGoOnlyToTheOwnerTowardsIt) {
    this->add(this->dvmrp, 3, sg<TypeParam>(1, 1));
    EXPECT_THAT(this->told(), ElementsAre("pim join (S1,G1) member"));
    this->add(this->cbt, 5, sg<TypeParam>(1, 1));
    EXPECT_THAT(this->told(), IsEmpty());
    this->remove(this->dvmrp, 3, sg<TypeParam>(1, 1));
    EXPECT_THAT(this->told(), IsEmpty());
    this->remove(this->cbt, 5, sg<TypeParam>(1, 1));
    EXPECT_THAT(this->told(), ElementsAre("pim prune (S1,G1) if1 member"));
}

TYPED_TEST(Alerts, OfASourceNeverComeFromTheOwnersOwnMembership) {
    this->add(this->pim, 2, sg<TypeParam>(1, 1));
    this->remove(this->pim, 2, sg<TypeParam>(1, 1));
    this->add(this->pim, 2, sg<TypeParam>(6, 1));
    this->add(this->pim, 2, sg<TypeParam>(4, 1));
    EXPECT_THAT(this->told(), IsEmpty()) << "nor where nobody, or only IGMP, is towards it";
}

TYPED_TEST(Alerts, OfASourceFollowTheRoute) {
    this->add(this->cbt, 5, sg<TypeParam>(1, 1));
    this->told();
    this->rib.remove_connected(network<TypeParam>(1), 1);
    EXPECT_THAT(this->told(), ElementsAre("pim prune (S1,G1) if1 member"));
    this->rib.add_connected(network<TypeParam>(1), 3);
    EXPECT_THAT(this->told(), ElementsAre("dvmrp join (S1,G1) member"));
    this->rib.add(RouteView::multicast, {network<TypeParam>(1), 1, source<TypeParam>(2), 0, 3});
    EXPECT_THAT(this->told(),
                ElementsAre("pim join (S1,G1) member", "dvmrp prune (S1,G1) if3 member"));
    this->mgm().on_interface_state(1, false);
    EXPECT_THAT(this->told(),
                ElementsAre("pim prune (S1,G1) if1 member", "dvmrp join (S1,G1) member"));
}

TYPED_TEST(Alerts, OfASourceFollowReleasesButNotTakes) {
    this->add(this->cbt, 5, sg<TypeParam>(1, 1));
    this->told();
    this->release(this->pim, 1);
    EXPECT_THAT(this->told(), ElementsAre("pim prune (S1,G1) if1 member"));
    this->take(this->dvmrp, 1);
    EXPECT_THAT(this->told(), IsEmpty()) << "the taker enumerates";
    this->remove(this->cbt, 5, sg<TypeParam>(1, 1));
    EXPECT_THAT(this->told(), ElementsAre("dvmrp prune (S1,G1) if1 member"));
}

TYPED_TEST(Alerts, ReleaseIsLikeDeletingEverything) {
    this->add(this->pim, 1, star_g<TypeParam>(2));
    this->add(this->pim, 2, star_g<TypeParam>(2));
    this->add(this->pim, 1, star_g<TypeParam>(1));
    this->add(this->pim, 1, sg<TypeParam>(3, 1));
    this->told();
    this->release(this->pim, 1);
    EXPECT_THAT(this->told(),
                ElementsAre("dvmrp prune (*,G1) member", "igmp prune (*,G1) member",
                            "cbt prune (*,G1) member", "dvmrp prune (S3,G1) if3 member"))
        << "G2 still is on if2";
}

TYPED_TEST(Alerts, OfAnEntryGoToTheOwnerOfItsIncomingInterface) {
    const auto key = sg<TypeParam>(1, 1);
    this->packet(key, 1);
    EXPECT_THAT(this->told(), ElementsAre("pim prune (S1,G1) if1 entry 900"));
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("pim join (*,G1) member", "igmp join (*,G1) member",
                                          "cbt join (*,G1) member", "pim join (S1,G1) entry"));
    this->add(this->cbt, 5, star_g<TypeParam>(1));
    this->remove(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("dvmrp join (*,G1) member", "cbt prune (*,G1) member"))
        << "neither empty nor non-empty by it";
    this->remove(this->cbt, 5, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(),
                ElementsAre("pim prune (*,G1) member", "dvmrp prune (*,G1) member",
                            "igmp prune (*,G1) member", "pim prune (S1,G1) if1 entry 900"));
}

TYPED_TEST(Alerts, OfAnEntryAreLeftOutForTheComponentsOwnCall) {
    this->take(this->igmp, 2);
    this->packet(sg<TypeParam>(1, 1), 1);
    this->told();
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->remove(this->pim, 2, star_g<TypeParam>(1));
    this->add(this->igmp, 2, star_g<TypeParam>(1));
    this->remove(this->igmp, 2, star_g<TypeParam>(1));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(1, 1)), "if1 -> drop");
    EXPECT_THAT(this->told(), Not(testing::Contains(testing::HasSubstr("entry"))));
}

TYPED_TEST(Alerts, OfAnEntryComeFromVetoesAndBoundariesWhoeverCausesThem) {
    const auto key = sg<TypeParam>(1, 1);
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->packet(key, 1);
    this->told();
    this->remove(this->pim, 2, key, MembershipFlags::forward);
    EXPECT_THAT(this->told(), ElementsAre("pim prune (S1,G1) if1 entry 900"));
    this->add(this->pim, 2, key, MembershipFlags::forward);
    EXPECT_THAT(this->told(), ElementsAre("pim join (S1,G1) entry"));
    const Prefix<TypeParam> all{masked(group<TypeParam>(1), 8), 8};
    ASSERT_TRUE(this->mgm().set_boundaries(link<TypeParam>(2), {all}, 0));
    EXPECT_THAT(this->told(), ElementsAre("pim prune (S1,G1) if1 entry 900"));
    ASSERT_TRUE(this->mgm().set_boundaries(link<TypeParam>(2), {}, 0));
    EXPECT_THAT(this->told(), ElementsAre("pim join (S1,G1) entry"));
}

TYPED_TEST(Alerts, OfEntriesComeByGroupThenSource) {
    const std::vector<SourceGroup<TypeParam>> keys{sg<TypeParam>(2, 1), sg<TypeParam>(1, 2),
                                                   sg<TypeParam>(1, 1)};
    for (const auto& key : keys) {
        this->packet(key, 1);
    }
    this->told();
    this->add(this->dvmrp, 3, SourceGroup<TypeParam>::any());
    EXPECT_THAT(this->told(), ElementsAre("pim join (*,*) member", "igmp join (*,*) member",
                                          "cbt join (*,*) member", "pim join (S1,G1) entry",
                                          "pim join (S2,G1) entry", "pim join (S1,G2) entry"));
}

TYPED_TEST(Alerts, WhileTheyRunTheTablesAreSettled) {
    const auto key = sg<TypeParam>(1, 1);
    this->packet(key, 1);
    std::string seen;
    this->pim.join = [&](const JoinAlert<TypeParam>&) { seen = this->forwarded(key); };
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_EQ(seen, "if1 -> if3");
}

TYPED_TEST(Alerts, CausedByAlertsComeAfterAllThatWait) {
    this->pim.join = [&](const JoinAlert<TypeParam>& alert) {
        if (alert.key == star_g<TypeParam>(1)) {
            this->add(this->pim, 1, star_g<TypeParam>(2));
            EXPECT_EQ(this->mgm().usage().memberships, 2u) << "done at once";
        }
    };
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("pim join (*,G1) member", "igmp join (*,G1) member",
                                          "cbt join (*,G1) member", "dvmrp join (*,G2) member",
                                          "igmp join (*,G2) member", "cbt join (*,G2) member"));
}

TYPED_TEST(Alerts, OfAChangeComeBeforeThoseOfCallsMadeWhileItRebuildsEntries) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->add(this->pim, 2, star_g<TypeParam>(2));
    this->packet(sg<TypeParam>(1, 1), 1);
    this->packet(sg<TypeParam>(3, 2), 3);
    this->told();
    this->pim.creation = [&](const CreationAlert<TypeParam>& alert) {
        EXPECT_EQ(alert.key, (sg<TypeParam>(3, 2)));
        this->add(this->pim, 2, star_g<TypeParam>(9));
    };
    this->release(this->dvmrp, 3);
    EXPECT_THAT(this->told(),
                ElementsAre("pim prune (*,G1) member", "igmp prune (*,G1) member",
                            "cbt prune (*,G1) member", "pim prune (S1,G1) if1 entry 900",
                            "dvmrp join (*,G9) member", "igmp join (*,G9) member",
                            "cbt join (*,G9) member"))
        << "the release is not pim's doing, whatever pim does meanwhile";
}

TYPED_TEST(Alerts, ToClientsThatAreGoneAreDropped) {
    this->release(this->cbt, 5);
    this->pim.join = [&](const JoinAlert<TypeParam>&) {
        EXPECT_TRUE(this->mgm().deregister_protocol(this->cbt.handle));
        this->enrol(this->cbt, {300, 1});
    };
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), ElementsAre("pim join (*,G1) member", "igmp join (*,G1) member"))
        << "registering again does not bring it back";
}

TYPED_TEST(Alerts, AfterAThousandRoundsContinueFromTheEventLoop) {
    std::size_t joins = 0;
    // pim and dvmrp keep telling each other, until there have been 1500 rounds.
    this->pim.join = [&](const JoinAlert<TypeParam>&) {
        if (++joins < 1500) {
            this->remove(this->dvmrp, 3, star_g<TypeParam>(1));
            this->add(this->dvmrp, 3, star_g<TypeParam>(1));
        }
    };
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_EQ(joins, GroupManager<TypeParam>::kAlertRounds);
    ASSERT_EQ(this->posted.size(), 1u);
    this->posted.front()();
    EXPECT_EQ(joins, 1500u);
    EXPECT_EQ(this->posted.size(), 1u);
}

TYPED_TEST(Alerts, WrongInterfaceGoesToTheOwnerOfTheArrivalInterface) {
    auto event = this->event(sg<TypeParam>(1, 1), 3);
    event.kind = EventKind::wrong_interface;
    event.unreported = 17;
    this->mgm().on_wrong_interface(event);
    EXPECT_THAT(this->told(), ElementsAre("dvmrp wrong (S1,G1) if3 20 octets +17"));
    for (const InterfaceIndex nobodys :
         {InterfaceIndex{4}, InterfaceIndex{6}, InterfaceIndex{77}}) {
        event.interface = nobodys;
        this->mgm().on_wrong_interface(event);
    }
    EXPECT_THAT(this->told(), IsEmpty());
}

}  // namespace
}  // namespace mgmd::mgm::test
