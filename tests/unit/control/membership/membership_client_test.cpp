// SPDX-License-Identifier: Apache-2.0
#include "control/membership/membership_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/control_fixture.hpp"

namespace mgmd {
namespace {

using test::address;
using ::testing::ElementsAre;

constexpr InterfaceIndex kSource = 1;
constexpr InterfaceIndex kLeft = 2;

/// A routing protocol that counts what IGMP's receivers make it hear.
class Owner final : public mgm::ProtocolClient<V4> {
public:
    void on_local_join(const mgm::LocalMembership<V4>&) override { ++joins; }
    void on_local_leave(const mgm::LocalMembership<V4>&) override { ++leaves; }
    int joins = 0;
    int leaves = 0;
};

class MembershipClientTest : public ::testing::Test {
protected:
    MembershipClientTest() {
        auto& igmp = settings_.interfaces[kLeft - 1].ipv4.membership;
        igmp.enabled = true;
        igmp.static_joins = {{address<V4>("239.1.1.1"), {}},
                             {address<V4>("232.1.1.1"), address<V4>("10.1.0.10")}};
    }

    Settings settings_ = test::three_interfaces();
};

TEST_F(MembershipClientTest, StaticJoinsWantTheirGroups) {
    test::ManagerFixture<V4> mgm(settings_);
    MembershipClient<V4> igmp(mgm.manager, settings_, 0, mgm.membership_doors());
    ASSERT_TRUE(igmp.start());
    EXPECT_EQ(mgm.manager.protocol_on_interface({kLeft, {}})->protocol, mgm::kIgmpProtocol);
    EXPECT_FALSE(mgm.manager.protocol_on_interface({kSource, {}}));
    mgm.new_source("10.1.0.10", "239.1.1.1", kSource);
    EXPECT_THAT(mgm.outgoing("10.1.0.10", "239.1.1.1"), ElementsAre(kLeft));
}

TEST_F(MembershipClientTest, HandsOverToARoutingProtocolAndBackWithoutAGap) {
    test::ManagerFixture<V4> mgm(settings_);
    MembershipClient<V4> igmp(mgm.manager, settings_, 0, mgm.membership_doors());
    ASSERT_TRUE(igmp.start());
    mgm.new_source("10.1.0.10", "239.1.1.1", kSource);

    Owner owner;
    const auto handle = mgm.manager.register_protocol({77, 1}, owner).value();
    ASSERT_TRUE(mgm.manager.take_interface(handle, {kLeft, {}}));
    EXPECT_THAT(mgm.outgoing("10.1.0.10", "239.1.1.1"), ElementsAre(kLeft));
    mgm.run_posted();
    EXPECT_THAT(mgm.outgoing("10.1.0.10", "239.1.1.1"), ElementsAre(kLeft));
    EXPECT_EQ(owner.joins, 2);
    EXPECT_EQ(owner.leaves, 0);
    // The window is closed: nothing goes when its time is over.
    mgm.clock.advance(settings_.timers.igmp_handover_hold * 2);
    mgm.manager.run_timers(mgm.clock.now());
    EXPECT_THAT(mgm.outgoing("10.1.0.10", "239.1.1.1"), ElementsAre(kLeft));

    ASSERT_TRUE(mgm.manager.release_interface(handle, {kLeft, {}}));
    EXPECT_THAT(mgm.outgoing("10.1.0.10", "239.1.1.1"), ElementsAre(kLeft));
    mgm.run_posted();
    EXPECT_THAT(mgm.outgoing("10.1.0.10", "239.1.1.1"), ElementsAre(kLeft));
    EXPECT_EQ(mgm.manager.usage().memberships, 2u);
}

TEST_F(MembershipClientTest, AResyncPostedBeforeItsEndDoesNothing) {
    test::ManagerFixture<V4> mgm(settings_);
    Owner owner;
    {
        MembershipClient<V4> igmp(mgm.manager, settings_, 0, mgm.membership_doors());
        ASSERT_TRUE(igmp.start());
        const auto handle = mgm.manager.register_protocol({77, 1}, owner).value();
        ASSERT_TRUE(mgm.manager.take_interface(handle, {kLeft, {}}));
        ASSERT_FALSE(mgm.posted.empty());
    }
    mgm.run_posted();
    EXPECT_EQ(mgm.manager.usage().memberships, 0u);
}

}  // namespace
}  // namespace mgmd
