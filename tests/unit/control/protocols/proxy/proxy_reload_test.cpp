// SPDX-License-Identifier: Apache-2.0
// A proxy that becomes another one while it runs.
#include "tests/unit/control/protocols/proxy/proxy_fixture.hpp"

namespace mgmd::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr auto kJoin = RecordType::to_ex;

template <class F>
class ProxyReload : public ProxyFixture<F> {
protected:
    ProxyReload() {
        for (const auto index : {kWan, kBackup, kLeft, kRight}) {
            this->settings.interfaces[index - 1].protocol = InterfaceProtocol::proxy;
        }
    }

    /// What a reload does with settings that `change` has changed.
    template <class Change>
    Expected<> change(Change&& change) {
        const Settings before = this->settings;
        change(this->settings);
        auto changed = this->control->reconfigure(before);
        if (changed) {
            this->control->let_go();
        }
        this->pass(0s);
        return changed;
    }
    Expected<> upstream(std::vector<InterfaceIndex> upstream) {
        return change([&](Settings& now) { now.proxies[0].upstream = upstream; });
    }
    Expected<> downstream(std::vector<InterfaceIndex> downstream) {
        return change([&](Settings& now) { now.proxies[0].downstream = downstream; });
    }
    /// What is reported at once, and once more within a second.
    std::vector<std::string> reported_at_once() {
        auto lines = this->reported();
        this->pass(1s);
        EXPECT_THAT(this->reported(), testing::UnorderedElementsAreArray(lines)) << "repeated";
        return lines;
    }
    std::vector<std::string> sides() {
        std::vector<ProxySummary> summaries;
        this->control->append_proxies(summaries);
        std::vector<std::string> lines;
        for (const auto& each : summaries) {
            lines.push_back(each.side + ' ' + each.interface + ' ' + each.state);
        }
        return lines;
    }
};
TYPED_TEST_SUITE(ProxyReload, Families);

TYPED_TEST(ProxyReload, WhatIsJoinedMovesToAnotherUpstream) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->pass(1min);
    this->reported();
    ASSERT_TRUE(this->upstream({kBackup}));
    EXPECT_THAT(this->reported_at_once(),
                UnorderedElementsAre("backup TO_EX(1,{})", "wan TO_IN(1,{})"));
    this->packet(this->far(1), this->group(1), kBackup);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "backup -> left");
    this->packet(this->far(2), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->far(2), this->group(1)), "-> drop") << "wan is nobody's";
    this->query(kBackup, {}, 1);
    this->pass(1s);
    EXPECT_THAT(this->reported(), ElementsAre("backup IS_EX(1,{})"));
    EXPECT_THAT(this->sides(), ElementsAre("upstream backup in use", "downstream left forwarding",
                                           "downstream right forwarding"));
}

TYPED_TEST(ProxyReload, ABetterUpstreamIsUsedAtOnceAndOneThatIsDownIsNot) {
    this->settings.proxies[0].upstream = {kBackup};
    this->start({kWan});
    this->report(kLeft, kJoin, this->group(1));
    this->pass(1min);
    this->reported();
    ASSERT_TRUE(this->upstream({kWan, kBackup}));
    EXPECT_THAT(this->reported(), IsEmpty());
    EXPECT_THAT(this->sides(), Contains("upstream wan no link"));
    this->link(kWan, true);
    EXPECT_THAT(this->reported_at_once(),
                UnorderedElementsAre("wan TO_EX(1,{})", "backup TO_IN(1,{})"));
}

TYPED_TEST(ProxyReload, AnInterfaceThatComesHasItsMembersJoined) {
    this->start();
    const auto& owned = this->settings.interfaces[kOwned - 1];
    ASSERT_TRUE(this->change([](Settings& now) {
        auto& interface = now.interfaces[kOwned - 1];
        interface.protocol = InterfaceProtocol::proxy;
        interface.ipv4.membership.enabled = interface.ipv6.membership.enabled = true;
        now.proxies[0].downstream.push_back(kOwned);
    })) << owned.name;
    this->report(kOwned, kJoin, this->group(2));
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan TO_EX(2,{})"));
    this->packet(this->far(1), this->group(2), kWan);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(2)), "wan -> owned");
    this->packet(this->source(kOwned), this->group(2), kOwned);
    EXPECT_EQ(this->forwarded(this->source(kOwned), this->group(2)), "owned -> wan");
}

