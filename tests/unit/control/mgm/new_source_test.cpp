// SPDX-License-Identifier: Apache-2.0
// New sources, and what clients may do meanwhile (18 - 22).
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

template <class F>
class NewSource : public MgmFixture<F> {
protected:
    /// pim owns 1, 2 and 5, dvmrp 3; IGMP is alone on 4 and with pim on 2.
    void SetUp() override {
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->pim, 2);
        this->take(this->pim, 5);
        this->take(this->dvmrp, 3);
        this->take(this->igmp, 4);
        this->take(this->igmp, 2);
        for (auto* client : {&this->pim, &this->dvmrp, &this->igmp}) {
            client->log_builds = true;
        }
    }
    MfeRecord<F> mfe(const SourceGroup<F>& of) {
        const auto record = this->mgm().get_mfe(of);
        EXPECT_TRUE(record);
        return record.value_or(MfeRecord<F>{});
    }

    const SourceGroup<F> key = sg<F>(1, 1);
    const SourceGroup<F> foreign = sg<F>(9, 1);  // no route
};
TYPED_TEST_SUITE(NewSource, Families);

TYPED_TEST(NewSource, IsAskedAboutAnnouncedAndPublished) {
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->add(this->igmp, 4, star_g<TypeParam>(1));
    this->told();
    this->pim.creation = [&](const auto&) {
        EXPECT_EQ(this->forwarded(this->key), "nothing") << "not before everybody was asked";
        EXPECT_EQ(error_of(this->mgm().get_mfe(this->key)), Errc::not_found);
    };
    this->packet(this->key, 1);
    EXPECT_THAT(this->told(), ElementsAre("pim rpf (S1,G1) at if1 in if1",
                                          "pim creation (S1,G1) in if1 out if2(igmp)",
                                          "dvmrp creation (S1,G1) in if1 out if3",
                                          "igmp creation (S1,G1) in if1 out if4(igmp)"));
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if2 if3 if4");
    EXPECT_THAT(this->table.refusals, IsEmpty());
}

TYPED_TEST(NewSource, ShowsClientsThePacketsHeader) {
    std::vector<std::uint8_t> header;
    this->pim.rpf = [&](RpfQuery<TypeParam>& query) {
        header.assign(query.header.begin(), query.header.end());
    };
    auto event = this->event(this->key, 1);
    event.header[0] = 0x45;
    event.header[19] = 7;
    this->mgm().on_no_entry(event);
    ASSERT_EQ(header.size(), 20u);
    EXPECT_EQ(header[0], 0x45);
    EXPECT_EQ(header[19], 7);
}

TYPED_TEST(NewSource, AsksTheOwnerTowardsTheSourceNotOfTheArrival) {
    this->packet(this->key, 3);
    EXPECT_THAT(this->told(),
                ElementsAre("pim rpf (S1,G1) at if3 in if1", "pim prune (S1,G1) if1 entry 900"));
    EXPECT_EQ(this->forwarded(this->key), "if1 -> drop");
}

TYPED_TEST(NewSource, ShowsTheRouteWhenOnlyItsProtocolChanges) {
    const auto changed = sg<TypeParam>(9, 1);
    Route<TypeParam> route{network<TypeParam>(9), 1, source<TypeParam>(2), 0, 3};
    this->rib.add(RouteView::multicast, route);
    this->packet(changed, 1);
    EXPECT_EQ(this->mgm().get_mfe(changed)->route.protocol, 3u);
    route.protocol = 13;
    this->rib.add(RouteView::multicast, route);
    EXPECT_EQ(this->mgm().get_mfe(changed)->route.protocol, 13u);
}

TYPED_TEST(NewSource, ComesInWhereItsOwnerChooses) {
    const RouteUsed<TypeParam> route{77, network<TypeParam>(5)};
    this->pim.rpf = [&](RpfQuery<TypeParam>& query) {
        EXPECT_TRUE(is_unspecified(query.upstream)) << "connected";
        EXPECT_EQ(query.route.protocol, kRouteProtocolLocal);
        EXPECT_EQ(query.route.network, network<TypeParam>(1));
        query.incoming = link<TypeParam>(5);
        query.upstream = source<TypeParam>(5, 9);
        query.route = route;
    };
    this->packet(this->key, 1);
    const auto record = this->mfe(this->key);
    EXPECT_EQ(record.incoming, link<TypeParam>(5));
    EXPECT_EQ(record.incoming_protocol, 100u);
    EXPECT_EQ(record.upstream, source<TypeParam>(5, 9));
    EXPECT_EQ(record.route, route);
    EXPECT_EQ(this->forwarded(this->key), "if5 -> drop");
}

