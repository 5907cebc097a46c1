// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/static_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/control_fixture.hpp"

namespace mgmd {
namespace {

using test::address;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr InterfaceIndex kSource = 1;
constexpr InterfaceIndex kLeft = 2;
constexpr InterfaceIndex kRight = 3;

class StaticClientTest : public ::testing::Test {
protected:
    StaticClientTest() {
        for (auto& interface : settings_.interfaces) {
            interface.protocol = InterfaceProtocol::static_routes;
        }
    }

    Settings settings_ = test::three_interfaces();
};

TEST_F(StaticClientTest, JoinsAreMembershipsLikeAnyOther) {
    settings_.ipv4.joins = {{kRight, {address<V4>("239.1.1.1"), {}}},
                            {kLeft, {address<V4>("232.1.1.1"), address<V4>("10.1.0.10")}}};
    test::ManagerFixture<V4> mgm(settings_);
    StaticClient<V4> client(mgm.manager, settings_, 0);
    ASSERT_TRUE(client.start());
    mgm.new_source("10.1.0.10", "239.1.1.1", kSource);
    mgm.new_source("10.1.0.10", "232.1.1.1", kSource);
    mgm.new_source("10.1.0.11", "232.1.1.1", kSource);
    EXPECT_THAT(mgm.outgoing("10.1.0.10", "239.1.1.1"), ElementsAre(kRight));
    EXPECT_THAT(mgm.outgoing("10.1.0.10", "232.1.1.1"), ElementsAre(kLeft));
    EXPECT_THAT(mgm.outgoing("10.1.0.11", "232.1.1.1"), IsEmpty());
}

TEST_F(StaticClientTest, MroutesArePublishedAtStart) {
    StaticMroute<V6> mroute;
    mroute.key.group = address<V6>("ff1e::");
    mroute.key.group_length = 32;
    mroute.accept.interfaces = {kSource};
    const Outgoing out{kRight, 7, MacAddress{{2, 0, 0, 0, 0, 9}}};
    mroute.outgoing = {out};
    settings_.ipv6.mroutes = {mroute};
    test::ManagerFixture<V6> mgm(settings_);
    StaticClient<V6> client(mgm.manager, settings_, 0);
    ASSERT_TRUE(client.start());
    ASSERT_EQ(mgm.table.entries.size(), 1u);
    const auto& entry = mgm.table.entries.begin()->second;
    EXPECT_EQ(entry.key.group_length, 32);
    EXPECT_THAT(entry.accept.interfaces, ElementsAre(kSource));
    EXPECT_THAT(entry.outgoing, ElementsAre(out));
}

TEST_F(StaticClientTest, LeavesWhatBelongsToOthersAlone) {
    settings_.interfaces[kLeft - 1].protocol = InterfaceProtocol::none;
    settings_.interfaces[kRight - 1].table = 9;
    StaticMroute<V4> elsewhere;
    elsewhere.key.table = 9;
    elsewhere.key.group = address<V4>("239.1.1.1");
    elsewhere.accept.interfaces = {kRight};
    settings_.ipv4.mroutes = {elsewhere};
    test::ManagerFixture<V4> mgm(settings_);
    StaticClient<V4> client(mgm.manager, settings_, 0);
    ASSERT_TRUE(client.start());
    EXPECT_TRUE(mgm.table.entries.empty());
    EXPECT_TRUE(mgm.manager.protocol_on_interface({kSource, {}}));
    EXPECT_FALSE(mgm.manager.protocol_on_interface({kLeft, {}}));
    EXPECT_FALSE(mgm.manager.protocol_on_interface({kRight, {}}));
}

TEST_F(StaticClientTest, StopTakesEverythingBack) {
    settings_.ipv4.joins = {{kRight, {address<V4>("239.1.1.1"), {}}}};
    test::ManagerFixture<V4> mgm(settings_);
    {
        StaticClient<V4> client(mgm.manager, settings_, 0);
        ASSERT_TRUE(client.start());
    }
    EXPECT_FALSE(mgm.manager.protocol_on_interface({kRight, {}}));
    EXPECT_EQ(mgm.manager.usage().memberships, 0u);
    StaticClient<V4> again(mgm.manager, settings_, 0);
    EXPECT_TRUE(again.start());
}

TEST_F(StaticClientTest, ARefusalNamesTheItem) {
    settings_.limits.groups_per_interface = 1;
    settings_.ipv4.joins = {{kRight, {address<V4>("239.1.1.1"), {}}},
                            {kRight, {address<V4>("239.1.1.2"), {}}}};
    test::ManagerFixture<V4> mgm(settings_);
    StaticClient<V4> client(mgm.manager, settings_, 0);
    const auto started = client.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().exit_code, ExitCode::configuration);
    EXPECT_THAT(started.error().message, HasSubstr("239.1.1.2"));
    EXPECT_THAT(started.error().message, HasSubstr("right"));
}

}  // namespace
}  // namespace mgmd
