// SPDX-License-Identifier: Apache-2.0
// Routes that clients install themselves (28).
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

template <class F>
class InstalledRoutesTest : public MgmFixture<F> {
protected:
    /// pim owns 1 and 2, dvmrp 3.
    void SetUp() override {
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->pim, 2);
        this->take(this->dvmrp, 3);
    }
    static InstalledRoute<F> route(const SourceGroup<F>& key, std::vector<InterfaceIndex> accept,
                                   std::vector<InterfaceIndex> outgoing) {
        InstalledRoute<F> route;
        route.key = key;
        for (const InterfaceIndex index : accept) {
            route.accept.push_back(link<F>(index));
        }
        for (const InterfaceIndex index : outgoing) {
            route.outgoing.push_back({link<F>(index), {}, {}});
        }
        return route;
    }
    void install(const InstalledRoute<F>& wanted) {
        const auto result = this->mgm().install_route(this->pim.handle, wanted);
        ASSERT_TRUE(result) << result.error().message;
    }
    std::optional<Errc> error(TestClient<F>& client, const InstalledRoute<F>& wanted) {
        return error_of(this->mgm().install_route(client.handle, wanted));
    }
    /// What (*,*) is for packets that arrive on the interface.
    std::string any_of(InterfaceIndex arrival) {
        auto key = this->route_key(SourceGroup<F>::any());
        key.arrival = arrival;
        return this->forwarded(key);
    }

    const SourceGroup<F> wildcard = star_g<F>(1);
    const SourceGroup<F> flow = sg<F>(1, 1);
};
TYPED_TEST_SUITE(InstalledRoutesTest, Families);

TYPED_TEST(InstalledRoutesTest, ArePublishedAsTheyAre) {
    auto wanted = this->route(this->wildcard, {2, 1}, {6, 2});
    wanted.outgoing[0].ttl_threshold = 16;
    wanted.outgoing[0].next_hop_mac = MacAddress{{2, 0, 0, 0, 0, 9}};
    wanted.action = Action::forward_and_copy;
    wanted.signals.arrivals = {1};
    this->install(wanted);
    const auto& entry = this->table.entries.at(this->route_key(this->wildcard));
    EXPECT_EQ(entry.action, Action::forward_and_copy);
    EXPECT_THAT(entry.accept.interfaces, ElementsAre(1, 2));
    ASSERT_EQ(entry.outgoing.size(), 2u);
    EXPECT_EQ(entry.outgoing[0].interface, 2) << "a bidirectional tree has it on both sides";
    EXPECT_EQ(entry.outgoing[1].interface, 6);
    EXPECT_EQ(entry.outgoing[1].ttl_threshold, 16);
    EXPECT_EQ(entry.outgoing[1].next_hop, (MacAddress{{2, 0, 0, 0, 0, 9}}));
    EXPECT_EQ(entry.outgoing[0].next_hop, std::nullopt) << "the group's";
    EXPECT_THAT(entry.signals.arrivals, ElementsAre(1));
    EXPECT_THAT(this->told(), IsEmpty());
}

TYPED_TEST(InstalledRoutesTest, ArePublishedOnceMoreWhereTheyLeaveByAnotherInterface) {
    this->install(this->route(this->wildcard, {1}, {2, 6}));
    this->install(this->route(star_g<TypeParam>(2), {1}, {6}));
    this->add(this->dvmrp, 3, star_g<TypeParam>(3));
    this->packet(sg<TypeParam>(1, 3), 1);
    this->packet(sg<TypeParam>(1, 4), 1);
    this->told();
    const auto installs = this->table.installs;
    this->mgm().republish_leaving({2, 5});
    EXPECT_EQ(this->table.installs, installs + 1);
    this->mgm().republish_leaving({3, 6});
    EXPECT_EQ(this->table.installs, installs + 4) << "both of them, and the one that data made";
    EXPECT_THAT(this->told(), IsEmpty());
}

TYPED_TEST(InstalledRoutesTest, AreCheckedFirst) {
    auto malformed = this->route(this->flow, {1}, {6});
    malformed.key.group_length = 8;
    EXPECT_EQ(this->error(this->pim, malformed), Errc::invalid_parameter);
    for (const auto& bad : {this->route(this->flow, {}, {6}), this->route(this->flow, {1, 3}, {6}),
                            this->route(this->flow, {77}, {6}), this->route(this->flow, {1}, {77}),
                            this->route(this->flow, {1}, {6, 6})}) {
        EXPECT_EQ(this->error(this->pim, bad), Errc::invalid_parameter);
    }
    auto signalling = this->route(this->flow, {1}, {6});
    signalling.signals.arrivals = {1, 77};
    EXPECT_EQ(this->error(this->pim, signalling), Errc::invalid_parameter);
    this->install(this->route(this->flow, {1}, {6}));
    EXPECT_EQ(this->error(this->dvmrp, this->route(this->flow, {3}, {6})), Errc::already_exists);
    EXPECT_EQ(error_of(this->mgm().remove_route(this->dvmrp.handle, this->flow)), Errc::not_found);
    EXPECT_EQ(error_of(this->mgm().remove_route(this->pim.handle, this->wildcard)),
              Errc::not_found);
    EXPECT_EQ(this->forwarded(this->flow), "if1 -> if6");
}

