// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/control/protocols/proxy/proxy_fixture.hpp"

namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr auto kJoin = RecordType::to_ex;
constexpr auto kLeave = RecordType::to_in;

template <class F>
class Proxy : public ProxyFixture<F> {
protected:
    /// Each change is reported twice, the second time within a second.
    std::vector<std::string> reported_at_once() {
        auto lines = this->reported();
        this->pass(1s);
        EXPECT_THAT(this->reported(), testing::UnorderedElementsAreArray(lines)) << "repeated";
        return lines;
    }
};
TYPED_TEST_SUITE(Proxy, Families);

TYPED_TEST(Proxy, JoinsUpstreamWhatMembersJoin) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan TO_EX(1,{})"));
    EXPECT_EQ(this->summary(kWan).groups, 1u);
    EXPECT_EQ(this->summary(kLeft).groups, 1u);
    EXPECT_EQ(this->summary(kRight).groups, 0u);
}

TYPED_TEST(Proxy, LeavesUpstreamWhenTheLastMemberLeaves) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->report(kRight, kJoin, this->group(1));
    this->pass(2s);
    this->reported();
    this->report(kLeft, kLeave, this->group(1));
    this->pass(5s);
    EXPECT_THAT(this->reported(), IsEmpty());
    this->report(kRight, kLeave, this->group(1));
    this->pass(2s);  // last member query time
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan TO_IN(1,{})"));
    EXPECT_EQ(this->summary(kWan).groups, 0u);
}

/// RFC 4605 4.1: the subscriptions of the downstream interfaces are merged as RFC 9776 3.2 merges
/// those of sockets.
TYPED_TEST(Proxy, ReportsWhatAllMembersWantTogether) {
    this->start();
    const auto g = this->group(1);
    this->report(kLeft, RecordType::allow, g, {this->far(1)});
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan ALLOW(1,{1})"));
    this->report(kRight, RecordType::allow, g, {this->far(1), this->far(2)});
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan ALLOW(1,{2})"));
    this->report(kLeft, kJoin, g, {this->far(2), this->far(3)});
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan TO_EX(1,{3})"));
    this->report(kRight, kJoin, g);
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan ALLOW(1,{3})"));
}

TYPED_TEST(Proxy, AnswersGeneralQueriesUpstream) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->report(kRight, RecordType::allow, this->group(2), {this->far(1)});
    this->pass(1min);
    this->reported();
    this->query(kWan, {}, 1);
    this->pass(1s);
    EXPECT_THAT(this->reported(), ElementsAre("wan IS_EX(1,{})", "wan IS_IN(2,{1})"));
    const auto& wan = this->summary(kWan);
    EXPECT_EQ(wan.state, "in use");
    EXPECT_EQ(wan.reports, TypeParam::family == Family::ipv4 ? "igmpv3" : "mldv2");
}

TYPED_TEST(Proxy, SpeaksTheVersionOfTheRouterUpstream) {
    this->start();
    this->query(kWan, {.generation = Generation::second}, 1);
    this->report(kLeft, kJoin, this->group(1));
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan IS_EX(1,{})"));
    EXPECT_EQ(this->summary(kWan).reports, TypeParam::family == Family::ipv4 ? "igmpv2" : "mldv1");
}

/// RFC 4605 4.2: "A proxy device forwards packets received on its upstream interface to each
/// downstream interface based upon the downstream interface's subscriptions".
TYPED_TEST(Proxy, SendsWhatComesFromUpstreamToMembersOnly) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->packet(this->far(1), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> left");
    this->packet(this->far(1), this->group(2), kWan);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(2)), "wan -> drop");
    this->report(kRight, kJoin, this->group(2));
    EXPECT_EQ(this->forwarded(this->far(1), this->group(2)), "wan -> right");
}

/// "A proxy device forwards packets received on any downstream interface to the upstream interface,
/// and to each downstream interface other than the incoming interface based upon the downstream
/// interfaces' subscriptions".
TYPED_TEST(Proxy, SendsWhatComesFromDownstreamUpstreamAndToOtherMembers) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->report(kRight, kJoin, this->group(1));
    const auto local = this->source(kLeft);
    this->packet(local, this->group(1), kLeft);
    EXPECT_EQ(this->forwarded(local, this->group(1)), "left -> wan right");
    this->packet(local, this->group(2), kLeft);
    EXPECT_EQ(this->forwarded(local, this->group(2)), "left -> wan");
}

