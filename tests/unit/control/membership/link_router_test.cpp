// SPDX-License-Identifier: Apache-2.0
#include "control/membership/link_router.hpp"

#include <gmock/gmock.h>

#include "tests/unit/control/membership/link_fixture.hpp"

namespace mgmd::membership {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

template <class F>
class LinkRouterTest : public test::LinkTest<F> {};
TYPED_TEST_SUITE(LinkRouterTest, test::Families);
class LinkRouterIgmpTest : public LinkRouterTest<V4> {};

TYPED_TEST(LinkRouterTest, WhatHostsAskForIsWantedUntilNobodyRepeatsIt) {
    this->start();
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(2, RecordType::allow, this->ssm_group(1), {3, 4});
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({}));
    EXPECT_EQ(this->wanted_of(this->ssm_group(1)), this->only({3, 4}));
    this->pass(200s);
    this->report(2, RecordType::is_in, this->ssm_group(1), {4});
    this->pass(10s);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->only({}));
    EXPECT_EQ(this->wanted_of(this->ssm_group(1)), this->only({4}));
    this->pass(200s);
    EXPECT_THAT(this->wanted, IsEmpty());
    EXPECT_THAT(this->under_test->groups(), IsEmpty());
    EXPECT_EQ(this->under_test->deadlines().size(), 0u);
}

TYPED_TEST(LinkRouterTest, ALeaveIsAskedAboutAsOftenAsItHasToBe) {
    this->start();
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(1, RecordType::to_in, this->group(1));
    EXPECT_THAT(this->specific(), ElementsAre(this->about_group(1)));
    this->pass(999ms);
    EXPECT_THAT(this->specific(), IsEmpty());
    this->pass(1ms);
    EXPECT_THAT(this->specific(), ElementsAre(this->about_group(1)));
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({}));
    this->pass(1s);  // 8.8.1: last member query time, 2 x 1 s
    EXPECT_THAT(this->wanted, IsEmpty());
    EXPECT_THAT(this->specific(), IsEmpty());
}

TYPED_TEST(LinkRouterTest, AnAnswerKeepsTheGroupAndSetsTheSFlag) {
    this->start();
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(1, RecordType::to_in, this->group(1));
    this->take_sent();
    this->report(2, RecordType::is_ex, this->group(1));
    this->pass(1s);
    EXPECT_THAT(this->specific(), ElementsAre(this->about_group(1, true)));
    this->pass(100s);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({}));
}

TYPED_TEST(LinkRouterTest, ALeaveWhileMembersAreBeingAskedChangesNothing) {
    this->start();
    this->report(1, RecordType::to_ex, this->group(1));
    for (int i = 0; i < 10; ++i) {
        this->report(1, RecordType::to_in, this->group(1));
    }
    EXPECT_THAT(this->specific(), SizeIs(1));
    this->pass(2s);
    EXPECT_THAT(this->wanted, IsEmpty());
}

TYPED_TEST(LinkRouterTest, BlockedSourcesAreAskedAboutAndThoseAnsweredForSuppressed) {
    this->start();
    this->report(1, RecordType::allow, this->group(1), {1, 2, 3});
    this->report(1, RecordType::block, this->group(1), {1, 2});
    EXPECT_THAT(this->specific(), ElementsAre(this->about_sources(1, {1, 2})));
    this->report(2, RecordType::is_in, this->group(1), {1});
    this->pass(1s);
    // 6.6.3.2: two queries, the first with the S flag
    EXPECT_THAT(this->specific(),
                ElementsAre(this->about_sources(1, {1}, true), this->about_sources(1, {2})));
    this->pass(1s);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->only({1, 3}));
}

TYPED_TEST(LinkRouterTest, FromExcludeToIncludeNothingThatIsWantedIsLost) {
    this->start();
    this->report(1, RecordType::to_ex, this->group(1), {1});
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({1}));
    this->report(1, RecordType::to_in, this->group(1), {1, 2});
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({}));
    this->pass(2s);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->only({1, 2}));
}

TYPED_TEST(LinkRouterTest, AsksOftenerWithAGreaterCount) {
    this->settings.last_member_query_count = 5;
    this->start();
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(1, RecordType::to_in, this->group(1));
    this->pass(10s);
    EXPECT_THAT(this->specific(), SizeIs(5));
}

TYPED_TEST(LinkRouterTest, ARouterThatIsNotQuerierFollowsTheQueriersQueries) {
    this->start(5);
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(1, RecordType::allow, this->group(2), {1, 2});
    this->query(3);
    this->take_sent();
    this->report(1, RecordType::to_in, this->group(1));
    this->pass(50s);
    EXPECT_THAT(this->sent, IsEmpty());
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({})) << "the querier has not asked";
    auto suppressed = this->about_group(1, true);
    this->query(3, suppressed);
    this->pass(3s);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({})) << "6.6.1: the S flag";
    this->query(7, this->about_group(1));
    this->pass(3s);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({})) << "not the elected querier";
    this->query(3, this->about_group(1));
    this->query(3, this->about_sources(2, {2}));
    this->pass(2s);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->only({}));
    EXPECT_EQ(this->wanted_of(this->group(2)), this->only({1}));
}

// RFC 9776 7.3.2, RFC 9777 8.3.2