TYPED_TEST(InstalledRoutesTest, DropWhereverPacketsArriveIfNoInterfaceIsNamed) {
    auto drop = this->route(this->wildcard, {}, {});
    drop.action = Action::drop;
    this->packet(this->flow, 6);
    this->install(drop);
    EXPECT_EQ(this->forwarded(this->flow), "nothing") << "covered";
    EXPECT_TRUE(this->table.entries.at(this->route_key(this->wildcard)).accept.any);
    EXPECT_TRUE(this->mgm().get_mfe(this->wildcard)->accept.any);

    drop.key = SourceGroup<TypeParam>::any();
    this->packet(sg<TypeParam>(6, 2), 6);
    this->install(drop);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 2)), "nothing") << "not one of the client's";
    for (InterfaceIndex arrival = 1; arrival <= 6; ++arrival) {
        auto key = this->route_key(drop.key);
        key.arrival = arrival;
        EXPECT_EQ(this->table.entries.at(key).action, Action::drop);
    }
    this->release(this->pim, 1);
    EXPECT_EQ(this->mgm().usage().installed_routes, 2u);
}

TYPED_TEST(InstalledRoutesTest, DropNoMoreOnceTheInterfacesTheyNamedAreReleased) {
    auto drop = this->route(this->wildcard, {1}, {});
    drop.action = Action::drop;
    this->install(drop);
    this->release(this->pim, 1);
    EXPECT_EQ(this->mgm().usage().installed_routes, 0u);
    EXPECT_EQ(this->forwarded(this->wildcard), "nothing");
}

TYPED_TEST(InstalledRoutesTest, AreNeitherEditedNorAged) {
    this->install(this->route(this->flow, {1}, {6}));
    this->add(this->dvmrp, 3, this->wildcard);
    this->rib.remove_connected(network<TypeParam>(1), 1);
    this->pass(std::chrono::hours(48));
    EXPECT_EQ(this->forwarded(this->flow), "if1 -> if6");
    const auto record = this->mgm().get_mfe(this->flow);
    ASSERT_TRUE(record);
    EXPECT_TRUE(record->installed);
    EXPECT_EQ(record->expiry_time, seconds(0));
    EXPECT_EQ(record->up_time, std::chrono::hours(48));
    EXPECT_EQ(error_of(this->mgm().set_mfe_upstream(this->pim.handle, this->flow, {})),
              Errc::invalid_parameter);
    EXPECT_EQ(error_of(this->mgm().add_membership(
                  this->pim.handle, this->on(2, this->flow, MembershipFlags::forward))),
              Errc::not_found);
}

TYPED_TEST(InstalledRoutesTest, TakeThePlaceOfWhatDataMade) {
    this->packet(this->flow, 1);
    this->packet(sg<TypeParam>(2, 1), 2);
    this->packet(sg<TypeParam>(2, 2), 2);
    this->install(this->route(this->flow, {1}, {6}));
    EXPECT_EQ(this->forwarded(this->flow), "if1 -> if6");
    EXPECT_EQ(this->table.removals, 0u) << "replaced in one step";
    EXPECT_EQ(this->mgm().usage().entries, 2u);
    this->install(this->route(this->wildcard, {1}, {6}));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(2, 1)), "nothing") << "covered";
    EXPECT_EQ(this->forwarded(sg<TypeParam>(2, 2)), "if2 -> drop");
    EXPECT_EQ(this->forwarded(this->flow), "if1 -> if6") << "installed as well";
    this->pass(seconds(1000));
    EXPECT_EQ(this->forwarded(this->flow), "if1 -> if6");
}

TYPED_TEST(InstalledRoutesTest, ChangeInPlaceAndGo) {
    this->install(this->route(this->wildcard, {1}, {6}));
    this->install(this->route(this->wildcard, {2}, {5, 6}));
    EXPECT_EQ(this->forwarded(this->wildcard), "if2 -> if5 if6");
    EXPECT_EQ(this->mgm().usage().installed_routes, 1u);
    EXPECT_EQ(this->table.removals, 0u);
    ASSERT_TRUE(this->mgm().remove_route(this->pim.handle, this->wildcard));
    EXPECT_TRUE(this->table.entries.empty());
    this->packet(this->flow, 1);
    EXPECT_EQ(this->forwarded(this->flow), "if1 -> drop") << "a new source again";
}

TYPED_TEST(InstalledRoutesTest, AnswerEventsThatCrossedThem) {
    const SourceGroup<TypeParam> range{.group = masked(group<TypeParam>(1), 16),
                                       .group_length = 16};
    for (const auto& key : {SourceGroup<TypeParam>::any(), range, this->wildcard, this->flow}) {
        this->install(this->route(key, {1}, {6}));
        const auto changes = this->table.installs;
        this->packet(this->flow, 1);
        EXPECT_EQ(this->table.installs, changes + 1) << to_string(key);
        EXPECT_EQ(this->mgm().usage().entries, 0u);
    }
    EXPECT_THAT(this->table.refusals, IsEmpty());
}