TYPED_TEST(NewSource, ForeignUnknownAndNoChoicesAreRefused) {
    for (const InterfaceId<TypeParam>& choice :
         {link<TypeParam>(3), link<TypeParam>(4), link<TypeParam>(6), link<TypeParam>(99),
          InterfaceId<TypeParam>{}}) {
        this->pim.rpf = [&](RpfQuery<TypeParam>& query) {
            query.incoming = choice;
            query.upstream = source<TypeParam>(5, 9);
        };
        this->packet(this->key, 1);
        EXPECT_EQ(this->forwarded(this->key), "if1 -> drop");
        EXPECT_TRUE(is_unspecified(this->mfe(this->key).upstream));
        this->pass(seconds(901));
    }
}

TYPED_TEST(NewSource, WithoutOwnerTowardsItTakesTheDefaults) {
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->told();
    this->packet(sg<TypeParam>(6, 1), 1);
    this->packet(sg<TypeParam>(4, 1), 1);
    EXPECT_THAT(this->told(), ElementsAre("pim creation (S6,G1) in if6 out if2(igmp)",
                                          "pim creation (S4,G1) in if4 out if2(igmp)"))
        << "IGMP is no owner";
    EXPECT_EQ(this->mfe(sg<TypeParam>(4, 1)).incoming_protocol, kMembershipProtocol<TypeParam>);
    EXPECT_EQ(this->mfe(sg<TypeParam>(6, 1)).incoming_protocol, 0u);
}

TYPED_TEST(NewSource, WithoutRouteTheArrivalsOwnerMayKnowBetter) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->told();
    this->pim.rpf = [&](RpfQuery<TypeParam>& query) {
        EXPECT_TRUE(query.incoming.is_none());
        query.incoming = link<TypeParam>(2);
    };
    this->packet(this->foreign, 2);
    EXPECT_EQ(this->forwarded(this->foreign), "if2 -> if3");
    EXPECT_THAT(this->told(), ElementsAre("pim rpf (S9,G1) at if2 in none",
                                          "dvmrp creation (S9,G1) in if2 out if3"));
}

TYPED_TEST(NewSource, StillWithoutRouteIsDroppedForTenSeconds) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->told();
    this->packet(this->foreign, 2);
    EXPECT_THAT(this->told(), ElementsAre("pim rpf (S9,G1) at if2 in none"));
    EXPECT_EQ(this->forwarded(this->foreign), "-> drop");
    EXPECT_EQ(this->mfe(this->foreign).expiry_time, seconds(10));
    EXPECT_TRUE(this->mfe(this->foreign).incoming.is_none());
    EXPECT_TRUE(this->mfe(this->foreign).negative);
    this->pass(seconds(10));
    EXPECT_EQ(this->forwarded(this->foreign), "nothing");
}

TYPED_TEST(NewSource, VetoesOfTheCreationAlertStay) {
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->told();
    this->dvmrp.creation = [&](const CreationAlert<TypeParam>& alert) {
        alert.outgoing[0].enabled = false;
    };
    this->packet(this->key, 1);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if2");
    this->add(this->dvmrp, 3, this->key, MembershipFlags::forward);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if2 if3");
}

TYPED_TEST(NewSource, VetoedEverywhereIsCreatedEmpty) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->told();
    this->dvmrp.creation = [&](const CreationAlert<TypeParam>& alert) {
        alert.outgoing[0].enabled = false;
    };
    this->packet(this->key, 1);
    EXPECT_THAT(this->told(), ElementsAre("pim rpf (S1,G1) at if1 in if1",
                                          "dvmrp creation (S1,G1) in if1 out if3",
                                          "pim prune (S1,G1) if1 entry 900"));
    EXPECT_EQ(this->forwarded(this->key), "if1 -> drop");
}

TYPED_TEST(NewSource, CallsFromInsideAreDoneBeforeItIsPublished) {
    this->pim.rpf = [&](RpfQuery<TypeParam>&) {
        this->add(this->pim, 2, star_g<TypeParam>(1));
        EXPECT_EQ(this->mgm().usage().memberships, 0u) << "answered, not yet done";
        EXPECT_EQ(error_of(this->mgm().add_membership(this->pim.handle,
                                                      this->on(3, star_g<TypeParam>(1)))),
                  Errc::invalid_parameter)
            << "checked at once";
    };
    this->packet(this->key, 1);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if2");
    EXPECT_EQ(this->table.installs, 1u) << "never published without it";
    EXPECT_THAT(this->told(), ElementsAre("pim rpf (S1,G1) at if1 in if1",
                                          "dvmrp join (*,G1) member", "igmp join (*,G1) member"))
        << "and it is not created empty";
}

