// SPDX-License-Identifier: Apache-2.0
// IGMP's hand-over (6 - 8, 16).
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

template <class F>
class Handover : public MgmFixture<F> {
protected:
    /// IGMP is on 2 with (*,G1) and (S6,G2) there; dvmrp owns 3; data of both groups comes in on 6.
    void SetUp() override {
        this->enrol_all();
        this->take(this->igmp, 2);
        this->take(this->dvmrp, 3);
        this->add(this->igmp, 2, wildcard);
        this->add(this->igmp, 2, flow_of_source);
        this->packet(flow, 6);
        this->packet(flow_of_source, 6);
        this->told();
    }
    void expect_no_gap() {
        EXPECT_EQ(this->forwarded(flow), "if6 -> if2");
        EXPECT_EQ(this->forwarded(flow_of_source), "if6 -> if2");
    }
    void resync() {
        const auto result = this->mgm().resync_done(this->igmp.handle, link<F>(2));
        ASSERT_TRUE(result) << result.error().message;
    }
    std::size_t groups_joined() {
        const auto handle =
            this->mgm().start_group_enumeration(this->dvmrp.handle, EnumerationType::all_sources);
        const auto page = this->mgm().next_groups(*handle, 10'000);
        EXPECT_TRUE(this->mgm().end_group_enumeration(*handle));
        return page->records.size();
    }

    const SourceGroup<F> wildcard = star_g<F>(1);
    const SourceGroup<F> flow = sg<F>(6, 1);
    const SourceGroup<F> flow_of_source = sg<F>(6, 2);
};
TYPED_TEST_SUITE(Handover, Families);

TYPED_TEST(Handover, FramesTheChangeOfOwnership) {
    const auto owner = [&] { return this->mgm().protocol_on_interface(link<TypeParam>(2)); };
    const ProtocolName before{kMembershipProtocol<TypeParam>, 1};
    const ProtocolName after{100, 1};
    this->igmp.disable = [&](const auto&) { EXPECT_EQ(owner(), before); };
    this->igmp.enable = [&](const auto&) { EXPECT_EQ(owner(), after); };
    this->take(this->pim, 2);
    this->igmp.disable = [&](const auto&) { EXPECT_EQ(owner(), after); };
    this->igmp.enable = [&](const auto&) { EXPECT_EQ(owner(), before); };
    auto lines = this->told();
    ASSERT_GE(lines.size(), 2u);
    EXPECT_EQ(lines[0], "igmp disable if2");
    EXPECT_EQ(lines[1], "igmp enable if2") << "alerts come after the call that they explain";
    this->release(this->pim, 2);
    lines = this->told();
    EXPECT_EQ(lines[0], "igmp disable if2");
    EXPECT_EQ(lines[1], "igmp enable if2");
}

TYPED_TEST(Handover, RefusedCallsCallNobody) {
    this->take(this->pim, 2);
    this->told();
    EXPECT_EQ(error_of(this->mgm().take_interface(this->dvmrp.handle, link<TypeParam>(2))),
              Errc::already_exists);
    EXPECT_EQ(error_of(this->mgm().release_interface(this->dvmrp.handle, link<TypeParam>(2))),
              Errc::invalid_parameter);
    EXPECT_THAT(this->told(), IsEmpty());
}

TYPED_TEST(Handover, IgmpNeitherAddsNorDeletesInBetween) {
    const auto refused = [&](const auto&) {
        auto& mgm = this->mgm();
        const auto client = this->igmp.handle;
        const auto there = link<TypeParam>(2);
        EXPECT_EQ(error_of(mgm.add_membership(client, this->on(2, star_g<TypeParam>(9)))),
                  Errc::can_not_complete);
        EXPECT_EQ(error_of(mgm.delete_membership(client, this->on(2, this->wildcard))),
                  Errc::can_not_complete);
        EXPECT_EQ(error_of(mgm.release_interface(client, there)), Errc::can_not_complete);
        EXPECT_EQ(error_of(mgm.resync_done(client, there)), Errc::can_not_complete);
        EXPECT_EQ(error_of(mgm.deregister_protocol(this->pim.handle)), Errc::can_not_complete);
    };
    this->igmp.disable = refused;
    this->igmp.enable = refused;
    this->take(this->pim, 2);
    EXPECT_THAT(this->told(), testing::Contains("igmp enable if2"));
}

TYPED_TEST(Handover, NoSecondTakeFromInside) {
    this->igmp.disable = [&](const auto&) {
        EXPECT_EQ(error_of(this->mgm().take_interface(this->dvmrp.handle, link<TypeParam>(2))),
                  Errc::can_not_complete);
        this->take(this->dvmrp, 5);
    };
    this->take(this->pim, 2);
    EXPECT_EQ(this->mgm().protocol_on_interface(link<TypeParam>(2))->protocol, 100u);
    EXPECT_EQ(this->mgm().protocol_on_interface(link<TypeParam>(5))->protocol, 200u);
}

TYPED_TEST(Handover, ReceiversSeeNoGap) {
    this->take(this->pim, 2);
    this->expect_no_gap();
    this->add(this->igmp, 2, this->wildcard);
    this->expect_no_gap();
    this->add(this->igmp, 2, this->flow_of_source);
    this->resync();
    this->expect_no_gap();
    this->release(this->pim, 2);
    this->expect_no_gap();
    this->add(this->igmp, 2, this->wildcard);
    this->add(this->igmp, 2, this->flow_of_source);
    this->resync();
    this->expect_no_gap();
}

TYPED_TEST(Handover, WhatIsStaleIsGoneForReadersAndDeletes) {
    this->take(this->pim, 2);
    EXPECT_EQ(this->groups_joined(), 0u);
    std::size_t shown = 0;
    this->mgm().visit_memberships([&](const auto&) { ++shown; });
    EXPECT_EQ(shown, 0u);
    EXPECT_EQ(
        error_of(this->mgm().delete_membership(this->igmp.handle, this->on(2, this->wildcard))),
        Errc::not_found);
    this->add(this->igmp, 2, this->wildcard);
    EXPECT_EQ(this->groups_joined(), 1u);
    this->remove(this->igmp, 2, this->wildcard);
    EXPECT_EQ(this->forwarded(this->flow), "if6 -> drop");
}

TYPED_TEST(Handover, AlertsAreTheDifferenceOfWanted) {
    this->take(this->pim, 2);
    // (*,G1) was IGMP's component's and now is pim's: IGMP begins to want it, pim no longer does.
    EXPECT_THAT(this->told(), ElementsAre("igmp disable if2", "igmp enable if2",
                                          "pim prune (*,G1) member", "igmp join (*,G1) member"));
    this->add(this->igmp, 2, this->wildcard);
    EXPECT_THAT(this->told(), ElementsAre("pim local_join (*,G1) if2"));
    this->resync();
    EXPECT_THAT(this->told(), IsEmpty()) << "(S6,G2) goes, but nobody is towards S6";
    EXPECT_EQ(this->forwarded(this->flow_of_source), "if6 -> drop");
    this->release(this->pim, 2);
    EXPECT_THAT(this->told(), ElementsAre("igmp disable if2", "igmp enable if2",
                                          "pim join (*,G1) member", "igmp prune (*,G1) member"))
        << "and no on_local_leave for the old owner";
}

TYPED_TEST(Handover, TheWindowEndsByTime) {
    this->take(this->pim, 2);
    this->told();
    EXPECT_EQ(this->mgm().next_deadline(), this->clock.now() + seconds(5));
    this->pass(milliseconds(4999));
    this->expect_no_gap();
    this->pass(milliseconds(1));
    EXPECT_EQ(this->forwarded(this->flow), "if6 -> drop");
    EXPECT_THAT(this->told(), ElementsAre("dvmrp prune (*,G1) member", "igmp prune (*,G1) member"));
    EXPECT_EQ(this->mgm().usage().memberships, 0u);
}

TYPED_TEST(Handover, OwnersEntryAlertsDependOnHowTheWindowEnds) {
    // pim owns the incoming interface too.
    this->take(this->pim, 6);
    this->take(this->pim, 2);
    this->told();
    this->resync();
    EXPECT_THAT(this->told(), Not(testing::Contains(testing::HasSubstr("entry"))))
        << "as if IGMP had deleted for pim's component";
    this->release(this->pim, 2);
    this->add(this->igmp, 2, this->wildcard);
    this->resync();
    this->take(this->pim, 2);
    this->told();
    this->pass(seconds(5));
    EXPECT_THAT(this->told(), testing::Contains("pim prune (S6,G1) if6 entry 900"));
}

TYPED_TEST(Handover, ResyncIsForIgmp) {
    auto& mgm = this->mgm();
    EXPECT_EQ(error_of(mgm.resync_done(this->dvmrp.handle, link<TypeParam>(2))),
              Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.resync_done(this->igmp.handle, link<TypeParam>(3))),
              Errc::invalid_parameter);
    EXPECT_TRUE(mgm.resync_done(this->igmp.handle, link<TypeParam>(2))) << "no window: no matter";
    this->expect_no_gap();
}

