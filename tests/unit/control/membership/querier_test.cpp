// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/control/membership/link_fixture.hpp"

/// The election, start-up and general queries: RFC 9776 6.6.2 and 8, RFC 9777 7.6.2 and 9.
namespace mgmd::membership {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

template <class F>
class QuerierTest : public test::LinkTest<F> {};
TYPED_TEST_SUITE(QuerierTest, test::Families);

TYPED_TEST(QuerierTest, AsksQuicklyAtTheStartAndThenAtItsInterval) {
    this->start();
    ASSERT_THAT(this->sent, SizeIs(1));
    EXPECT_EQ(this->sent[0], (Query<TypeParam>{Generation::third, {}, {}, 10s, false, 2, 100s}));
    this->pass(25s);  // 8.6, 8.7: as many as the robustness variable, a quarter apart
    EXPECT_THAT(this->sent, SizeIs(2));
    this->pass(99s);
    EXPECT_THAT(this->sent, SizeIs(2));
    this->pass(1s);
    EXPECT_THAT(this->sent, SizeIs(3));
    this->pass(1000s);
    EXPECT_THAT(this->sent, SizeIs(13));
}

TYPED_TEST(QuerierTest, StartUpQueriesAreAsConfigured) {
    this->settings.startup_query_count = 4;
    this->settings.startup_query_interval = 3s;
    this->start();
    this->pass(9s);
    EXPECT_THAT(this->sent, SizeIs(4));
    this->pass(99s);
    EXPECT_THAT(this->sent, SizeIs(4));
}

TYPED_TEST(QuerierTest, OlderVersionAsksAsConfigured) {
    --this->settings.version;
    this->start();
    EXPECT_EQ(this->sent.at(0).generation, Generation::second);
}

TYPED_TEST(QuerierTest, YieldsToALowerAddress) {
    this->start(5);
    this->take_sent();
    this->query(9);
    EXPECT_EQ(this->under_test->querier().role(), Role::querier);
    this->query(3);
    EXPECT_EQ(this->under_test->querier().role(), Role::non_querier);
    EXPECT_EQ(this->under_test->querier().elected(), this->router(3));
    this->pass(150s);
    EXPECT_THAT(this->sent, IsEmpty());
    this->query(4);  // not the elected one: keeps nobody in office
    this->query(2);
    EXPECT_EQ(this->under_test->querier().elected(), this->router(2));
}

TYPED_TEST(QuerierTest, TakesOverWhenTheOtherIsGone) {
    this->start(1);
    this->take_sent();
    this->settings.query_interval = 100s;
    const auto lower = this->router(0);
    Query<TypeParam> query;
    query.max_response = 10s;
    this->hear(lower, query);
    ASSERT_EQ(this->under_test->querier().role(), Role::non_querier);
    this->pass(2 * 100s + 5s - 1ms);  // 8.5: other querier present interval
    EXPECT_THAT(this->sent, IsEmpty());
    this->pass(1ms);
    EXPECT_EQ(this->under_test->querier().role(), Role::querier);
    EXPECT_THAT(this->sent, SizeIs(1)) << "and asks at once";
}

TYPED_TEST(QuerierTest, AdoptsWhatTheElectedQuerierSays) {
    this->start(1);
    Query<TypeParam> query;
    query.max_response = 10s;
    query.robustness = 3;
    query.interval = 60s;
    this->hear(this->router(0), query);
    EXPECT_EQ(this->under_test->querier().timing().robustness, 3);
    EXPECT_EQ(this->under_test->querier().timing().membership_interval(), 3 * 60s + 10s);
    query.robustness = 0;  // 4.1.6, 4.1.7: zero says nothing, and the own values hold
    query.interval = 0s;
    this->hear(this->router(0), query);
    EXPECT_EQ(this->under_test->querier().timing().membership_interval(), 2 * 100s + 10s);
}

TYPED_TEST(QuerierTest, AQueryWithoutASourceNeverWins) {
    this->start();
    Query<TypeParam> query;
    query.max_response = 10s;
    this->hear({}, query);
    EXPECT_EQ(this->under_test->querier().role(), Role::querier);
    EXPECT_EQ(this->count(LinkCount::unspecified_query), 1u);
}

TYPED_TEST(QuerierTest, ItsOwnQueriesChangeNothing) {
    this->start(1);
    this->query(1);
    EXPECT_EQ(this->under_test->querier().role(), Role::querier);
    EXPECT_EQ(this->count(LinkCount::own_query), 1u);
}

TYPED_TEST(QuerierTest, QueriesOfAnOlderVersionAreCounted) {
    this->start(5);
    Query<TypeParam> query;
    query.generation = Generation::second;
    this->query(3, query);
    EXPECT_EQ(this->count(LinkCount::older_querier), 1u);
    EXPECT_EQ(this->under_test->querier().role(), Role::non_querier);
}

TYPED_TEST(QuerierTest, WithoutAnAddressItListensOnly) {
    this->start(0);
    this->report(1, RecordType::to_ex, this->group(1));
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({}));
    this->report(1, RecordType::to_in, this->group(1));
    this->pass(1s);
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({})) << "nobody asked the others";
    this->query(3);
    EXPECT_EQ(this->under_test->querier().elected(), this->router(3));
    this->pass(1000s);
    EXPECT_EQ(this->under_test->querier().role(), Role::listener);
    EXPECT_THAT(this->sent, IsEmpty());
    EXPECT_THAT(this->wanted, IsEmpty()) << "its timers run";
}

TYPED_TEST(QuerierTest, ALinkThatIsDownKeepsItsStateAndIsAskedWhenItComesUp) {
    this->start();
    this->report(1, RecordType::to_ex, this->group(1));
    this->take_sent();
    this->under_test->link_down();
    this->pass(150s);
    EXPECT_THAT(this->sent, IsEmpty());
    EXPECT_EQ(this->wanted_of(this->group(1)), this->all_but({}));
    this->under_test->link_up(this->clock.now());
    this->run();
    EXPECT_THAT(this->sent, SizeIs(1));
    this->pass(25s);
    EXPECT_THAT(this->sent, SizeIs(2)) << "as at the start";
    this->pass(this->membership_interval());
    EXPECT_THAT(this->wanted, IsEmpty());
}

TYPED_TEST(QuerierTest, QueriesThatCantBeSentAreCounted) {
    this->can_send = false;
    this->start();
    EXPECT_EQ(this->count(LinkCount::queries_not_sent), 1u);
    EXPECT_EQ(this->count(LinkCount::queries_sent), 0u);
}

}  // namespace
}  // namespace mgmd::membership
