// SPDX-License-Identifier: Apache-2.0
// How long entries live (23), and what changes them meanwhile (24 - 27).
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

template <class F>
class Lives : public MgmFixture<F> {
protected:
    Lives() { this->options.limits.negative_entries = this->options.limits.entries; }

    /// pim owns 1 and 2, dvmrp 3.
    void SetUp() override {
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->pim, 2);
        this->take(this->dvmrp, 3);
    }
    /// An entry towards if3, in use.
    void make_active() {
        this->add(this->dvmrp, 3, star_g<F>(1));
        this->packet(key, 1);
        this->told();
    }
    void accept_packet() { ++this->table.counts[this->route_key(key)].packets; }
    bool lives() { return this->mgm().get_mfe(key).has_value(); }
    void forward_by(InterfaceIndex index) {
        this->rib.add(RouteView::multicast, {network<F>(9), index, source<F>(index, 2), 0, 3});
    }

    const SourceGroup<F> key = sg<F>(1, 1);
    const SourceGroup<F> foreign = sg<F>(9, 1);
};
TYPED_TEST_SUITE(Lives, Families);

TYPED_TEST(Lives, ActiveOnesEndWithoutAcceptedPackets) {
    this->make_active();
    this->pass(milliseconds(209'999));
    EXPECT_TRUE(this->lives());
    this->pass(milliseconds(1));
    EXPECT_FALSE(this->lives());
    EXPECT_EQ(this->forwarded(this->key), "nothing");
    EXPECT_THAT(this->told(), IsEmpty()) << "expiry tells nobody";
    EXPECT_EQ(this->mgm().usage().memberships, 1u);
    this->packet(this->key, 1);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if3") << "a new source again";
}

TYPED_TEST(Lives, AcceptedPacketsExtendActiveOnes) {
    this->make_active();
    for (int i = 0; i < 10; ++i) {
        this->accept_packet();
        this->pass(seconds(100));
        ASSERT_TRUE(this->lives());
    }
    this->pass(seconds(210));
    EXPECT_FALSE(this->lives());
}

TYPED_TEST(Lives, ActiveOnesLiveTheTimeoutAfterTheirLastPacketAtMost) {
    const milliseconds timeout = seconds(210);
    const milliseconds early = timeout / 16;  // a reading tells only that packets came
    for (const int offset : {0, 1, 13'124, 13'125, 13'126, 20'000, 100'000, 209'999}) {
        const milliseconds last(offset);
        this->make_active();
        this->pass(last);
        ASSERT_TRUE(this->lives());
        this->accept_packet();
        this->pass(timeout - early - milliseconds(1));
        EXPECT_TRUE(this->lives()) << "last packet after " << last.count() << " ms";
        this->pass(early + milliseconds(1));
        EXPECT_FALSE(this->lives()) << "last packet after " << last.count() << " ms";
    }
}

TYPED_TEST(Lives, LateReadingsEndNoBusyEntry) {
    this->make_active();
    for (int i = 0; i < 3; ++i) {
        this->accept_packet();
        this->clock.advance(seconds(1000));
        this->mgm().run_timers(this->clock.now());
        EXPECT_TRUE(this->lives());
    }
}

TYPED_TEST(Lives, WrongInterfacePacketsDoNot) {
    this->make_active();
    for (int i = 0; i < 3; ++i) {
        ++this->table.counts[this->route_key(this->key)].wrong_interface;
        this->pass(seconds(70));
    }
    EXPECT_FALSE(this->lives()) << "so that a stale incoming interface heals";
}

TYPED_TEST(Lives, NegativeOnesEndWhateverTheTraffic) {
    this->packet(this->key, 1);
    EXPECT_THAT(this->told(), ElementsAre("pim prune (S1,G1) if1 entry 900"));
    for (int i = 0; i < 9; ++i) {
        this->table.counts[this->route_key(this->key)].negative_hits += 1000;
        EXPECT_TRUE(this->lives());
        this->pass(seconds(100));
    }
    EXPECT_FALSE(this->lives());
    EXPECT_THAT(this->told(), IsEmpty());
}

TYPED_TEST(Lives, NegativeOnesLiveWhatTheClientAnswers) {
    this->pim.prune = [](PruneAlert<TypeParam>& alert) { alert.timeout = seconds(30); };
    this->packet(this->key, 1);
    EXPECT_EQ(this->mgm().get_mfe(this->key)->timeout, seconds(30));
    this->pass(milliseconds(29'999));
    EXPECT_TRUE(this->lives());
    this->pass(milliseconds(1));
    EXPECT_FALSE(this->lives());

    this->pim.prune = [](PruneAlert<TypeParam>& alert) { alert.timeout = seconds::max(); };
    this->packet(this->key, 1);
    this->pass(std::chrono::days(30));
    EXPECT_TRUE(this->lives());
}

TYPED_TEST(Lives, TheAnswerZeroDeletesAtOnce) {
    this->pim.prune = [](PruneAlert<TypeParam>& alert) { alert.timeout = seconds(0); };
    this->packet(this->key, 1);
    EXPECT_FALSE(this->lives());
    EXPECT_EQ(this->forwarded(this->key), "nothing");
    EXPECT_THAT(this->table.refusals, IsEmpty()) << "it had been answered";
}

TYPED_TEST(Lives, AnswersToMembershipPrunesMeanNothing) {
    this->pim.prune = [](PruneAlert<TypeParam>& alert) {
        alert.timeout = seconds(alert.member_update ? 1 : 900);
    };
    this->add(this->dvmrp, 3, this->key);
    this->packet(this->key, 1);
    this->remove(this->dvmrp, 3, this->key);
    this->pass(seconds(2));
    EXPECT_TRUE(this->lives());
}

TYPED_TEST(Lives, LateAnswersAreForTheLifeThatWasAskedAbout) {
    this->pim.prune = [&](PruneAlert<TypeParam>& alert) {
        this->pim.prune = {};
        this->add(this->dvmrp, 3, star_g<TypeParam>(1));     // active again
        this->remove(this->dvmrp, 3, star_g<TypeParam>(1));  // and negative, anew
        alert.timeout = seconds(0);
    };
    this->packet(this->key, 1);
    EXPECT_TRUE(this->lives());
    EXPECT_EQ(this->mgm().get_mfe(this->key)->timeout, seconds(900));
}

TYPED_TEST(Lives, FromNegativeToActiveAndBackAsksAnew) {
    this->pim.prune = [](PruneAlert<TypeParam>& alert) {
        if (!alert.member_update) {
            alert.timeout = seconds(40);
        }
    };
    this->packet(this->key, 1);
    this->pass(seconds(30));
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_EQ(this->mgm().get_mfe(this->key)->expiry_time, seconds(210)) << "the idle timer starts";
    this->pass(seconds(100));
    this->told();
    this->remove(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_THAT(this->told(), testing::Contains("pim prune (S1,G1) if1 entry 900"));
    EXPECT_EQ(this->mgm().get_mfe(this->key)->expiry_time, seconds(40));
    EXPECT_EQ(this->mgm().get_mfe(this->key)->up_time, seconds(130)) << "the same entry";
    this->pass(seconds(40));
    EXPECT_FALSE(this->lives());
}

TYPED_TEST(Lives, OldPacketsDoNotCountForANewActiveLife) {
    this->make_active();
    this->accept_packet();
    this->remove(this->dvmrp, 3, star_g<TypeParam>(1));
    this->pass(seconds(10));
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->pass(seconds(210));
    EXPECT_FALSE(this->lives());
}

TYPED_TEST(Lives, ExpiryGoesInSlices) {
    for (unsigned host = 1; host <= GroupManager<TypeParam>::kTimerSlice + 10; ++host) {
        this->packet({.group = group<TypeParam>(1), .source = source<TypeParam>(9, host)}, 1);
    }
    this->clock.advance(seconds(11));
    this->mgm().run_timers(this->clock.now());
    EXPECT_EQ(this->mgm().usage().entries, 10u);
    EXPECT_LE(*this->mgm().next_deadline(), this->clock.now());
    this->mgm().run_timers(this->clock.now());
    EXPECT_EQ(this->mgm().usage().entries, 0u);
    EXPECT_EQ(this->mgm().next_deadline(), std::nullopt);
}

TYPED_TEST(Lives, ReadingsGoInSlices) {
    const auto slice = GroupManager<TypeParam>::kTimerSlice;
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    for (unsigned host = 1; host <= 3 * slice; ++host) {
        this->packet({.group = group<TypeParam>(1), .source = source<TypeParam>(1, host)}, 1);
    }
    this->clock.advance(seconds(14));
    const auto before = this->table.readings;
    for (unsigned turn = 1; turn <= 3; ++turn) {
        EXPECT_LE(*this->mgm().next_deadline(), this->clock.now());
        this->mgm().run_timers(this->clock.now());
        EXPECT_EQ(this->table.readings - before, turn * slice);
    }
    EXPECT_GT(*this->mgm().next_deadline(), this->clock.now());
    EXPECT_EQ(this->mgm().usage().entries, 3 * slice);
}

TYPED_TEST(Lives, ARouteChangeMovesTheIncomingInterfaceInOneStep) {
    this->forward_by(1);
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->packet(this->foreign, 1);
    EXPECT_EQ(this->forwarded(this->foreign), "if1 -> if2 if3");
    this->told();
    this->pim.log_builds = this->dvmrp.log_builds = true;
    const auto changes = this->table.installs;
    this->rib.add(
        RouteView::multicast,
        {{source<TypeParam>(9), TypeParam::address_bits}, 2, source<TypeParam>(2, 2), 0, 3});
    EXPECT_EQ(this->forwarded(this->foreign), "if2 -> if3");
    EXPECT_EQ(this->table.installs, changes + 1);
    EXPECT_EQ(this->table.removals, 0u);
    EXPECT_THAT(this->told(), ElementsAre("pim rpf (S9,G1) at if1 in if2",
                                          "dvmrp creation (S9,G1) in if2 out if3"));
    EXPECT_EQ(this->mgm().get_mfe(this->foreign)->upstream, source<TypeParam>(2, 2));
}

TYPED_TEST(Lives, OtherRoutesLeaveAnEntryAlone) {
    this->forward_by(1);
    this->packet(this->foreign, 1);
    this->told();
    this->pim.log_builds = true;
    const auto changes = this->table.installs;
    this->rib.add(RouteView::multicast, {{{}, 0}, 2, source<TypeParam>(2, 2), 0, 3});
    this->rib.add(RouteView::multicast, {network<TypeParam>(9), 1, source<TypeParam>(1, 2), 5, 3});
    this->rib.add(RouteView::multicast, {network<TypeParam>(8), 2, source<TypeParam>(2, 2), 0, 3});
    EXPECT_THAT(this->told(), IsEmpty());
    EXPECT_EQ(this->table.installs, changes);
}

TYPED_TEST(Lives, ARouteChangeMayEmptyOrFillTheList) {
    this->forward_by(1);
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->packet(this->foreign, 1);
    this->told();
    this->rib.add(
        RouteView::multicast,
        {{source<TypeParam>(9), TypeParam::address_bits}, 3, source<TypeParam>(3, 2), 0, 3});
    EXPECT_EQ(this->forwarded(this->foreign), "if3 -> drop");
    EXPECT_THAT(this->told(), ElementsAre("dvmrp prune (S9,G1) if3 entry 900"));
    this->mgm().on_interface_state(3, false);
    EXPECT_EQ(this->forwarded(this->foreign), "if1 -> if3") << "a down interface stays in the list";
    EXPECT_THAT(this->told(), ElementsAre("pim join (S9,G1) entry"));
}

TYPED_TEST(Lives, WithoutRouteIsExaminedAgainWhenOneComes) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->packet(this->foreign, 1);
    this->packet(sg<TypeParam>(9, 2), 1);
    EXPECT_EQ(this->forwarded(this->foreign), "-> drop");
    this->told();
    this->clock.advance(seconds(4));
    this->forward_by(1);
    EXPECT_EQ(this->forwarded(this->foreign), "if1 -> if3");
    EXPECT_EQ(this->forwarded(sg<TypeParam>(9, 2)), "if1 -> drop");
    EXPECT_THAT(this->told(), ElementsAre("pim prune (S9,G2) if1 entry 900"))
        << "made anew: one created empty, one not";
    EXPECT_EQ(this->mgm().get_mfe(this->foreign)->up_time, seconds(0));
    EXPECT_EQ(this->mgm().get_mfe(sg<TypeParam>(9, 2))->expiry_time, seconds(900));
}

TYPED_TEST(Lives, LosingTheRouteLeavesTenSeconds) {
    this->forward_by(1);
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->packet(this->foreign, 1);
    this->told();
    this->rib.remove(RouteView::multicast,
                     {network<TypeParam>(9), 1, source<TypeParam>(1, 2), 0, 3});
    EXPECT_EQ(this->forwarded(this->foreign), "-> drop");
    EXPECT_EQ(this->mgm().get_mfe(this->foreign)->expiry_time, seconds(10));
    EXPECT_THAT(this->told(), IsEmpty()) << "there is no incoming interface whose owner to tell";
    this->add(this->pim, 2, this->foreign, MembershipFlags::forward);
    EXPECT_EQ(this->forwarded(this->foreign), "-> drop");
}

TYPED_TEST(Lives, UpstreamIsTheIncomingOwnersToShow) {
    this->make_active();
    auto& mgm = this->mgm();
    const auto neighbour = source<TypeParam>(1, 7);
    EXPECT_EQ(error_of(mgm.set_mfe_upstream(this->pim.handle, sg<TypeParam>(1, 9), neighbour)),
              Errc::not_found);
    EXPECT_EQ(error_of(mgm.set_mfe_upstream(this->dvmrp.handle, this->key, neighbour)),
              Errc::invalid_parameter);
    const auto changes = this->table.installs;
    EXPECT_TRUE(mgm.set_mfe_upstream(this->pim.handle, this->key, neighbour));
    EXPECT_EQ(mgm.get_mfe(this->key)->upstream, neighbour);
    EXPECT_EQ(mgm.get_mfe_stats(this->key)->upstream, neighbour);
    EXPECT_EQ(this->table.installs, changes);
}

TYPED_TEST(Lives, ReleaseMakesArrivingEntriesAnew) {
    this->make_active();
    this->remove(this->dvmrp, 3, this->key, MembershipFlags::forward);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> drop");
    this->pass(seconds(5));
    this->told();
    const auto changes = this->table.installs;
    this->release(this->pim, 1);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if3") << "the veto went with the old entry";
    EXPECT_EQ(this->table.installs, changes + 1);
    EXPECT_EQ(this->table.removals, 0u) << "swapped in one step";
    EXPECT_EQ(this->mgm().get_mfe(this->key)->up_time, seconds(0));
    EXPECT_EQ(this->mgm().get_mfe(this->key)->incoming_protocol, 0u);
    EXPECT_THAT(this->told(), IsEmpty());
}

TYPED_TEST(Lives, TakeMakesArrivingEntriesAnew) {
    this->packet(sg<TypeParam>(6, 1), 6);
    this->told();
    this->pim.log_builds = true;
    this->take(this->pim, 6);
    EXPECT_THAT(this->told(),
                ElementsAre("pim rpf (S6,G1) at if6 in if6", "pim prune (S6,G1) if6 entry 900"))
        << "created empty";
}

TYPED_TEST(Lives, ReleaseEditsLeavingEntries) {
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->make_active();
    this->pass(seconds(5));
    this->told();
    this->release(this->pim, 2);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if3");
    EXPECT_EQ(this->mgm().get_mfe(this->key)->up_time, seconds(5));
    EXPECT_THAT(this->told(), ElementsAre("dvmrp prune (*,G1) member"));
}

TYPED_TEST(Lives, OperatorsEndThemAsIfTheirTimeWereUp) {
    this->make_active();
    EXPECT_TRUE(this->mgm().end_mfe(this->key));
    EXPECT_FALSE(this->lives());
    EXPECT_EQ(this->forwarded(this->key), "nothing");
    EXPECT_THAT(this->told(), IsEmpty());
    EXPECT_EQ(error_of(this->mgm().end_mfe(this->key)), Errc::not_found);
    this->packet(this->key, 1);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if3") << "a new source again";
}

}  // namespace
}  // namespace mgmd::mgm::test