TYPED_TEST(Handover, ASecondOneMakesRefreshedMembershipsStaleAgain) {
    this->take(this->pim, 2);
    this->add(this->igmp, 2, this->wildcard);
    this->release(this->pim, 2);
    EXPECT_EQ(this->groups_joined(), 0u);
    this->expect_no_gap();
    this->pass(seconds(5));
    EXPECT_EQ(this->mgm().usage().memberships, 0u);
}

TYPED_TEST(Handover, ExcludeSetsStayUntilReplaced) {
    auto membership = this->on(2, this->wildcard);
    membership.exclude = {source<TypeParam>(6)};
    ASSERT_TRUE(this->mgm().add_membership(this->igmp.handle, membership));
    EXPECT_EQ(this->forwarded(this->flow), "if6 -> drop");
    this->take(this->pim, 2);
    EXPECT_EQ(this->forwarded(this->flow), "if6 -> drop");
    this->told();
    ASSERT_TRUE(this->mgm().add_membership(this->igmp.handle, membership));
    EXPECT_THAT(this->told(),
                ElementsAre("pim local_join (*,G1) if2", "pim local_exclude (*,G1) if2 S6"));
    EXPECT_EQ(this->forwarded(this->flow), "if6 -> drop");
}

TYPED_TEST(Handover, IgmpsOwnTakesAndReleasesAreNone) {
    this->take(this->pim, 5);
    this->take(this->igmp, 5);
    EXPECT_THAT(this->told(), IsEmpty());
    this->add(this->igmp, 5, this->wildcard);
    this->add(this->pim, 5, this->wildcard);
    this->told();
    this->release(this->igmp, 5);
    EXPECT_THAT(this->told(), ElementsAre("pim local_leave (*,G1) if5"));
    EXPECT_EQ(this->forwarded(this->flow), "if6 -> if2 if5") << "pim's own stays";
}

