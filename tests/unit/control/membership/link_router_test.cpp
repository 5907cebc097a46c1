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
class LinkRouterTest : public test::LinkTest<F> {
protected:
    /// The specific queries since the last look, without the general ones.
    std::vector<Query<F>> specific() {
        auto queries = this->take_sent();
        std::erase_if(queries, [](const auto& query) { return query.is_general(); });
        return queries;
    }
    Query<F> about_group(int number, bool suppress = false) {
        return {Generation::third, this->group(number), {}, 1s, suppress, 2, 100s};
    }
    Query<F> about_sources(int number, const std::set<int>& numbers, bool suppress = false) {
        auto query = about_group(number, suppress);
        query.sources = this->sources(numbers);
        return query;
    }
};
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

// Immediate leave

template <class F>
class ImmediateLeaveTest : public LinkRouterTest<F> {
protected:
    ImmediateLeaveTest() {
        this->settings.immediate_leave = true;
        this->start();
        this->take_sent();
    }
};
TYPED_TEST_SUITE(ImmediateLeaveTest, test::Families);

TYPED_TEST(ImmediateLeaveTest, TheLastHostsLeaveIsFollowedAtOnce) {
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(2, RecordType::to_ex, this->group(1));
    this->report(1, RecordType::to_in, this->group(1));
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({}));
    this->report(2, RecordType::is_ex, this->group(1));
    this->take_sent();
    this->report(2, RecordType::to_in, this->group(1));
    EXPECT_THAT(this->wanted, IsEmpty());
    EXPECT_THAT(this->sent, IsEmpty());
    EXPECT_EQ(this->count(LinkCount::immediate_leave), 1u);
}

TYPED_TEST(ImmediateLeaveTest, ASourceGoesWithItsLastHost) {
    this->report(1, RecordType::allow, this->ssm_group(1), {1, 2});
    this->report(2, RecordType::allow, this->ssm_group(1), {2});
    this->report(1, RecordType::block, this->ssm_group(1), {1, 2});
    EXPECT_EQ(this->wanted_of(this->ssm_group(1)), this->only({2}));
    this->report(2, RecordType::block, this->ssm_group(1), {2});
    EXPECT_THAT(this->wanted, IsEmpty());
}

TYPED_TEST(ImmediateLeaveTest, AHostThatWantsAllButSomeKeepsTheOthers) {
    this->report(1, RecordType::to_ex, this->group(1), {1});
    this->report(2, RecordType::allow, this->group(1), {1, 2});
    this->report(1, RecordType::to_in, this->group(1));
    EXPECT_EQ(this->wanted_of(this->group(1)), this->only({1, 2}));
}

TYPED_TEST(ImmediateLeaveTest, WhereAnOlderHostReportsNobodyIsKnownForSure) {
    this->report(1, RecordType::to_ex, this->group(1));
    this->old_report(2, this->group(1));
    this->report(1, RecordType::to_in, this->group(1));
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({}));
    EXPECT_THAT(this->specific(), SizeIs(1));
    EXPECT_EQ(this->count(LinkCount::immediate_leave), 0u);
}

class ImmediateLeaveIgmpTest : public ImmediateLeaveTest<V4> {};

TEST_F(ImmediateLeaveIgmpTest, HostsWithoutAnAddressAreNotFollowed) {
    report(1, RecordType::to_ex, group(1));
    hear({}, Report<V4>{Generation::third, {{RecordType::to_ex, group(1), {}}}});
    report(1, RecordType::to_in, group(1));
    EXPECT_EQ(wanted_of(group(1)), all_but({}));
    EXPECT_THAT(specific(), SizeIs(1));
}

TYPED_TEST(ImmediateLeaveTest, AHostThatIsGoneIsForgotten) {
    this->report(1, RecordType::to_ex, this->group(1));
    this->pass(200s);
    this->report(2, RecordType::is_ex, this->group(1));
    this->pass(10s);
    this->report(2, RecordType::to_in, this->group(1));
    EXPECT_THAT(this->wanted, IsEmpty()) << "host 1 has been silent for too long";
}

// Policy and limits: what is there stays

TYPED_TEST(LinkRouterTest, GroupsOfTheLinkItselfMakeNoState) {
    this->settings.max_groups = 1;
    this->start();
    this->report(1, RecordType::to_ex, all_report_routers<TypeParam>());
    this->old_report(1, all_routers<TypeParam>());
    EXPECT_THAT(this->under_test->groups(), IsEmpty());
    EXPECT_EQ(this->count(LinkCount::link_scope_group), 2u);
    this->report(1, RecordType::to_ex, this->group(1));
    EXPECT_THAT(this->wanted, SizeIs(1)) << "nor do they use the limit";
}

TYPED_TEST(LinkRouterTest, AddressesThatMakeNoSenseAreLeftOut) {
    this->start();
    this->report(1, RecordType::to_ex, this->source(1));
    EXPECT_EQ(this->count(LinkCount::bad_group), 1u);
    Record<TypeParam> record{RecordType::allow, this->group(1), this->sources({1})};
    record.sources.push_back({});
    record.sources.push_back(this->group(2));
    record.sources.push_back(this->source(1));
    this->report(1, record);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->only({1}));
    EXPECT_EQ(this->count(LinkCount::bad_source), 2u);
}

