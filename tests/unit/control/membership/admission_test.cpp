// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/control/membership/link_fixture.hpp"

/// What hosts may ask for. Past a limit, what is there stays as it is.
namespace mgmd::membership {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

template <class F>
class AdmissionTest : public test::LinkTest<F> {};
TYPED_TEST_SUITE(AdmissionTest, test::Families);

TYPED_TEST(AdmissionTest, GroupsOfTheLinkItselfMakeNoState) {
    this->settings.max_groups = 1;
    this->start();
    this->report(1, RecordType::to_ex, all_report_routers<TypeParam>());
    this->old_report(1, all_routers<TypeParam>());
    EXPECT_THAT(this->under_test->groups(), IsEmpty());
    EXPECT_EQ(this->count(LinkCount::link_scope_group), 2u);
    this->report(1, RecordType::to_ex, this->group(1));
    EXPECT_THAT(this->wanted, SizeIs(1)) << "nor do they use the limit";
}

TYPED_TEST(AdmissionTest, AddressesThatMakeNoSenseAreLeftOut) {
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

TYPED_TEST(AdmissionTest, GroupsAndSourcesByPrefix) {
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

TYPED_TEST(AdmissionTest, PastTheLimitOfGroupsMembersStayAsTheyAre) {
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

TYPED_TEST(AdmissionTest, PastTheLimitOfSourcesMembersStayAsTheyAre) {
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

TYPED_TEST(AdmissionTest, ReportsBeyondTheRateAreLeftAlone) {
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

TYPED_TEST(AdmissionTest, RouterAlertIsRequiredWhereItIsAskedFor) {
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

TYPED_TEST(AdmissionTest, RecordsOfUnknownTypesAndMalformedPacketsAreCounted) {
    this->start();
    this->hear(this->host(1), Report<TypeParam>{Generation::third, {}, 3});
    EXPECT_EQ(this->count(LinkCount::unknown_record), 3u);
    this->under_test->receive(std::vector<std::uint8_t>(40), this->clock.now());
    EXPECT_EQ(this->under_test->counters()[Malformed::network_header], 1u);
}

TYPED_TEST(AdmissionTest, ManyTimersRunInSlices) {
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