TYPED_TEST(Handover, IgmpReleasingInTheWindowTakesTheStaleOnesAlong) {
    this->take(this->pim, 2);
    this->told();
    this->release(this->igmp, 2);
    EXPECT_THAT(this->told(), ElementsAre("dvmrp prune (*,G1) member", "igmp prune (*,G1) member"));
    EXPECT_EQ(this->forwarded(this->flow), "if6 -> drop");
    EXPECT_EQ(this->mgm().usage().memberships, 0u);
    this->pass(seconds(6));
}

TYPED_TEST(Handover, AdviseOnlyAdvises) {
    this->take(this->pim, 5, LocalMode::advise);
    this->take(this->igmp, 5);
    this->told();
    this->add(this->igmp, 5, star_g<TypeParam>(3));
    EXPECT_THAT(this->told(), ElementsAre("pim local_join (*,G3) if5"));
    this->packet(sg<TypeParam>(6, 3), 6);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 3)), "if6 -> drop");
    EXPECT_EQ(this->groups_joined(), 3u) << "it is a membership all the same";
    this->add(this->pim, 5, star_g<TypeParam>(3));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 3)), "if6 -> if5");
    EXPECT_THAT(this->told(), ElementsAre("dvmrp join (*,G3) member", "igmp join (*,G3) member"));
    this->remove(this->igmp, 5, star_g<TypeParam>(3));
    EXPECT_THAT(this->told(), ElementsAre("pim local_leave (*,G3) if5"));
}

TYPED_TEST(Handover, ToAnAdvisedOwnerHasNoGapEither) {
    this->pim.local_join = [&](const LocalMembership<TypeParam>& membership) {
        this->add(this->pim, 2, membership.key);
    };
    this->take(this->pim, 2, LocalMode::advise);
    this->expect_no_gap();
    this->add(this->igmp, 2, this->wildcard);
    this->expect_no_gap();
    this->resync();
    EXPECT_EQ(this->forwarded(this->flow), "if6 -> if2") << "pim's own membership";
    EXPECT_EQ(this->forwarded(this->flow_of_source), "if6 -> drop") << "nobody re-added it";
    this->add(this->igmp, 2, this->flow_of_source);
    this->remove(this->pim, 2, this->flow_of_source);
    EXPECT_EQ(this->forwarded(this->flow_of_source), "if6 -> drop") << "IGMP only advises";
    this->release(this->pim, 2);
    this->expect_no_gap();
}

}  // namespace
}  // namespace mgmd::mgm::test