TYPED_TEST(LinkRouterTest, GroupsAndSourcesByPrefix) {
    const auto one = [](const auto& address) {
        return Prefix<TypeParam>{address, TypeParam::address_bits};
    };
    this->settings.groups.allow = {one(this->group(1)), one(this->group(2))};
    this->settings.groups.deny = {one(this->group(2))};
    this->settings.sources.deny = {one(this->source(9))};
    this->start();
    this->report(1, RecordType::to_ex, this->group(2));
    this->report(1, RecordType::to_ex, this->group(3));
    EXPECT_EQ(this->count(LinkCount::group_denied), 2u);
    EXPECT_THAT(this->wanted, IsEmpty());
    this->report(1, RecordType::allow, this->group(1), {1, 9});
    EXPECT_EQ(this->wanted_of(this->group(1)), this->only({1}));
    EXPECT_EQ(this->count(LinkCount::source_denied), 1u);
}

TYPED_TEST(LinkRouterTest, PastTheLimitOfGroupsMembersStayAsTheyAre) {
    this->settings.max_groups = 2;
    this->start();
    for (int i = 1; i <= 4; ++i) {
        this->report(1, RecordType::to_ex, this->group(i));
    }
    EXPECT_EQ(this->count(LinkCount::group_limit), 2u);
    EXPECT_THAT(this->wanted, SizeIs(2));
    this->report(1, RecordType::block, this->group(1), {1});
    this->pass(2s);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({1}));
}

TYPED_TEST(LinkRouterTest, PastTheLimitOfSourcesMembersStayAsTheyAre) {
    this->settings.max_sources_per_group = 3;
    this->start();
    this->report(1, RecordType::allow, this->group(1), {5, 6});
    this->report(1, RecordType::allow, this->group(1), {1, 2, 5});
    EXPECT_EQ(this->wanted_of(this->group(1)), this->only({1, 5, 6}));
    EXPECT_EQ(this->count(LinkCount::source_limit), 1u);
    this->report(1, RecordType::to_ex, this->group(1), {1, 2, 3, 4, 5});
    EXPECT_EQ(this->under_test->groups().begin()->second.group.filter().sources().size(), 3u);
    EXPECT_EQ(this->count(LinkCount::source_limit), 3u);
}

TYPED_TEST(LinkRouterTest, ReportsBeyondTheRateAreLeftAlone) {
    this->settings.report_rate = 10;
    this->start();
    for (int i = 1; i <= 15; ++i) {
        this->report(1, RecordType::to_ex, this->group(i));
    }
    EXPECT_THAT(this->wanted, SizeIs(10));
    EXPECT_EQ(this->count(LinkCount::report_rate), 5u);
    this->pass(200ms);
    for (int i = 11; i <= 15; ++i) {
        this->report(1, RecordType::to_ex, this->group(i));
    }
    EXPECT_THAT(this->wanted, SizeIs(12));
}

TYPED_TEST(LinkRouterTest, RouterAlertIsRequiredWhereItIsAskedFor) {
    this->settings.check_router_alert = true;
    this->start();
    Message<TypeParam> message;
    message.source = this->host(1);
    message.router_alert = false;
    message.body = Report<TypeParam>{Generation::third, {{RecordType::to_ex, this->group(1), {}}}};
    this->under_test->receive(message, this->clock.now());
    EXPECT_EQ(this->count(LinkCount::no_router_alert), 1u);
    EXPECT_THAT(this->wanted, IsEmpty());
    message.router_alert = true;
    this->under_test->receive(message, this->clock.now());
    EXPECT_THAT(this->wanted, SizeIs(1));
}

TYPED_TEST(LinkRouterTest, RecordsOfUnknownTypesAndMalformedPacketsAreCounted) {
    this->start();
    this->hear(this->host(1), Report<TypeParam>{Generation::third, {}, 3});
    EXPECT_EQ(this->count(LinkCount::unknown_record), 3u);
    this->under_test->receive(std::vector<std::uint8_t>(40), this->clock.now());
    EXPECT_EQ(this->under_test->counters()[Malformed::network_header], 1u);
}

TYPED_TEST(LinkRouterTest, ManyTimersRunInSlices) {
    this->start();
    for (int i = 1; i <= 20; ++i) {
        this->report(1, RecordType::to_ex, this->group(i));
    }
    this->clock.advance(this->membership_interval());
    this->under_test->run_timers(this->clock.now(), 8);
    EXPECT_THAT(this->wanted, SizeIs(12));
    EXPECT_LE(*this->under_test->next_deadline(), this->clock.now());
    this->under_test->run_timers(this->clock.now(), 12);
    EXPECT_THAT(this->wanted, IsEmpty());
}

}  // namespace
}  // namespace mgmd::membership
