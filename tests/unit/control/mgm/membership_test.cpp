// SPDX-License-Identifier: Apache-2.0
// Memberships and what entries make of them (9 - 15).
#include "control/mgm/link_table.hpp"
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

template <class F>
class Memberships : public MgmFixture<F> {
protected:
    /// pim owns 1 and 2, dvmrp owns 3, IGMP is on 2 (with pim) and on 4 (alone).
    void SetUp() override {
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->pim, 2);
        this->take(this->dvmrp, 3);
        this->take(this->igmp, 2);
        this->take(this->igmp, 4);
        this->told();
    }
    std::optional<Errc> add_error(TestClient<F>& client, InterfaceIndex index,
                                  const SourceGroup<F>& key,
                                  MembershipFlags flags = MembershipFlags::join) {
        return error_of(this->mgm().add_membership(client.handle, this->on(index, key, flags)));
    }
    std::optional<Errc> remove_error(TestClient<F>& client, InterfaceIndex index,
                                     const SourceGroup<F>& key,
                                     MembershipFlags flags = MembershipFlags::join) {
        return error_of(this->mgm().delete_membership(client.handle, this->on(index, key, flags)));
    }
    void igmp_exclude(InterfaceIndex index, const SourceGroup<F>& key,
                      std::vector<typename F::Address> sources) {
        auto membership = this->on(index, key);
        membership.exclude = std::move(sources);
        const auto result = this->mgm().add_membership(this->igmp.handle, membership);
        ASSERT_TRUE(result) << result.error().message;
    }
};
TYPED_TEST_SUITE(Memberships, Families);

TYPED_TEST(Memberships, RefusesMalformedKeys) {
    using F = TypeParam;
    using Key = SourceGroup<F>;
    const std::uint8_t bits = F::address_bits;
    auto link_local = group<F>(1);
    link_local.bytes[0] = F::family == Family::ipv4 ? 224 : 0xff;
    link_local.bytes[1] = F::family == Family::ipv4 ? 0 : 0x02;
    const auto range = masked(group<F>(1), 16);
    const std::vector<Key> malformed{
        {.group = {}, .source = source<F>(1)},                         // no group, no mask
        {.group = {}, .source = source<F>(1), .group_length = 0},      // (S,*)
        {.group = range, .source = source<F>(1), .group_length = 16},  // (S,G/len)
        {.group = source<F>(1)},                                       // not multicast
        {.group = link_local},                                         // link-local
        {.group = masked(link_local, bits - 8),
         .group_length = static_cast<std::uint8_t>(bits - 8)},
        {.group = group<F>(1), .group_length = 16},  // host bits
        {.group = group<F>(1), .group_length = static_cast<std::uint8_t>(bits + 1)},
        {.group = group<F>(1), .source = group<F>(2)},         // multicast source
        {.group = masked(group<F>(1), 2), .group_length = 2},  // 192/2 or c000::/2
    };
    for (const Key& key : malformed) {
        EXPECT_EQ(this->add_error(this->pim, 1, key), Errc::invalid_parameter) << to_string(key);
        EXPECT_EQ(this->remove_error(this->pim, 1, key), Errc::invalid_parameter) << to_string(key);
    }
    for (const Key& key : {Key{.group = range, .group_length = 16}, Key::any()}) {
        EXPECT_EQ(this->add_error(this->pim, 1, key), std::nullopt) << to_string(key);
    }
}

TYPED_TEST(Memberships, RangesMayHoldLinkLocalGroupsAmongOthers) {
    const std::uint8_t length = TypeParam::family == Family::ipv4 ? 4 : 8;
    EXPECT_EQ(
        this->add_error(this->pim, 1,
                        {.group = masked(group<TypeParam>(1), length), .group_length = length}),
        std::nullopt);
}

TYPED_TEST(Memberships, NeedOneFlagAtLeast) {
    const auto key = star_g<TypeParam>(1);
    EXPECT_EQ(this->add_error(this->pim, 1, key, MembershipFlags::none), Errc::invalid_parameter);
    EXPECT_EQ(this->remove_error(this->pim, 1, key, MembershipFlags::none),
              Errc::invalid_parameter);
}

