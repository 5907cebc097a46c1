// SPDX-License-Identifier: Apache-2.0
#include "tests/support/notice_log.hpp"
#include "tests/unit/control/mgm/mgm_fixture.hpp"

/// What MGM tells those who watch. 100 is pim, 200 dvmrp; sources on net 1 arrive on interface 1.
namespace mgmd::mgm {
namespace {

using mgmd::test::NoticeLog;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

template <class F>
class NoticesTest : public test::MgmFixture<F> {
protected:
    static constexpr auto sg = test::sg<F>;
    static constexpr auto star_g = test::star_g<F>;

    /// pim has interfaces 1 and 2, dvmrp 3.
    void start() {
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->pim, 2);
        this->take(this->dvmrp, 3);
    }
    monitor::Kinds only(NoticeKind kind) {
        monitor::Kinds kinds;
        kinds.add(kind);
        return kinds;
    }
};
TYPED_TEST_SUITE(NoticesTest, test::Families);

TYPED_TEST(NoticesTest, AMembershipIsToldOfBeforeTheAlertsItCauses) {
    this->start();
    NoticeLog notices(this->hub);
    this->add(this->dvmrp, 3, this->star_g(1));
    this->add(this->dvmrp, 3, this->star_g(1));
    this->remove(this->dvmrp, 3, this->star_g(1));
    EXPECT_THAT(
        notices.take(),
        ElementsAre("membership added at 3 by 200", "alert join by 100: memberships of others",
                    HasSubstr("alert join by"), "membership deleted at 3 by 200",
                    "alert prune by 100: memberships of others", HasSubstr("alert prune by")));
    EXPECT_EQ(notices.notices[0].group, RawAddress::from(this->star_g(1).group));
    EXPECT_EQ(notices.notices[0].source, RawAddress{});
}

TYPED_TEST(NoticesTest, AnEntryIsToldOfAtEachTurnOfItsLife) {
    this->start();
    this->add(this->pim, 2, this->star_g(1));
    NoticeLog notices(this->hub, this->only(NoticeKind::entry));
    this->packet(this->sg(1, 1), 1);
    EXPECT_THAT(notices.take(), ElementsAre("entry created at 1 active 1 -> 2"));
    this->packet(this->sg(1, 1), 1);
    EXPECT_THAT(notices.take(), IsEmpty()) << "it is as it was";
    this->add(this->dvmrp, 3, this->star_g(1));
    EXPECT_THAT(notices.take(), ElementsAre("entry changed at 1 active 1 -> 2 3"));
    this->remove(this->dvmrp, 3, this->star_g(1));
    this->remove(this->pim, 2, this->star_g(1));
    EXPECT_THAT(notices.take(), ElementsAre("entry changed at 1 active 1 -> 2",
                                            "entry emptied at 1 negative 1 ->"));
    this->add(this->pim, 2, this->star_g(1));
    EXPECT_THAT(notices.take(), ElementsAre("entry revived at 1 active 1 -> 2"));
    this->pass(this->options.timers.mfe_idle_timeout);
    EXPECT_THAT(notices.take(), ElementsAre("entry ended at 1 active 1 -> 2: no packets"));
}

TYPED_TEST(NoticesTest, AnotherRouteMovesAnEntry) {
    const auto net = test::network<TypeParam>(9);
    this->rib.add(RouteView::multicast, {net, 1, test::source<TypeParam>(1, 2), 5, 3});
    this->start();
    this->add(this->dvmrp, 3, this->star_g(1));
    this->packet(this->sg(9, 1), 1);
    NoticeLog notices(this->hub, this->only(NoticeKind::entry));
    this->rib.add(RouteView::multicast, {net, 2, test::source<TypeParam>(2, 2), 0, 3});
    EXPECT_THAT(notices.take(), ElementsAre("entry moved at 1 active 2 -> 3"));
}

TYPED_TEST(NoticesTest, WhatALimitRefusesIsToldOf) {
    this->options.limits.entries = 1;
    this->options.limits.per_interface_percent = 100;
    this->start();
    this->add(this->pim, 2, this->star_g(1));
    this->packet(this->sg(1, 1), 1);
    NoticeLog notices(this->hub, this->only(NoticeKind::refused));
    this->packet(this->sg(1, 2), 1);
    EXPECT_THAT(notices.take(), ElementsAre(HasSubstr("refused entry at 1: ")));
}

TYPED_TEST(NoticesTest, TheWrongInterfaceIsToldOfWithHowOften) {
    this->start();
    this->add(this->pim, 2, this->star_g(1));
    this->packet(this->sg(1, 1), 1);
    NoticeLog notices(this->hub);
    auto event = this->event(this->sg(1, 1), 3);
    event.kind = EventKind::wrong_interface;
    event.unreported = 9;
    this->mgm().on_wrong_interface(event);
    EXPECT_THAT(notices.take(), ElementsAre("wrong-interface arrival at 3 by 200 x10"));
    EXPECT_EQ(notices.notices[0].incoming, 1);
}

TYPED_TEST(NoticesTest, TheHandOverOfAnInterfaceIsToldOfInItsOrder) {
    this->start();
    this->take(this->igmp, 2);
    this->add(this->igmp, 2, this->star_g(1));
    NoticeLog notices(this->hub);
    this->release(this->pim, 2);
    const auto lines = notices.take();
    ASSERT_THAT(lines, testing::SizeIs(testing::Ge(3u)));
    EXPECT_THAT(lines[0], HasSubstr("alert disable at 2"));
    EXPECT_EQ(lines[1], "protocol releases at 2 by 100");
    EXPECT_THAT(lines, testing::Contains(HasSubstr("alert enable at 2")));
    this->pass(this->options.timers.igmp_handover_hold);
    EXPECT_THAT(notices.take(), testing::Contains(HasSubstr("membership deleted at 2")))
        << "not added again";
}

}  // namespace
}  // namespace mgmd::mgm