TYPED_TEST(NewSource, MayBeEditedFromItsOwnCreationAlert) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->dvmrp.creation = [&](const auto&) {
        this->remove(this->dvmrp, 3, this->key, MembershipFlags::forward);
    };
    this->packet(this->key, 1);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> drop");
    EXPECT_EQ(this->table.installs, 1u);
}

TYPED_TEST(NewSource, LateFailuresChangeNothing) {
    const auto refused = [&] {
        return error_of(
            this->mgm().delete_membership(this->pim.handle, this->on(2, star_g<TypeParam>(1))));
    };
    this->pim.rpf = [&](RpfQuery<TypeParam>&) { EXPECT_EQ(refused(), Errc::not_found); };
    this->packet(this->key, 1);
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->pim.rpf = [&](RpfQuery<TypeParam>&) {
        EXPECT_EQ(refused(), std::nullopt);
        EXPECT_EQ(refused(), std::nullopt) << "still there when checked; the second fails late";
    };
    this->packet(sg<TypeParam>(1, 2), 1);
    EXPECT_EQ(this->mgm().usage().memberships, 0u);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(1, 1)), "if1 -> drop");
}

TYPED_TEST(NewSource, TakesAndReleasesFromInsideWork) {
    this->pim.rpf = [&](RpfQuery<TypeParam>& query) {
        this->pim.rpf = {};
        query.incoming = link<TypeParam>(5);
        this->release(this->pim, 5);
    };
    this->packet(this->key, 1);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> drop") << "made again after the release";
    EXPECT_EQ(error_of(this->mgm().protocol_on_interface(link<TypeParam>(5))), Errc::not_found);
}

TYPED_TEST(NewSource, ARouteInstalledFromInsideAnswersInstead) {
    this->pim.rpf = [&](RpfQuery<TypeParam>&) {
        InstalledRoute<TypeParam> route;
        route.key = star_g<TypeParam>(1);
        route.accept = {link<TypeParam>(1)};
        route.outgoing = {{link<TypeParam>(6), {}}};
        EXPECT_TRUE(this->mgm().install_route(this->pim.handle, route));
    };
    this->packet(this->key, 1);
    EXPECT_EQ(this->forwarded(this->key), "nothing");
    EXPECT_EQ(this->forwarded(star_g<TypeParam>(1)), "if1 -> if6");
    EXPECT_THAT(this->table.refusals, IsEmpty());
}

TYPED_TEST(NewSource, EndlessCallsFromInsideContinueFromTheEventLoop) {
    std::size_t builds = 0;
    const Route<TypeParam> host{
        {this->key.source, TypeParam::address_bits}, 2, source<TypeParam>(2, 2), 0, 3};
    // Every build of the entry changes the route that it depends on.
    this->pim.rpf = [&](RpfQuery<TypeParam>&) {
        if (++builds < 1500) {
            builds % 2 == 1 ? this->rib.add(RouteView::multicast, host)
                            : this->rib.remove(RouteView::multicast, host);
        }
    };
    this->packet(this->key, 1);
    EXPECT_EQ(builds, 1001u);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> drop") << "published as it is by then";
    ASSERT_EQ(this->posted.size(), 1u);
    this->posted.front()();
    EXPECT_EQ(builds, 1500u);
    EXPECT_EQ(this->forwarded(this->key), "if2 -> drop");
}

TYPED_TEST(NewSource, RepeatedEventsAreAnsweredByPublishingAgain) {
    this->packet(this->key, 1);
    auto again = this->event(this->key, 1);
    again.unreported = 4;
    this->mgm().on_no_entry(again);
    EXPECT_EQ(this->table.installs, 2u);
    EXPECT_THAT(this->table.refusals, IsEmpty());
    EXPECT_EQ(this->mgm().get_mfe_stats(this->key)->uninitialised, 6u);
    EXPECT_EQ(this->told().size(), 2u) << "one rpf, one prune";
}