TYPED_TEST(Memberships, BelongToTheOwnerAndToIgmpWhereItIsEnabled) {
    const auto key = star_g<TypeParam>(1);
    EXPECT_EQ(this->add_error(this->pim, 3, key), Errc::invalid_parameter) << "dvmrp's";
    EXPECT_EQ(this->add_error(this->pim, 4, key), Errc::invalid_parameter) << "IGMP's";
    EXPECT_EQ(this->add_error(this->pim, 5, key), Errc::invalid_parameter) << "nobody's";
    EXPECT_EQ(this->add_error(this->igmp, 1, key), Errc::invalid_parameter);
    EXPECT_EQ(this->add_error(this->igmp, 2, key), std::nullopt);
    EXPECT_EQ(this->add_error(this->igmp, 4, key), std::nullopt);
    EXPECT_EQ(this->remove_error(this->pim, 2, key), Errc::not_found) << "IGMP's, not its own";
    EXPECT_EQ(this->remove_error(this->dvmrp, 2, key), Errc::invalid_parameter);
}

TYPED_TEST(Memberships, AddingAgainIsNoNewsAndDeletingTwiceIsNotFound) {
    const auto key = star_g<TypeParam>(1);
    this->add(this->pim, 1, key);
    this->told();
    this->add(this->pim, 1, key);
    EXPECT_THAT(this->told(), IsEmpty());
    EXPECT_EQ(this->mgm().usage().memberships, 1u);
    this->remove(this->pim, 1, key);
    EXPECT_EQ(this->remove_error(this->pim, 1, key), Errc::not_found);
    EXPECT_EQ(this->mgm().usage().memberships, 0u);
}

TYPED_TEST(Memberships, OfEveryKindFillTheOutgoingList) {
    using Key = SourceGroup<TypeParam>;
    this->add(this->pim, 2, sg<TypeParam>(1, 1));
    this->add(this->dvmrp, 3, {.group = masked(group<TypeParam>(1), 24), .group_length = 24});
    this->add(this->igmp, 4, star_g<TypeParam>(1));
    this->packet(sg<TypeParam>(1, 1), 1);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(1, 1)), "if1 -> if2 if3 if4");
    this->packet(sg<TypeParam>(6, 1), 6);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 1)), "if6 -> if3 if4") << "another source";
    this->packet(sg<TypeParam>(6, 2), 6);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 2)), "if6 -> if3") << "another group of the range";
    this->add(this->pim, 1, Key::any());
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 2)), "if6 -> if1 if3");
    EXPECT_EQ(this->forwarded(sg<TypeParam>(1, 1)), "if1 -> if2 if3 if4") << "not the incoming one";
    this->remove(this->pim, 1, Key::any());
    this->remove(this->igmp, 4, star_g<TypeParam>(1));
    this->remove(this->pim, 2, sg<TypeParam>(1, 1));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 2)), "if6 -> if3");
    EXPECT_EQ(this->forwarded(sg<TypeParam>(1, 1)), "if1 -> if3");
}

TYPED_TEST(Memberships, OfOwnerAndIgmpOnOneInterfaceBothCount) {
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->add(this->igmp, 2, star_g<TypeParam>(1));
    this->packet(sg<TypeParam>(6, 1), 6);
    this->remove(this->pim, 2, star_g<TypeParam>(1));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 1)), "if6 -> if2");
    this->remove(this->igmp, 2, star_g<TypeParam>(1));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 1)), "if6 -> drop");
}

TYPED_TEST(Memberships, ForwardFlagEditsTheEntryOnly) {
    const auto key = sg<TypeParam>(6, 1);
    EXPECT_EQ(this->add_error(this->pim, 1, key, MembershipFlags::forward), Errc::not_found);
    EXPECT_EQ(this->remove_error(this->pim, 1, key, MembershipFlags::forward), Errc::not_found);
    for (const auto& wildcard : {star_g<TypeParam>(1), SourceGroup<TypeParam>::any()}) {
        EXPECT_EQ(this->add_error(this->pim, 1, wildcard, MembershipFlags::forward),
                  Errc::invalid_parameter);
        EXPECT_EQ(this->add_error(this->pim, 1, wildcard, MembershipFlags::join_and_forward),
                  Errc::invalid_parameter);
    }
    this->packet(key, 6);
    this->add(this->pim, 1, key, MembershipFlags::forward);
    EXPECT_EQ(this->forwarded(key), "if6 -> if1");
    EXPECT_EQ(this->mgm().usage().memberships, 0u);
    EXPECT_THAT(this->told(), IsEmpty()) << "no membership alerts, and nobody owns if6";
    this->remove(this->pim, 1, key, MembershipFlags::forward);
    EXPECT_EQ(this->forwarded(key), "if6 -> drop");
}

