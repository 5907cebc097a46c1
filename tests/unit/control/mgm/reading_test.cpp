// SPDX-License-Identifier: Apache-2.0
// Retrieval and enumeration (30 - 32).
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

using testing::UnorderedElementsAre;

template <class F>
class Reading : public MgmFixture<F> {
protected:
    /// pim owns 1, dvmrp 3 and 5; (*,G1) leaves by 3 and 5.
    void SetUp() override {
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->dvmrp, 3);
        this->take(this->dvmrp, 5);
        this->add(this->dvmrp, 3, star_g<F>(1));
        this->add(this->dvmrp, 5, star_g<F>(1));
    }
    /// In order: (S1,G1), (S6,G1), (*,G2) installed, (S1,G3), (*,G256/..) installed.
    void fill() {
        for (const auto& key : {sg<F>(6, 1), sg<F>(1, 3), sg<F>(1, 1)}) {
            this->packet(key, 1);
        }
        InstalledRoute<F> route;
        route.accept = {link<F>(1)};
        route.outgoing = {{link<F>(5), {}}, {link<F>(3), {}}};
        route.key = star_g<F>(2);
        EXPECT_TRUE(this->mgm().install_route(this->pim.handle, route));
        route.key = {.group = group<F>(256), .group_length = F::address_bits - 8};
        EXPECT_TRUE(this->mgm().install_route(this->pim.handle, route));
    }
    const std::string range_name = "(*,G256/" + std::to_string(F::address_bits - 8) + ')';

    template <class R>
    static std::vector<std::string> names(const std::vector<R>& records) {
        std::vector<std::string> all;
        for (const R& record : records) {
            all.push_back(name_of(record.key));
        }
        return all;
    }
    std::vector<SourceGroup<F>> joined(EnumerationType type) {
        const auto handle = this->mgm().start_group_enumeration(this->pim.handle, type);
        const auto page = this->mgm().next_groups(*handle, 100'000);
        EXPECT_EQ(page->status(), Errc::no_more_items);
        EXPECT_TRUE(this->mgm().end_group_enumeration(*handle));
        return page->records;
    }
};
TYPED_TEST_SUITE(Reading, Families);

TYPED_TEST(Reading, SizesAreThoseOfTheDocumentedStructures) {
    EXPECT_EQ(mfe_octets<V4>(0), 60u);
    EXPECT_EQ(mfe_octets<V4>(3), 60u + 3 * 16);
    EXPECT_EQ(mfe_stats_octets<V4>(3), 84u + 3 * 28);
    EXPECT_EQ(source_group_octets<V4>(), 16u);
}