/// MGM 20: no route, so the packet says where the source is.
TYPED_TEST(Proxy, TakesSourcesWithoutARouteFromWhereTheyAre) {
    this->start();
    this->report(kRight, kJoin, this->group(1));
    this->packet(this->far(1), this->group(1), kLeft);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "left -> wan right");
    this->packet(this->far(2), this->group(1), kBackup);
    EXPECT_EQ(this->forwarded(this->far(2), this->group(1)), "wan -> right");
}

TYPED_TEST(Proxy, TakesSourcesOfAnUpstreamSubnetFromTheUpstreamInUse) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->packet(this->source(kBackup), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->source(kBackup), this->group(1)), "wan -> left");
}

/// RFC 4605 4.2: "based upon [...] whether or not this proxy device is the IGMP/MLD Querier on each
/// interface", and the entries that are there follow.
TYPED_TEST(Proxy, LeavesMembersToAnotherQuerier) {
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->packet(this->far(1), this->group(1), kWan);
    ASSERT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> left");
    this->pass(2s);
    this->reported();

    this->query(kLeft, {.max_response = 10s}, 1);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> drop");
    EXPECT_EQ(this->summary(kLeft).state, "not querier");
    // What downstream sources send goes upstream all the same.
    this->packet(this->source(kLeft), this->group(1), kLeft);
    EXPECT_EQ(this->forwarded(this->source(kLeft), this->group(1)), "left -> wan");
    // RFC 4605 4.1 merges the subscriptions of all interfaces.
    EXPECT_THAT(this->reported(), IsEmpty());

    for (int passed = 0; passed < 300; passed += 50) {
        this->report(kLeft, RecordType::is_ex, this->group(1));
        this->pass(50s);  // until after the other querier present interval, 255 s
    }
    EXPECT_EQ(this->summary(kLeft).state, "forwarding");
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> left");
}

TYPED_TEST(Proxy, ExcludesSourcesOnTheLinkThatExcludesThem) {
    this->start();
    this->report(kLeft, kJoin, this->group(1), {this->far(1)});
    this->report(kRight, kJoin, this->group(1));
    this->packet(this->far(1), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> right");
    this->packet(this->far(2), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->far(2), this->group(1)), "wan -> left right");
}

/// deny_sources holds whether hosts ask for the source by name or for any.
TYPED_TEST(Proxy, DeniedSourcesStayAway) {
    auto& left = this->settings.interfaces[kLeft - 1];
    left.ipv4.membership.sources.deny = {*parse_prefix<V4>("10.99.0.201/32")};
    left.ipv6.membership.sources.deny = {*parse_prefix<V6>("fd00:99::201/128")};
    this->start();
    this->report(kLeft, kJoin, this->group(1));
    this->report(kRight, kJoin, this->group(1));
    this->packet(this->far(1), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> right");
    this->packet(this->far(2), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->far(2), this->group(1)), "wan -> left right");
}

