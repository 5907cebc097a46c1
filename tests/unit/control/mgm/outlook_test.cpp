// SPDX-License-Identifier: Apache-2.0
// What operators are told about a flow, before and after its first packet.
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

/// pim owns 1, dvmrp 3 and 5, IGMP is enabled on 3 and alone on 4; nobody has 2 and 6.
template <class F>
class OutlookTest : public MgmFixture<F> {
protected:
    void SetUp() override {
        for (InterfaceIndex index = 1; index <= this->kInterfaces; ++index) {
            this->interfaces.push_back(
                {.id = link<F>(index), .next_hop_mac = {}, .boundaries = {}});
        }
    }
    void begin() {
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->dvmrp, 3);
        this->take(this->dvmrp, 5);
        this->take(this->igmp, 3);
        this->take(this->igmp, 4);
    }
    FlowOutlook<F> outlook(const SourceGroup<F>& key = sg<F>(1, 1), InterfaceIndex arrival = 1) {
        return this->mgm().outlook(key, arrival);
    }
    static const LinkOutlook<F>& at(const FlowOutlook<F>& outlook, InterfaceIndex index) {
        return outlook.links.at(index - 1u);
    }
    static std::vector<InterfaceIndex> listed(const FlowOutlook<F>& outlook) {
        std::vector<InterfaceIndex> indices;
        for (const auto& link : outlook.links) {
            if (link.listed) {
                indices.push_back(link.interface.index);
            }
        }
        return indices;
    }
};
TYPED_TEST_SUITE(OutlookTest, Families);

TYPED_TEST(OutlookTest, ANewSourceIsForeseenWithoutAsking) {
    using F = TypeParam;
    this->begin();
    this->add(this->dvmrp, 3, star_g<F>(1));
    this->add(this->igmp, 4, sg<F>(1, 1));
    this->told();
    this->pim.log_builds = this->dvmrp.log_builds = true;
    const auto before = this->outlook();
    EXPECT_FALSE(before.exists);
    EXPECT_EQ(before.incoming, link<F>(1));
    EXPECT_EQ(before.route.network, network<F>(1));
    EXPECT_EQ(before.owner, (ProtocolName{100, 1}));
    EXPECT_THAT(this->listed(before), ElementsAre(3, 4));
    EXPECT_THAT(this->told(), IsEmpty());
    EXPECT_EQ(this->forwarded(sg<F>(1, 1)), "nothing");

    this->packet(sg<F>(1, 1), 1);
    const auto after = this->outlook();
    EXPECT_TRUE(after.exists);
    EXPECT_THAT(this->listed(after), ElementsAre(3, 4)) << "as foreseen";
    EXPECT_EQ(this->forwarded(sg<F>(1, 1)), "if1 -> if3 if4");
}

TYPED_TEST(OutlookTest, TellsWhoWantsItAndWhatIsInTheWay) {
    using F = TypeParam;
    this->interfaces.at(4).boundaries = {{masked(group<F>(1), 16), 16}};
    this->begin();
    this->add(this->dvmrp, 3, star_g<F>(1));
    this->add(this->igmp, 3, star_g<F>(1));
    this->add(this->dvmrp, 5, star_g<F>(1));
    this->add(this->pim, 1, star_g<F>(1));
    this->dvmrp.creation = [](const CreationAlert<F>& alert) {
        for (auto& choice : alert.outgoing) {
            choice.enabled = false;
        }
    };
    this->packet(sg<F>(1, 1), 1);
    const auto outlook = this->outlook();
    EXPECT_THAT(this->listed(outlook), IsEmpty());
    EXPECT_EQ(this->at(outlook, 1).bar, OutgoingBar::incoming);
    EXPECT_EQ(this->at(outlook, 3).bar, OutgoingBar::vetoed);
    EXPECT_EQ(this->at(outlook, 5).bar, OutgoingBar::boundary);
    EXPECT_TRUE(this->at(outlook, 5).wanted);
    EXPECT_EQ(this->at(outlook, 2).bar, std::nullopt);
    EXPECT_FALSE(this->at(outlook, 2).wanted);
    EXPECT_FALSE(this->at(outlook, 2).owner);
    ASSERT_EQ(this->at(outlook, 3).memberships.size(), 1u);
    EXPECT_TRUE(this->at(outlook, 3).memberships[0].by_owner);
    EXPECT_TRUE(this->at(outlook, 3).memberships[0].by_igmp);
    EXPECT_TRUE(this->at(outlook, 3).igmp);
}

TYPED_TEST(OutlookTest, WhatDoesNotCountIsTold) {
    using F = TypeParam;
    this->enrol_all();
    this->take(this->dvmrp, 3, LocalMode::advise);
    this->take(this->igmp, 3);
    this->take(this->igmp, 4);
    this->add(this->igmp, 3, star_g<F>(1));
    auto excluding = this->on(4, star_g<F>(1));
    excluding.exclude = {source<F>(1)};
    ASSERT_TRUE(this->mgm().add_membership(this->igmp.handle, excluding));
    const auto outlook = this->outlook();
    EXPECT_THAT(this->listed(outlook), IsEmpty());
    EXPECT_FALSE(this->at(outlook, 3).wanted);
    EXPECT_EQ(this->at(outlook, 3).local, LocalMode::advise);
    EXPECT_EQ(this->at(outlook, 3).memberships.size(), 1u);
    EXPECT_FALSE(this->at(outlook, 4).wanted);
    EXPECT_THAT(this->at(outlook, 4).memberships.at(0).exclude, ElementsAre(source<F>(1)));
}

TYPED_TEST(OutlookTest, WithoutARouteTheOwnerOfTheArrivalIsAsked) {
    using F = TypeParam;
    this->begin();
    this->add(this->dvmrp, 3, star_g<F>(1));
    const auto outlook = this->outlook(sg<F>(77, 1), 1);
    EXPECT_TRUE(outlook.incoming.is_none());
    EXPECT_EQ(outlook.route.protocol, 0u);
    EXPECT_EQ(outlook.owner, (ProtocolName{100, 1}));
    EXPECT_EQ(this->at(outlook, 3).bar, OutgoingBar::no_incoming);
    EXPECT_TRUE(this->at(outlook, 3).wanted);
    EXPECT_FALSE(this->outlook(sg<F>(77, 1), 2).owner);
}

TYPED_TEST(OutlookTest, AnInstalledRouteComesFirst) {
    using F = TypeParam;
    this->begin();
    EXPECT_FALSE(this->outlook().installed);
    InstalledRoute<F> route;
    route.key = star_g<F>(1);
    route.accept = {link<F>(1)};
    route.outgoing = {{link<F>(5), {}, {}}};
    ASSERT_TRUE(this->mgm().install_route(this->pim.handle, route));
    EXPECT_TRUE(this->outlook().installed);
    EXPECT_FALSE(this->outlook().exists);
}

}  // namespace
}  // namespace mgmd::mgm::test
