// SPDX-License-Identifier: Apache-2.0
// Hosts among routers of older versions: RFC 9776 7.2 (RFC 9777 8.2), and what RFC 2236 3
// (RFC 2710 4) has hosts do.
#include "tests/unit/control/membership/host/host_fixture.hpp"

namespace mgmd::membership::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kSecond = Generation::second;
constexpr auto kThird = Generation::third;

template <class F>
class OlderQuerier : public HostLink<F> {
    void SetUp() override {
        this->start();
        this->want(1, this->all_but({8}));
        this->want(2, this->only({5}));
        this->pass(1h);
        this->sent();
    }

protected:
    void hear_report(int number, RecordType type = RecordType::is_ex) {
        this->hear(Report<F>{kSecond, {{type, this->group(number), {}}}});
    }
    /// Both groups have been reported, and nothing is pending.
    void fall_back() {
        this->ask_older(kSecond);
        this->pass(11s);
        this->sent();
        ASSERT_EQ(this->host->generation(), kSecond);
    }
};
TYPED_TEST_SUITE(OlderQuerier, Families);

TYPED_TEST(OlderQuerier, IsAnsweredInItsVersionGroupByGroup) {
    this->ask_older(kSecond);
    EXPECT_EQ(this->host->generation(), kSecond);
    this->pass(1min);
    EXPECT_THAT(this->sent(), ElementsAre("+5.0s v2 report G1", "+5.0s v2 report G2"));
    EXPECT_EQ(this->host->counters().older_queries, 1u);
}

/// RFC 9776 8.12: the robustness variable times the query interval, and the query's response time.
TYPED_TEST(OlderQuerier, IsRememberedForItsTime) {
    this->ask_older(kSecond);
    this->pass(2 * 125s + 10s - 1ms);
    EXPECT_EQ(this->host->generation(), kSecond);
    this->pass(1ms);
    EXPECT_EQ(this->host->generation(), kThird);
    this->sent();
    this->ask();
    this->pass(1min);
    EXPECT_THAT(this->sent(), ElementsAre("+5.0s IS_EX(G1,{S8}) IS_IN(G2,{S5})"));
}

/// RFC 9776 7.2.1: the mode follows general queries.
TYPED_TEST(OlderQuerier, ThatAsksAboutAGroupChangesNothing) {
    this->ask_older(kSecond, 1);
    EXPECT_EQ(this->host->generation(), kThird);
    this->pass(1min);
    EXPECT_THAT(this->sent(), ElementsAre("+5.0s IS_EX(G1,{S8})"));
}

/// "Whenever a host changes its compatibility mode, it cancels all its pending response and
/// retransmission timers."
TYPED_TEST(OlderQuerier, CancelsWhatIsPending) {
    this->want(3, this->all_but({}));
    this->ask(1, {}, 2s);
    this->want(2, this->only({}));
    this->sent();
    this->ask_older(kSecond);
    this->pass(1min);
    EXPECT_THAT(this->sent(), ElementsAre("+5.0s v2 report G1", "+5.0s v2 report G3"));
}

TYPED_TEST(OlderQuerier, IsToldOfNewGroupsOften) {
    this->fall_back();
    this->want(3, this->only({1}));
    this->pass(1min);
    EXPECT_THAT(this->sent(), ElementsAre("+0.0s v2 report G3", "+0.5s v2 report G3"));
}

TYPED_TEST(OlderQuerier, IsToldOfLeavesOnce) {
    this->fall_back();
    this->want(1, this->only({}));
    this->pass(1min);
    EXPECT_THAT(this->sent(), ElementsAre("+0.0s v2 leave G1"));
    EXPECT_EQ(this->host->counters().leaves_sent, 1u);
    EXPECT_EQ(this->host->groups().size(), 1u);
}

/// RFC 4605 4.1: "All other changes are ignored."
TYPED_TEST(OlderQuerier, IsNotToldOfSources) {
    this->fall_back();
    this->want(1, this->all_but({7, 8}));
    this->want(2, this->all_but({}));
    this->pass(1min);
    EXPECT_THAT(this->sent(), IsEmpty());
}

/// RFC 2236 3: "If the host receives another host's Report [...] while it has a timer running, it
/// stops its timer for the specified group and does not send a Report".
TYPED_TEST(OlderQuerier, IsSparedAnAnswerThatAnotherHostGives) {
    this->ask_older(kSecond);
    this->pass(1s);
    this->hear_report(1);
    this->hear_report(9);
    this->hear_report(2, RecordType::to_in);
    this->pass(1min);
    EXPECT_THAT(this->sent(), ElementsAre("+5.0s v2 report G2"));
    EXPECT_EQ(this->host->counters().suppressed, 1u);
    EXPECT_EQ(this->host->counters().reports_heard, 3u);
}

TYPED_TEST(OlderQuerier, ReportsOfOthersMeanNothingToTheThirdGeneration) {
    this->ask();
    this->hear_report(1);
    this->pass(1min);
    EXPECT_THAT(this->sent(), ElementsAre("+5.0s IS_EX(G1,{S8}) IS_IN(G2,{S5})"));
}

/// RFC 2236 3: a running timer is reset "only if the requested Max Response Time is less than the
/// remaining value of the running timer".
TYPED_TEST(OlderQuerier, HurriesAnAnswerOnlyIfItMust) {
    this->ask_older(kSecond);  // answers in 5 s
    this->ask_older(kSecond, 1, 6s);
    this->ask_older(kSecond, 2, 4s);
    this->pass(1min);
    EXPECT_THAT(this->sent(), ElementsAre("+2.0s v2 report G2", "+5.0s v2 report G1"));
}

/// An older report can't name a source, and routers ignore it in the source-specific range
/// (RFC 4604 2.2).
TYPED_TEST(OlderQuerier, IsNotToldOfSourceSpecificGroups) {
    this->fall_back();
    this->host->want({{this->ssm_group(1), this->only({5})}}, this->clock.now());
    this->ask_older(kSecond);
    this->pass(10s);
    EXPECT_THAT(this->sent(), ElementsAre("+5.0s v2 report G1", "+5.0s v2 report G2"));
    EXPECT_EQ(this->host->counters().ssm_range, 3u);  // two of the join, one answer
}

TYPED_TEST(OlderQuerier, IsWhatAHostOfAnOlderVersionExpects) {
    this->settings.newest = kSecond;
    this->start();
    this->want(1, this->all_but({8}));
    this->ask();
    this->pass(1min);
    EXPECT_THAT(this->sent(),
                ElementsAre("+0.0s v2 report G1", "+0.5s v2 report G1", "+5.0s v2 report G1"));
    EXPECT_EQ(this->host->counters().older_queries, 0u);
}

/// IGMPv1 comes before IGMPv2 while both are present (RFC 9776 7.2.1), and has no leaves.
TEST(OldestQuerier, HearsReportsOnly) {
    class Host : public HostLink<V4> {
        void TestBody() override {}
    } host;
    host.start();
    host.ask_older(kSecond);
    host.ask_older(Generation::first);
    EXPECT_EQ(host.host->generation(), Generation::first);
    host.want(1, host.all_but({}));
    host.pass(2s);
    host.want(1, host.only({}));
    host.pass(1min);
    EXPECT_THAT(host.sent(), ElementsAre("+0.0s v1 report G1", "+0.5s v1 report G1"));
    EXPECT_TRUE(host.host->groups().empty());
}

}  // namespace
}  // namespace mgmd::membership::test