TYPED_TEST(Proxy, StaticJoinsAreMembers) {
    auto& left = this->settings.interfaces[kLeft - 1];
    left.ipv4.membership.static_joins = {{*parse_address<V4>("239.1.1.1"), {}}};
    left.ipv6.membership.static_joins = {{*parse_address<V6>("ff1e::1"), {}}};
    this->start();
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan TO_EX(1,{})"));
    this->packet(this->far(1), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> left");
}

TYPED_TEST(Proxy, JoinsWhatOtherProtocolsOfTheTableWant) {
    this->settings.ipv4.joins.push_back({kOwned, {*parse_address<V4>("239.1.1.1"), {}}});
    this->settings.ipv6.joins.push_back({kOwned, {*parse_address<V6>("ff1e::1"), {}}});
    this->start();
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan TO_EX(1,{})"));
    this->packet(this->far(1), this->group(1), kWan);
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> owned");
}

TYPED_TEST(Proxy, IsOfAFamilyThatHasMembersDownstream) {
    for (const auto index : {kLeft, kRight}) {
        this->settings.interfaces[index - 1].ipv4.membership.enabled = false;
        this->settings.interfaces[index - 1].ipv6.membership.enabled = false;
    }
    this->start();
    EXPECT_EQ(this->control->manager().protocol_on_interface({kWan, {}}).error().code,
              mgm::Errc::not_found);
    std::vector<ProxySummary> summaries;
    this->control->append_proxies(summaries);
    EXPECT_THAT(summaries, IsEmpty());
}

template <class F>
class ProxyFailover : public Proxy<F> {
protected:
    void SetUp() override {
        this->start();
        this->report(kLeft, kJoin, this->group(1));
        this->packet(this->far(1), this->group(1), kWan);
        this->packet(this->source(kLeft), this->group(1), kLeft);
        this->pass(2s);
        this->reported();
        ASSERT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> left");
    }
};
TYPED_TEST_SUITE(ProxyFailover, Families);

TYPED_TEST(ProxyFailover, GoesToTheNextUpstreamAndBack) {
    this->link(kWan, false);
    EXPECT_EQ(this->summary(kWan).state, "no link");
    EXPECT_EQ(this->summary(kBackup).state, "in use");
    EXPECT_THAT(this->reported_at_once(), ElementsAre("backup TO_EX(1,{})"));
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "backup -> left");
    EXPECT_EQ(this->forwarded(this->source(kLeft), this->group(1)), "left -> backup");

    this->link(kWan, true);
    EXPECT_EQ(this->summary(kWan).state, "in use");
    EXPECT_EQ(this->summary(kBackup).state, "standby");
    const auto lines = this->reported();
    EXPECT_THAT(lines, ElementsAre("wan TO_EX(1,{})", "backup TO_IN(1,{})"));
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> left");
    EXPECT_EQ(this->forwarded(this->source(kLeft), this->group(1)), "left -> wan");
}

TYPED_TEST(ProxyFailover, OfTheStandbyChangesNothing) {
    this->link(kBackup, false);
    EXPECT_EQ(this->summary(kBackup).state, "no link");
    this->link(kBackup, true);
    EXPECT_THAT(this->reported(), IsEmpty());
    EXPECT_EQ(this->forwarded(this->far(1), this->group(1)), "wan -> left");
}

TYPED_TEST(ProxyFailover, WithoutAnyLinkWaitsForTheFirst) {
    this->link(kBackup, false);
    this->link(kWan, false);
    this->report(kLeft, kJoin, this->group(2));
    EXPECT_THAT(this->reported(), IsEmpty());
    this->link(kWan, true);
    EXPECT_THAT(this->reported_at_once(), ElementsAre("wan TO_EX(1,{})", "wan TO_EX(2,{})"));
}

TYPED_TEST(ProxyFailover, MovesSourcesThatAnUpstreamRouteLeadsTo) {
    const auto local = this->source(kWan);
    this->packet(local, this->group(1), kWan);
    ASSERT_EQ(this->forwarded(local, this->group(1)), "wan -> left");
    this->link(kWan, false);
    EXPECT_EQ(this->forwarded(local, this->group(1)), "backup -> left");
}

TYPED_TEST(Proxy, StartsOnTheUpstreamThatHasALink) {
    this->start({kWan});
    this->report(kLeft, kJoin, this->group(1));
    EXPECT_THAT(this->reported_at_once(), ElementsAre("backup TO_EX(1,{})"));
    EXPECT_EQ(this->summary(kBackup).state, "in use");
}

TYPED_TEST(Proxy, DoesNotQueryALinkThatIsDownFromTheStart) {
    this->start({kLeft});
    this->pass(1min);
    for (const auto& packet : this->sent) {
        EXPECT_NE(packet.interface, kLeft);
    }
    EXPECT_EQ(this->summary(kLeft).state, "not querier");
    this->sent.clear();
    this->link(kLeft, true);
    EXPECT_THAT(this->sent, Not(IsEmpty()));
    EXPECT_EQ(this->summary(kLeft).state, "forwarding");
}

}  // namespace
}  // namespace mgmd::test