TYPED_TEST(Reading, AnEntryIsShownWhole) {
    this->packet(sg<TypeParam>(1, 1), 1);
    this->clock.advance(milliseconds(12'345));
    const auto record = this->mgm().get_mfe(sg<TypeParam>(1, 1));
    ASSERT_TRUE(record);
    MfeRecord<TypeParam> expected;
    expected.key = sg<TypeParam>(1, 1);
    expected.incoming = link<TypeParam>(1);
    expected.incoming_protocol = 100;
    expected.route = {kRouteProtocolLocal, network<TypeParam>(1)};
    expected.up_time = seconds(12);
    expected.expiry_time = seconds(197);
    expected.timeout = seconds(210);
    expected.accept.interfaces = {1};
    expected.outgoing = {link<TypeParam>(3), link<TypeParam>(5)};
    EXPECT_EQ(*record, expected);
    EXPECT_EQ(error_of(this->mgm().get_mfe(sg<TypeParam>(2, 1))), Errc::not_found);
    EXPECT_EQ(error_of(this->mgm().get_mfe_stats(sg<TypeParam>(2, 1))), Errc::not_found);
}

TYPED_TEST(Reading, StatisticsComeFromTheForwarder) {
    const auto key = sg<TypeParam>(1, 1);
    this->packet(key, 1);
    this->clock.advance(milliseconds(1'239));
    EntryCounters& counts = this->table.counts[this->route_key(key)];
    counts = {.packets = 10,
              .octets = 1000,
              .wrong_interface = 3,
              .negative_hits = 4,
              .ttl_expired = 5,
              .outgoing = {{3, 9, 1, 0, 2}, {5, 7, 0, 6, 1}}};
    const auto stats = this->mgm().get_mfe_stats(key);
    ASSERT_TRUE(stats);
    EXPECT_EQ(stats->up_time, Centiseconds(123));
    EXPECT_EQ(stats->expiry_time, Centiseconds(20'876));
    EXPECT_EQ(stats->packets, 10u);
    EXPECT_EQ(stats->octets, 1000u);
    EXPECT_EQ(stats->wrong_interface, 3u);
    EXPECT_EQ(stats->negative_hits, 4u);
    EXPECT_EQ(stats->header_errors, 5u);
    EXPECT_EQ(stats->uninitialised, 1u);
    EXPECT_EQ(stats->total_out, 16u);
    EXPECT_EQ(stats->discards, 3u);
    ASSERT_EQ(stats->outgoing.size(), 2u);
    EXPECT_EQ(stats->outgoing[0], (OutgoingStats<TypeParam>{.interface = link<TypeParam>(3),
                                                            .ttl_too_low = 1,
                                                            .too_big = 0,
                                                            .out_packets = 9,
                                                            .out_discards = 2}));
    EXPECT_EQ(stats->outgoing[1].too_big, 6u);
}

TYPED_TEST(Reading, GoesByGroupThenSource) {
    this->fill();
    const auto page = this->mgm().first_mfes(100'000);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->status(), Errc::no_more_items);
    EXPECT_THAT(this->names(page->records),
                ElementsAre("(S1,G1)", "(S6,G1)", "(*,G2)", "(S1,G3)", this->range_name));
}

TYPED_TEST(Reading, PagesHoldWholeEntries) {
    this->fill();
    const std::size_t two = 2 * mfe_octets<TypeParam>(2);
    const auto first = this->mgm().first_mfes(two + 10);
    EXPECT_EQ(first->status(), Errc::more_data);
    EXPECT_THAT(this->names(first->records), ElementsAre("(S1,G1)", "(S6,G1)"));
    const auto second = this->mgm().next_mfes(first->records.back().key, two);
    EXPECT_EQ(second->status(), Errc::more_data);
    EXPECT_THAT(this->names(second->records), ElementsAre("(*,G2)", "(S1,G3)"));
    const auto third = this->mgm().next_mfes(second->records.back().key, two);
    EXPECT_EQ(third->status(), Errc::no_more_items);
    EXPECT_THAT(this->names(third->records), ElementsAre(this->range_name));
    const auto fourth = this->mgm().next_mfes(third->records.back().key, 0);
    EXPECT_EQ(fourth->status(), Errc::no_more_items);
    EXPECT_THAT(fourth->records, IsEmpty());
}

TYPED_TEST(Reading, SaysHowMuchTheFirstEntryNeeds) {
    this->fill();
    const std::size_t needed = mfe_octets<TypeParam>(2);
    const auto page = this->mgm().first_mfes(needed - 1);
    ASSERT_EQ(error_of(page), Errc::insufficient_buffer);
    EXPECT_EQ(page.error().needed, needed);
    EXPECT_EQ(this->mgm().first_mfes(needed)->records.size(), 1u);
    const auto one = this->mgm().get_mfe(sg<TypeParam>(1, 1), needed - 1);
    ASSERT_EQ(error_of(one), Errc::insufficient_buffer);
    EXPECT_EQ(one.error().needed, needed);
    EXPECT_TRUE(this->mgm().get_mfe(sg<TypeParam>(1, 1), needed));
    const auto stats = this->mgm().first_mfes_stats(mfe_stats_octets<TypeParam>(2) - 1);
    ASSERT_EQ(error_of(stats), Errc::insufficient_buffer);
    EXPECT_EQ(stats.error().needed, mfe_stats_octets<TypeParam>(2));
}

TYPED_TEST(Reading, ContinuesAfterAKeyThatIsGone) {
    this->fill();
    const auto page = this->mgm().next_mfes(sg<TypeParam>(3, 1), 100'000);
    EXPECT_THAT(this->names(page->records),
                ElementsAre("(S6,G1)", "(*,G2)", "(S1,G3)", this->range_name));
    const auto stats = this->mgm().next_mfes_stats(sg<TypeParam>(3, 1), 100'000);
    EXPECT_EQ(this->names(stats->records), this->names(page->records));
}

TYPED_TEST(Reading, IsARangeToo) {
    EXPECT_TRUE(this->mgm().mfes().begin() == this->mgm().mfes().end());
    this->fill();
    std::vector<std::string> seen;
    for (const MfeRecord<TypeParam>& record : this->mgm().mfes()) {
        seen.push_back(name_of(record.key));
        this->pass(seconds(300));  // what data made expires meanwhile
    }
    EXPECT_THAT(seen, ElementsAre("(S1,G1)", "(*,G2)", "(S1,G3)", this->range_name));
    std::size_t installed = 0;
    for (const MfeStats<TypeParam>& stats : this->mgm().mfes_stats()) {
        installed += stats.expiry_time == Centiseconds(0) ? 1 : 0;
    }
    EXPECT_EQ(installed, 2u);
}

TYPED_TEST(Reading, EnumerationsListEachGroupOrEachSourceOnce) {
    const SourceGroup<TypeParam> range{.group = masked(group<TypeParam>(1), 24),
                                       .group_length = 24};
    this->add(this->pim, 1, star_g<TypeParam>(1));
    this->add(this->pim, 1, sg<TypeParam>(6, 1));
    this->add(this->dvmrp, 3, sg<TypeParam>(2, 1));
    this->add(this->dvmrp, 3, sg<TypeParam>(2, 2));
    this->add(this->dvmrp, 3, range);
    this->add(this->dvmrp, 3, SourceGroup<TypeParam>::any());
    const auto any = SourceGroup<TypeParam>::any();
    EXPECT_THAT(this->joined(EnumerationType::any_source),
                UnorderedElementsAre(any, range, star_g<TypeParam>(1), star_g<TypeParam>(2)));
    EXPECT_THAT(this->joined(EnumerationType::all_sources),
                UnorderedElementsAre(any, range, star_g<TypeParam>(1), sg<TypeParam>(2, 1),
                                     sg<TypeParam>(6, 1), sg<TypeParam>(2, 2)));
}

TYPED_TEST(Reading, EnumerationsAreSnapshotsInPages) {
    this->add(this->pim, 1, star_g<TypeParam>(2));
    this->add(this->pim, 1, star_g<TypeParam>(3));
    auto& mgm = this->mgm();
    const auto handle = mgm.start_group_enumeration(this->pim.handle, EnumerationType::any_source);
    ASSERT_TRUE(handle);
    this->add(this->pim, 1, star_g<TypeParam>(4));
    this->remove(this->pim, 1, star_g<TypeParam>(2));
    const std::size_t item = source_group_octets<TypeParam>();
    const auto small = mgm.next_groups(*handle, item - 1);
    ASSERT_EQ(error_of(small), Errc::insufficient_buffer);
    EXPECT_EQ(small.error().needed, item);
    const auto first = mgm.next_groups(*handle, 2 * item + 1);
    EXPECT_EQ(first->status(), Errc::more_data);
    EXPECT_EQ(first->records.size(), 2u);
    const auto second = mgm.next_groups(*handle, 2 * item);
    EXPECT_EQ(second->status(), Errc::no_more_items);
    EXPECT_EQ(second->records.size(), 1u);
    const auto third = mgm.next_groups(*handle, 2 * item);
    EXPECT_EQ(third->status(), Errc::no_more_items);
    EXPECT_THAT(third->records, IsEmpty());
    EXPECT_TRUE(mgm.end_group_enumeration(*handle));
    EXPECT_EQ(error_of(mgm.next_groups(*handle, item)), Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.end_group_enumeration(*handle)), Errc::invalid_parameter);
    const auto another = mgm.start_group_enumeration(this->pim.handle, EnumerationType::any_source);
    EXPECT_NE(*another, *handle);
    EXPECT_EQ(error_of(mgm.next_groups(*handle, item)), Errc::invalid_parameter);
}

TYPED_TEST(Reading, MembershipsShowWhoseTheyAre) {
    this->take(this->igmp, 1);
    auto with_exclude = this->on(1, star_g<TypeParam>(2));
    with_exclude.exclude = {source<TypeParam>(6), source<TypeParam>(2)};
    ASSERT_TRUE(this->mgm().add_membership(this->igmp.handle, with_exclude));
    std::vector<MembershipRecord<TypeParam>> shown;
    this->mgm().visit_memberships([&](const auto& record) { shown.push_back(record); });
    ASSERT_EQ(shown.size(), 3u);
    EXPECT_EQ(shown[0].interface, link<TypeParam>(3));
    EXPECT_EQ(shown[1].interface, link<TypeParam>(5));
    EXPECT_TRUE(shown[0].by_owner);
    EXPECT_TRUE(shown[2].by_igmp);
    EXPECT_FALSE(shown[2].by_owner);
    EXPECT_FALSE(shown[2].inactive);
    EXPECT_THAT(shown[2].exclude, ElementsAre(source<TypeParam>(2), source<TypeParam>(6)));
}

TYPED_TEST(Reading, MembershipsAreFoundKeyByKey) {
    this->add(this->dvmrp, 3, sg<TypeParam>(1, 1));
    Log keys;
    std::optional<SourceGroup<TypeParam>> key;
    while ((key = this->mgm().next_membership_key(key))) {
        keys.push_back(name_of(*key));
    }
    EXPECT_THAT(keys, ElementsAre("(*,G1)", "(S1,G1)"));
    const auto shown = this->mgm().memberships(star_g<TypeParam>(1));
    ASSERT_EQ(shown.size(), 2u);
    EXPECT_EQ(shown[0].interface, link<TypeParam>(3));
    EXPECT_EQ(shown[1].interface, link<TypeParam>(5));
    EXPECT_TRUE(shown[1].by_owner);
    EXPECT_EQ(this->mgm().memberships(star_g<TypeParam>(7)).size(), 0u);
}

TYPED_TEST(Reading, ClientsAreShownWithTheirInterfaces) {
    this->take(this->igmp, 1);
    const auto clients = this->mgm().clients();
    ASSERT_EQ(clients.size(), 3u);
    EXPECT_EQ(clients[0].name, (ProtocolName{100, 1}));
    EXPECT_THAT(clients[0].interfaces, ElementsAre(link<TypeParam>(1)));
    EXPECT_THAT(clients[1].interfaces, ElementsAre(link<TypeParam>(3), link<TypeParam>(5)));
    EXPECT_THAT(clients[2].interfaces, ElementsAre(link<TypeParam>(1)));
}

}  // namespace
}  // namespace mgmd::mgm::test