TYPED_TEST(ProxyReload, WhatOnlyMembersOfOneThatGoesWantedIsLeft) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->report(kRight, kJoin, this->group(1));
    this->report(kRight, kJoin, this->group(2));
    this->packet(this->far(1), this->group(1), kWan);
    this->packet(this->source(kLeft), this->group(3), kLeft);
    this->pass(1min);
    this->reported();
    const auto installs = this->table.installs;
    ASSERT_TRUE(this->change([](Settings& now) {
        now.proxies[0].downstream = {kLeft};
        auto& right = now.interfaces[kRight - 1];
        right.protocol = InterfaceProtocol::none;
        right.ipv4.membership.enabled = right.ipv6.membership.enabled = false;
    }));
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan TO_IN(2,{})"));
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> left");
    EXPECT_LE(this->table.installs, installs + 2) << "the flow from left is left alone";
}

TYPED_TEST(ProxyReload, OneThatGoesLeavesAndOneThatReturnsJoins) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->packet(this->far(1), this->group(1), kWan);
    this->pass(1min);
    this->reported();
    const auto proxies = this->settings.proxies;
    const auto protocol = [](InterfaceProtocol owner) {
        return [owner](Settings& now) {
            for (const auto index : {kWan, kBackup, kLeft, kRight}) {
                now.interfaces[index - 1].protocol = owner;
            }
            now.proxies.clear();
        };
    };
    ASSERT_TRUE(this->change(protocol(InterfaceProtocol::none)));
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan TO_IN(1,{})"));
    EXPECT_THAT(this->sides(), IsEmpty());
    ASSERT_TRUE(this->change([&](Settings& now) {
        protocol(InterfaceProtocol::proxy)(now);
        now.proxies = proxies;
    }));
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan TO_EX(1,{})"));
    this->packet(this->far(2), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->far(2), this->group(1)), "wan -> left");
    EXPECT_THAT(this->sides(), Contains("downstream left forwarding"));
}

TYPED_TEST(ProxyReload, SidesCanBeExchanged) {
    this->settings.proxies[0] = {};
    this->settings.proxies[0].upstream = {kWan};
    this->settings.proxies[0].downstream = {kLeft, kRight};
    this->start();
    this->report(kRight, kJoin, this->group(1));
    this->pass(1min);
    this->reported();
    ASSERT_TRUE(this->change([](Settings& now) {
        now.proxies[0].upstream = {kLeft};
        now.proxies[0].downstream = {kWan, kRight};
        auto& left = now.interfaces[kLeft - 1];
        left.ipv4.membership.enabled = left.ipv6.membership.enabled = false;
        auto& wan = now.interfaces[kWan - 1];
        wan.ipv4.membership.enabled = wan.ipv6.membership.enabled = true;
    }));
    EXPECT_THAT(this->reported(), UnorderedElementsAre("left TO_EX(1,{})", "wan TO_IN(1,{})"));
    this->report(kWan, kJoin, this->group(2));
    EXPECT_THAT(this->reported(), Contains("left TO_EX(2,{})"));
    this->packet(this->far(1), this->group(2), kLeft);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(2)), "left -> wan");
    this->packet(this->source(kRight), this->group(1), kRight);
    EXPECT_EQ(this->forwarded(this->source(kRight), this->group(1)), "right -> left");
}

TYPED_TEST(ProxyReload, AnotherVersionIsReportedWith) {
    this->start();
    ASSERT_TRUE(this->change([](Settings& now) {
        now.proxies[0].igmp_version = 2;
        now.proxies[0].mld_version = 1;
        now.proxies[0].robustness_variable = 3;
    }));
    this->report(kLeft, kJoin, this->group(1));
    this->pass(3s);
    EXPECT_THAT(this->reported(),
                ElementsAre("wan IS_EX(1,{})", "wan IS_EX(1,{})", "wan IS_EX(1,{})"));
    EXPECT_EQ(this->summary(kWan).reports, TypeParam::family == Family::ipv4 ? "igmpv2" : "mldv1");
}

TYPED_TEST(ProxyReload, WhatMgmRefusesCanBeTakenBack) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->pass(1min);
    this->reported();
    const auto sides = this->sides();
    const auto refused = this->downstream({kLeft, kRight, kOwned});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("owned"));
    ASSERT_TRUE(this->downstream({kLeft, kRight}));
    EXPECT_EQ(this->sides(), sides);
    EXPECT_THAT(this->reported(), IsEmpty());
    this->packet(this->far(1), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> left");
}

}  // namespace
}  // namespace mgmd::test