TYPED_TEST(Memberships, BothFlagsJoinThenForward) {
    const auto key = sg<TypeParam>(6, 1);
    EXPECT_EQ(this->add_error(this->pim, 1, key, MembershipFlags::join_and_forward),
              Errc::not_found);
    EXPECT_EQ(this->mgm().usage().memberships, 1u) << "the join stays";
    this->packet(key, 6);
    EXPECT_EQ(this->add_error(this->pim, 1, key, MembershipFlags::join_and_forward), std::nullopt);
    this->remove(this->pim, 1, key);
    EXPECT_EQ(this->forwarded(key), "if6 -> if1") << "forward-added as well";
    EXPECT_EQ(this->remove_error(this->pim, 1, key, MembershipFlags::join_and_forward),
              Errc::not_found);
    EXPECT_EQ(this->forwarded(key), "if6 -> if1") << "stopped at the membership";
}

TYPED_TEST(Memberships, VetoesSurviveRecomputation) {
    const auto key = sg<TypeParam>(6, 1);
    this->add(this->pim, 1, star_g<TypeParam>(1));
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->packet(key, 6);
    this->remove(this->pim, 1, key, MembershipFlags::forward);
    EXPECT_EQ(this->forwarded(key), "if6 -> if3");
    this->add(this->pim, 1, star_g<TypeParam>(1));
    EXPECT_EQ(this->forwarded(key), "if6 -> if3") << "it was there before";
    this->rib.add(RouteView::multicast, {network<TypeParam>(6), 5, source<TypeParam>(5), 0, 3});
    EXPECT_EQ(this->forwarded(key), "if5 -> if3") << "moved, the veto with it";
    this->add(this->pim, 1, sg<TypeParam>(6, 1));
    EXPECT_EQ(this->forwarded(key), "if5 -> if1 if3") << "the owner's new join ends it";
}

TYPED_TEST(Memberships, VetoesDoNotEndWithIgmpsJoin) {
    const auto key = sg<TypeParam>(6, 1);
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->packet(key, 6);
    this->remove(this->pim, 2, key, MembershipFlags::forward);
    this->add(this->igmp, 2, star_g<TypeParam>(1));
    EXPECT_EQ(this->forwarded(key), "if6 -> drop");
    this->add(this->pim, 2, key, MembershipFlags::forward);
    EXPECT_EQ(this->forwarded(key), "if6 -> if2") << "a forward-add takes the place of a veto";
}

TYPED_TEST(Memberships, OverridesEndWithTheEntryAndWithTheRelease) {
    const auto key = sg<TypeParam>(6, 1);
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->packet(key, 6);
    this->add(this->pim, 1, key, MembershipFlags::forward);
    this->release(this->pim, 1);
    EXPECT_EQ(this->forwarded(key), "if6 -> if3");
    this->remove(this->dvmrp, 3, key, MembershipFlags::forward);
    EXPECT_EQ(this->forwarded(key), "if6 -> drop");
    this->pass(seconds(900));
    EXPECT_EQ(this->forwarded(key), "nothing");
    this->packet(key, 6);
    EXPECT_EQ(this->forwarded(key), "if6 -> if3");
}

TYPED_TEST(Memberships, ExcludeSubtractsOnlyIgmpsOwnWildcard) {
    const auto group_key = star_g<TypeParam>(1);
    this->packet(sg<TypeParam>(6, 1), 6);
    this->packet(sg<TypeParam>(5, 1), 5);
    this->igmp_exclude(2, group_key, {source<TypeParam>(6), source<TypeParam>(6)});
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 1)), "if6 -> drop");
    EXPECT_EQ(this->forwarded(sg<TypeParam>(5, 1)), "if5 -> if2");
    EXPECT_THAT(this->told(),
                ElementsAre("pim local_join (*,G1) if2", "pim local_exclude (*,G1) if2 S6",
                            "dvmrp join (*,G1) member", "igmp join (*,G1) member"));

    this->add(this->pim, 2, group_key);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 1)), "if6 -> if2") << "what the owner wants stays";
    this->remove(this->pim, 2, group_key);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 1)), "if6 -> drop");
    this->add(this->igmp, 2, sg<TypeParam>(6, 1));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 1)), "if6 -> if2") << "(S,G) asks for it";
    this->remove(this->igmp, 2, sg<TypeParam>(6, 1));
    this->told();

    this->igmp_exclude(2, group_key, {source<TypeParam>(5)});
    EXPECT_THAT(this->told(), ElementsAre("pim local_exclude (*,G1) if2 S5"));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(6, 1)), "if6 -> if2");
    EXPECT_EQ(this->forwarded(sg<TypeParam>(5, 1)), "if5 -> drop");
    this->igmp_exclude(2, group_key, {source<TypeParam>(5)});
    EXPECT_THAT(this->told(), IsEmpty());
    this->add(this->igmp, 2, group_key);
    EXPECT_THAT(this->told(), ElementsAre("pim local_exclude (*,G1) if2"));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(5, 1)), "if5 -> if2");
}