TYPED_TEST(InstalledRoutesTest, OfEverythingStandForTheirArrivalInterfaces) {
    const auto any = SourceGroup<TypeParam>::any();
    this->packet(this->flow, 1);
    this->packet(sg<TypeParam>(6, 1), 6);
    this->install(this->route(any, {1, 2}, {6}));
    EXPECT_EQ(this->any_of(1), "if1 -> if6");
    EXPECT_EQ(this->any_of(2), "if2 -> if6");
    EXPECT_EQ(this->any_of(3), "nothing");
    EXPECT_EQ(this->forwarded(this->flow), "nothing") << "covered: it arrives on if1";
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 1)), "if6 -> drop") << "not covered";
    this->packet(sg<TypeParam>(3, 1), 3);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(3, 1)), "if3 -> drop");
    this->install(this->route(any, {2}, {5}));
    EXPECT_EQ(this->any_of(1), "nothing");
    EXPECT_EQ(this->any_of(2), "if2 -> if5");
    ASSERT_TRUE(this->mgm().remove_route(this->pim.handle, any));
    EXPECT_EQ(this->any_of(2), "nothing");
}

TYPED_TEST(InstalledRoutesTest, LoseInterfacesThatTheirClientReleases) {
    this->install(this->route(this->wildcard, {1, 2}, {6}));
    this->install(this->route(star_g<TypeParam>(2), {2}, {6}));
    this->release(this->pim, 2);
    EXPECT_EQ(this->forwarded(this->wildcard), "if1 -> if6");
    EXPECT_EQ(this->forwarded(star_g<TypeParam>(2)), "nothing");
    EXPECT_EQ(this->mgm().usage().installed_routes, 1u);
}

TYPED_TEST(InstalledRoutesTest, AcceptAnyFollowsWhatTheClientOwns) {
    auto everywhere = this->route(this->wildcard, {}, {6});
    everywhere.accept_any = true;
    this->install(everywhere);
    EXPECT_EQ(this->forwarded(this->wildcard), "if1 if2 -> if6");
    everywhere.key = SourceGroup<TypeParam>::any();
    this->install(everywhere);
    this->take(this->pim, 5);
    EXPECT_EQ(this->forwarded(this->wildcard), "if1 if2 if5 -> if6");
    EXPECT_EQ(this->any_of(5), "if5 -> if6");
    this->release(this->pim, 1);
    EXPECT_EQ(this->forwarded(this->wildcard), "if2 if5 -> if6");
    EXPECT_EQ(this->any_of(1), "nothing");
}

TYPED_TEST(InstalledRoutesTest, GoWithTheirClient) {
    auto everywhere = this->route(this->wildcard, {}, {6});
    everywhere.accept_any = true;
    this->install(everywhere);
    this->release(this->pim, 1);
    this->release(this->pim, 2);
    EXPECT_EQ(this->forwarded(this->wildcard), "-> if6") << "it accepts nothing any more";
    ASSERT_TRUE(this->mgm().deregister_protocol(this->pim.handle));
    EXPECT_TRUE(this->table.entries.empty());
}

TYPED_TEST(InstalledRoutesTest, AreRefusedAsAWhole) {
    const auto any = SourceGroup<TypeParam>::any();
    this->table.capacity = 1;
    EXPECT_EQ(this->error(this->pim, this->route(any, {1, 2}, {6})), Errc::not_enough_memory);
    EXPECT_TRUE(this->table.entries.empty());
    EXPECT_EQ(error_of(this->mgm().get_mfe(any)), Errc::not_found);
    this->install(this->route(any, {1}, {6}));
    EXPECT_EQ(this->error(this->pim, this->route(any, {1, 2}, {5})), Errc::not_enough_memory);
    EXPECT_EQ(this->any_of(1), "if1 -> if6") << "the old route is back";
    EXPECT_EQ(this->mgm().get_mfe(any)->outgoing, std::vector{link<TypeParam>(6)});
}

TYPED_TEST(InstalledRoutesTest, CountAgainstTheBoundOfEntries) {
    this->options.limits.entries = 2;
    GroupManager<TypeParam> small(
        {this->clock, this->rib, this->table, {}}, this->options,
        {{.id = link<TypeParam>(1), .next_hop_mac = {}, .boundaries = {}}});
    const auto handle = *small.register_protocol({1, 1}, this->dvmrp);
    ASSERT_TRUE(small.take_interface(handle, link<TypeParam>(1)));
    for (unsigned number : {1u, 2u}) {
        ASSERT_TRUE(small.install_route(handle, this->route(star_g<TypeParam>(number), {1}, {})));
    }
    EXPECT_EQ(error_of(small.install_route(handle, this->route(star_g<TypeParam>(3), {1}, {}))),
              Errc::not_enough_memory);
    EXPECT_TRUE(small.install_route(handle, this->route(star_g<TypeParam>(2), {1}, {1})))
        << "a change needs no room";
    EXPECT_EQ(small.usage().refused_entries, 1u);
}

}  // namespace
}  // namespace mgmd::mgm::test
