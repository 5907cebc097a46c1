// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/control/membership/link_fixture.hpp"

/// Following each host, so that the last one's leave needs no question.
namespace mgmd::membership {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

template <class F>
class ImmediateLeaveTest : public test::LinkTest<F> {
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

TYPED_TEST(ImmediateLeaveTest, HostsAreCountedInEachGroupUntilTheyLeave) {
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(2, RecordType::to_ex, this->group(1));
    this->report(2, RecordType::allow, this->ssm_group(1), {1});
    EXPECT_EQ(this->under_test->hosts(), 3u);
    this->report(1, RecordType::to_in, this->group(1));
    EXPECT_EQ(this->under_test->hosts(), 2u);
    this->report(2, RecordType::to_in, this->group(1));
    this->report(2, RecordType::block, this->ssm_group(1), {1});
    EXPECT_EQ(this->under_test->hosts(), 0u);
}

class ImmediateLeaveIgmpTest : public ImmediateLeaveTest<V4> {};

TEST_F(ImmediateLeaveIgmpTest, HostsWithoutAnAddressAreNotFollowed) {
    report(1, RecordType::to_ex, group(1));
    hear({}, Report<V4>{Generation::third, {{RecordType::to_ex, group(1), {}}}});
    report(1, RecordType::to_in, group(1));
    EXPECT_EQ(wanted_of(group(1)), all_but({}));
    EXPECT_THAT(specific(), SizeIs(1));
}

TYPED_TEST(ImmediateLeaveTest, AHostThatWantsAllMayAnswerForASingleSource) {
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(2, RecordType::to_ex, this->group(1), {1});
    this->report(2, RecordType::block, this->group(1), {2});
    this->report(1, RecordType::is_in, this->group(1), {2});  // RFC 9776 5.2
    this->report(2, RecordType::to_in, this->group(1));
    EXPECT_EQ(this->wanted_of(this->group(1)).mode, FilterMode::exclude) << "host 1 wants all";
}

TYPED_TEST(ImmediateLeaveTest, WithTheLastThatWantsAllGoneTheSourcesWantedByNameStay) {
    this->report(1, RecordType::to_ex, this->group(1));
    this->report(2, RecordType::allow, this->group(1), {1});
    this->report(1, RecordType::is_ex, this->group(1));  // deletes (X-A): source 1 is wanted anyway
    this->report(1, RecordType::to_in, this->group(1));
    EXPECT_EQ(this->wanted_of(this->group(1)), this->only({1}));
}

TYPED_TEST(ImmediateLeaveTest, AHostThatIsGoneIsForgotten) {
    this->report(1, RecordType::to_ex, this->group(1));
    this->pass(200s);
    this->report(2, RecordType::is_ex, this->group(1));
    this->pass(10s);
    this->report(2, RecordType::to_in, this->group(1));
    EXPECT_THAT(this->wanted, IsEmpty()) << "host 1 has been silent for too long";
}

}  // namespace
}  // namespace mgmd::membership