TYPED_TEST(NewSource, WhatNoEntryMayHaveIsRefused) {
    auto link_local = this->key;
    link_local.group = {};
    link_local.group.bytes[0] = TypeParam::family == Family::ipv4 ? 224 : 0xff;
    link_local.group.bytes[1] = TypeParam::family == Family::ipv4 ? 0 : 0x02;
    auto unicast = this->key;
    unicast.group = source<TypeParam>(2);
    auto sourceless = this->key;
    sourceless.source = {};
    auto multicast_source = this->key;
    multicast_source.source = group<TypeParam>(4);
    std::size_t refused = 0;
    for (const auto& bad : {link_local, unicast, sourceless, multicast_source}) {
        this->packet(bad, 1);
        ASSERT_EQ(this->table.refusals.size(), ++refused) << to_string(bad);
        EXPECT_EQ(this->table.refusals.back().first, 3) << "the worker that asked";
        EXPECT_EQ(this->table.refusals.back().second.group, bad.group);
        EXPECT_EQ(this->table.refusals.back().second.source, bad.source);
    }
    this->packet(this->key, 77);
    EXPECT_EQ(this->table.refusals.size(), ++refused);
    EXPECT_EQ(this->table.installs, 0u);
}

TYPED_TEST(NewSource, IsRefusedWhenTheForwarderIsFull) {
    this->table.capacity = 1;
    this->packet(this->key, 1);
    this->told();
    this->packet(sg<TypeParam>(1, 2), 1);
    ASSERT_EQ(this->table.refusals.size(), 1u);
    EXPECT_EQ(error_of(this->mgm().get_mfe(sg<TypeParam>(1, 2))), Errc::not_found);
    EXPECT_EQ(this->mgm().usage().entries, 1u);
    EXPECT_EQ(this->mgm().usage().refused_changes, 1u);
    EXPECT_THAT(this->told(), ElementsAre("pim rpf (S1,G2) at if1 in if1"))
        << "no prune about what is not there";
}

TYPED_TEST(NewSource, OtherRefusedChangesAreTriedAgain) {
    this->packet(this->key, 1);
    this->table.is_stuck = true;
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_EQ(this->forwarded(this->key), "if1 -> drop");
    EXPECT_EQ(this->mfe(this->key).outgoing, std::vector{link<TypeParam>(3)});
    this->pass(seconds(1));
    this->table.is_stuck = false;
    this->pass(milliseconds(100));
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if3");

    this->table.is_stuck = true;
    this->pass(seconds(300));
    EXPECT_EQ(error_of(this->mgm().get_mfe(this->key)), Errc::not_found) << "idle";
    EXPECT_NE(this->forwarded(this->key), "nothing");
    this->table.is_stuck = false;
    this->pass(milliseconds(100));
    EXPECT_EQ(this->forwarded(this->key), "nothing");
    EXPECT_EQ(this->mgm().next_deadline(), std::nullopt);
}

TYPED_TEST(NewSource, LinksOfOneIndexShareAnItem) {
    const MacAddress mac{{2, 0, 0, 0, 0, 9}};
    GroupManager<TypeParam> manager(
        {this->clock, this->rib, this->table, [](std::function<void()>) {}}, {},
        {{.id = link<TypeParam>(1), .next_hop_mac = {}, .boundaries = {}},
         {.id = {7, source<TypeParam>(7, 1)}, .next_hop_mac = mac, .boundaries = {}},
         {.id = {7, source<TypeParam>(7, 2)}, .next_hop_mac = mac, .boundaries = {}}});
    TestClient<TypeParam> client("p2mp", this->log);
    const auto handle = *manager.register_protocol({1, 1}, client);
    for (unsigned host : {1u, 2u}) {
        const InterfaceId<TypeParam> id{7, source<TypeParam>(7, host)};
        ASSERT_TRUE(manager.take_interface(handle, id));
        ASSERT_TRUE(
            manager.add_membership(handle, {star_g<TypeParam>(1), id, MembershipFlags::join, {}}));
        if (host == 1) {
            manager.on_no_entry(this->event(this->key, 1));
            const auto& outgoing = this->table.entries.begin()->second.outgoing;
            ASSERT_EQ(outgoing.size(), 1u);
            EXPECT_EQ(outgoing[0].next_hop, mac);
        }
    }
    const auto& outgoing = this->table.entries.begin()->second.outgoing;
    ASSERT_EQ(outgoing.size(), 1u);
    EXPECT_EQ(outgoing[0].next_hop, std::nullopt) << "the group's MAC reaches both";
    EXPECT_EQ(manager.get_mfe(this->key)->outgoing.size(), 2u);
}

}  // namespace
}  // namespace mgmd::mgm::test