TYPED_TEST(Memberships, OnlyIgmpsGroupJoinsExclude) {
    auto membership = this->on(2, star_g<TypeParam>(1));
    membership.exclude = {source<TypeParam>(6)};
    auto& mgm = this->mgm();
    EXPECT_EQ(error_of(mgm.add_membership(this->pim.handle, membership)), Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.delete_membership(this->igmp.handle, membership)),
              Errc::invalid_parameter);
    membership.key = sg<TypeParam>(6, 1);
    EXPECT_EQ(error_of(mgm.add_membership(this->igmp.handle, membership)), Errc::invalid_parameter);
    membership.key = SourceGroup<TypeParam>::any();
    EXPECT_EQ(error_of(mgm.add_membership(this->igmp.handle, membership)), Errc::invalid_parameter);
}

TYPED_TEST(Memberships, BoundariesKeepThemInactive) {
    const auto key = sg<TypeParam>(6, 1);
    this->add(this->pim, 1, star_g<TypeParam>(1));
    this->packet(key, 6);
    const Prefix<TypeParam> boundary{masked(group<TypeParam>(1), 24), 24};
    ASSERT_TRUE(this->mgm().set_boundaries(link<TypeParam>(1), {boundary}, 0));
    EXPECT_EQ(this->forwarded(key), "if6 -> drop");
    std::vector<MembershipRecord<TypeParam>> shown;
    this->mgm().visit_memberships([&](const auto& record) { shown.push_back(record); });
    ASSERT_EQ(shown.size(), 1u);
    EXPECT_TRUE(shown[0].inactive);
    EXPECT_TRUE(shown[0].by_owner);
    EXPECT_FALSE(shown[0].by_igmp);
    this->add(this->pim, 1, key, MembershipFlags::forward);
    EXPECT_EQ(this->forwarded(key), "if6 -> drop") << "not even by a forward-add";
    ASSERT_TRUE(this->mgm().set_boundaries(link<TypeParam>(1), {}, 0));
    EXPECT_EQ(this->forwarded(key), "if6 -> if1");
}

TEST(MembershipsV6, ScopeZonesBoundByNibble) {
    LinkTable<V6> links(
        {{.id = link<V6>(1), .next_hop_mac = {}, .boundaries = {}, .boundary_scope = 5}});
    EXPECT_TRUE(links.is_bounded(0, *parse_address<V6>("ff35::1")));
    EXPECT_TRUE(links.is_bounded(0, *parse_address<V6>("ff04::1")));
    EXPECT_FALSE(links.is_bounded(0, *parse_address<V6>("ff08::1")));
    EXPECT_TRUE(links.is_bounded(0, *parse_address<V6>("ff05::"), 16));
    EXPECT_FALSE(links.is_bounded(0, *parse_address<V6>("ff00::"), 8));
}

TEST(MembershipsV6, ScopeFIsReadAsE) {
    LinkTable<V6> links(
        {{.id = link<V6>(1), .next_hop_mac = {}, .boundaries = {}, .boundary_scope = 0xe}});
    EXPECT_TRUE(links.is_bounded(0, *parse_address<V6>("ff0f::1")));
}

template <class F>
class LocalSources : public MgmFixture<F> {
protected:
    /// pim owns 1 and 2; IGMP is on 2, whose members may not have what comes from net 1.
    void SetUp() override {
        for (InterfaceIndex index = 1; index <= 3; ++index) {
            this->interfaces.push_back({.id = link<F>(index)});
        }
        this->interfaces[1].local_sources.deny = {network<F>(1)};
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->pim, 2);
        this->take(this->igmp, 2);
    }
};
TYPED_TEST_SUITE(LocalSources, Families);

TYPED_TEST(LocalSources, ThatAreDeniedAreAsIfExcluded) {
    this->add(this->igmp, 2, star_g<TypeParam>(1));
    this->packet(sg<TypeParam>(1, 1), 1);
    this->packet(sg<TypeParam>(3, 1), 3);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(1, 1)), "if1 -> drop");
    EXPECT_EQ(this->forwarded(sg<TypeParam>(3, 1)), "if3 -> if2");
}

TYPED_TEST(LocalSources, DoNotBindTheOwnerOrWhoNamesThem) {
    this->packet(sg<TypeParam>(1, 1), 1);
    this->add(this->igmp, 2, sg<TypeParam>(1, 1));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(1, 1)), "if1 -> if2");
    this->remove(this->igmp, 2, sg<TypeParam>(1, 1));
    this->add(this->pim, 2, star_g<TypeParam>(1));
    EXPECT_EQ(this->forwarded(sg<TypeParam>(1, 1)), "if1 -> if2");
}

}  // namespace
}  // namespace mgmd::mgm::test