TYPED_TEST(LinkRouterTest, AnOlderHostKeepsOthersFromTakingAnythingAway) {
    this->start();
    this->old_report(1, this->group(1));
    EXPECT_EQ(this->count(LinkCount::older_reports_received), 1u);
    this->report(2, RecordType::to_ex, this->group(1), {1});
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({})) << "TO_EX({1}) is TO_EX({})";
    this->report(2, RecordType::block, this->group(1), {2});
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({}));
    EXPECT_EQ(this->count(LinkCount::older_hosts), 1u);
    // 8.13: older host present interval
    this->pass(this->membership_interval() - 1s);
    this->report(2, RecordType::is_ex, this->group(1));
    this->pass(1s);
    this->report(2, RecordType::block, this->group(1), {2});
    this->pass(2s);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({2})) << "it is gone";
}

TYPED_TEST(LinkRouterTest, AnOlderHostsLeaveIsAskedAbout) {
    this->start();
    this->old_report(1, this->group(1));
    this->leave(1, this->group(1));
    EXPECT_EQ(this->count(LinkCount::leaves_received), 1u);
    EXPECT_THAT(this->specific(), ElementsAre(this->about_group(1)));
    this->pass(2s);
    EXPECT_THAT(this->wanted, IsEmpty());
}

TEST_F(LinkRouterIgmpTest, WithAnIgmpv1HostLeavesAreIgnored) {
    start();
    old_report(1, group(1), Generation::first);
    leave(2, group(1));
    report(3, RecordType::to_in, group(1));
    EXPECT_EQ(count(LinkCount::older_hosts), 2u);
    pass(100s);
    EXPECT_EQ(wanted_of(group(1)), all_but({}));
    pass(membership_interval());
    EXPECT_THAT(wanted, IsEmpty());
}

TYPED_TEST(LinkRouterTest, ARouterOfAnOlderVersionIgnoresNewerReports) {
    --this->settings.version;
    this->start();
    this->report(1, RecordType::to_ex, this->group(1));
    EXPECT_THAT(this->wanted, IsEmpty());
    EXPECT_EQ(this->count(LinkCount::newer_version), 1u);
    this->old_report(1, this->group(1));
    this->leave(1, this->group(1));
    const auto asked = this->specific();
    ASSERT_THAT(asked, SizeIs(1));
    EXPECT_EQ(asked[0].generation, Generation::second);
}

// RFC 4604

TYPED_TEST(LinkRouterTest, SourceSpecificGroupsAreNeverJoinedWithoutASource) {
    this->start();
    this->report(1, RecordType::to_ex, this->ssm_group(1));
    this->report(1, RecordType::is_ex, this->ssm_group(1), {1});
    this->old_report(1, this->ssm_group(1));
    this->leave(1, this->ssm_group(1));
    EXPECT_THAT(this->wanted, IsEmpty());
    EXPECT_EQ(this->count(LinkCount::ssm_range), 4u);
}

TYPED_TEST(LinkRouterTest, StaticMappingWorksForARouterOfAnOlderVersion) {
    --this->settings.version;
    this->settings.ssm_mapping = {
        {{this->ssm_group(1), TypeParam::address_bits}, this->sources({1})}};
    this->start();
    this->old_report(1, this->ssm_group(1));
    EXPECT_EQ(this->wanted_of(this->ssm_group(1)), this->only({1}));
    this->leave(1, this->ssm_group(1));
    this->pass(2s);
    EXPECT_THAT(this->wanted, IsEmpty());
}

TYPED_TEST(LinkRouterTest, StaticMappingGivesOlderHostsTheirSources) {
    this->settings.ssm_mapping = {
        {{this->ssm_group(0), TypeParam::address_bits - 4}, this->sources({1, 2})}};
    this->start();
    this->old_report(1, this->ssm_group(1));
    EXPECT_EQ(this->wanted_of(this->ssm_group(1)), this->only({1, 2}));
    this->report(2, RecordType::to_ex, this->ssm_group(1));
    EXPECT_EQ(this->count(LinkCount::ssm_range), 1u) << "of the current version is not mapped";
    this->report(2, RecordType::allow, this->ssm_group(1), {3});
    this->leave(1, this->ssm_group(1));
    EXPECT_THAT(this->specific(), SizeIs(1));
    this->pass(2s);
    EXPECT_EQ(this->wanted_of(this->ssm_group(1)), this->only({3}));
}

TYPED_TEST(LinkRouterTest, OtherSettingsLeaveWhatHostsWant) {
    this->start();
    this->report(1, RecordType::is_ex, this->group(1));
    this->report(1, RecordType::is_ex, this->group(2));
    this->take_sent();
    this->settings.query_interval = 20s;
    this->settings.groups.deny = {{this->group(2), TypeParam::address_bits}};
    this->under_test->reconfigure(this->clock.now());
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({}));
    EXPECT_TRUE(this->wanted_of(this->group(2)).nothing()) << "nobody may want it any more";
    this->pass(20s);
    ASSERT_FALSE(this->sent.empty()) << "the next query comes as the new interval has it";
    EXPECT_EQ(this->sent.back().interval, 20s);
    this->report(1, RecordType::is_ex, this->group(2));
    EXPECT_TRUE(this->wanted_of(this->group(2)).nothing());
    EXPECT_EQ(this->count(LinkCount::group_denied), 1u);
}

TYPED_TEST(LinkRouterTest, OtherSettingsLeaveTheQuerierItsOffice) {
    this->start(5);
    this->query(1);
    ASSERT_EQ(this->under_test->querier().role(), Role::non_querier);
    this->settings.query_interval = 20s;
    this->under_test->reconfigure(this->clock.now());
    EXPECT_EQ(this->under_test->querier().role(), Role::non_querier);
    EXPECT_EQ(this->under_test->querier().elected(), this->router(1));
}

}  // namespace
}  // namespace mgmd::membership
