// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/support/notice_log.hpp"
#include "tests/unit/control/membership/link_fixture.hpp"

/// What a link tells those who watch.
namespace mgmd::membership {
namespace {

using mgmd::test::NoticeLog;
using namespace std::chrono_literals;
using ::testing::ElementsAre;

template <class F>
class LinkNoticesTest : public test::LinkTest<F> {
protected:
    LinkNoticesTest() { this->reporter = monitor::Reporter(hub).on_interface(4); }

    monitor::Hub hub;
};
TYPED_TEST_SUITE(LinkNoticesTest, test::Families);

TYPED_TEST(LinkNoticesTest, TheFirstHostJoinsAndNobodyAnswersAfterTheLastLeft) {
    this->start();
    NoticeLog log(this->hub);
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(2, RecordType::is_ex, this->group(1));
    EXPECT_THAT(log.take(), ElementsAre("host join at 4: from any")) << "others add nothing";
    EXPECT_EQ(log.notices[0].host, RawAddress::from(this->host(1)));
    EXPECT_EQ(log.notices[0].group, RawAddress::from(this->group(1)));
    this->report(1, RecordType::to_in, this->group(1));
    EXPECT_THAT(log.take(), ElementsAre("host ask at 4: it leaves; do others want it?"));
    this->pass(5s);
    EXPECT_THAT(log.take(), ElementsAre("host leave at 4: no host answers"));
}

TYPED_TEST(LinkNoticesTest, HostsThatAreFollowedAreToldOfOneByOne) {
    this->settings.immediate_leave = true;
    this->start();
    NoticeLog log(this->hub);
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(2, RecordType::to_ex, this->group(1));
    this->report(1, RecordType::to_in, this->group(1));
    this->report(2, RecordType::to_in, this->group(1));
    EXPECT_THAT(log.take(),
                ElementsAre("host join at 4: from any", "host join at 4: from any",
                            "host leave at 4: others stay", "host leave at 4: the last one"));
}

TYPED_TEST(LinkNoticesTest, AChoiceOfSourcesIsToldOf) {
    this->start();
    NoticeLog log(this->hub);
    this->report(1, RecordType::allow, this->ssm_group(1), {1});
    this->report(1, RecordType::allow, this->ssm_group(1), {1, 2});
    this->report(1, RecordType::allow, this->ssm_group(1), {1, 2});
    const auto first = to_string(this->source(1));
    EXPECT_THAT(log.take(), ElementsAre("host join at 4: from " + first,
                                        "host sources at 4: from " + first + ", " +
                                            to_string(this->source(2))));
}

TYPED_TEST(LinkNoticesTest, EachChangeOfQuerierIsToldOf) {
    this->start(5);
    NoticeLog log(this->hub);
    this->query(3);
    this->query(4);
    this->query(2);
    this->query(2);
    EXPECT_THAT(log.take(), ElementsAre("querier other at 4", "querier other at 4"));
    EXPECT_EQ(log.notices[1].host, RawAddress::from(this->router(2)));
    this->pass(300s);
    EXPECT_THAT(log.take(), ElementsAre("querier own at 4"));
}

TYPED_TEST(LinkNoticesTest, WhatALimitLeavesOutIsToldOf) {
    this->settings.max_groups = 1;
    this->start();
    this->report(1, RecordType::to_ex, this->group(1));
    NoticeLog log(this->hub);
    this->report(1, RecordType::to_ex, this->group(2));
    EXPECT_THAT(log.take(), ElementsAre("refused report at 4: " + to_string(this->group(2)) +
                                        " not joined, groups are at their limit of 1"));
}

}  // namespace
}  // namespace mgmd::membership
