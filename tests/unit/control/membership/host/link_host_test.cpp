// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/control/membership/host/host_fixture.hpp"

namespace mgmd::membership::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <class F>
class StateChange : public HostLink<F> {
    void SetUp() override { this->start(); }
};
TYPED_TEST_SUITE(StateChange, Families);

/// RFC 9776 5.1 (RFC 9777 6.1), the table of the records sent.
TYPED_TEST(StateChange, IsReportedAsTheTableSays) {
    struct Row {
        Wanted<TypeParam> before;
        Wanted<TypeParam> after;
        std::string sent;  ///< after "+0.0s "
    };
    const auto in = [](std::set<int> s) { return HostLink<TypeParam>::only(s); };
    const auto ex = [](std::set<int> s) { return HostLink<TypeParam>::all_but(s); };
    const std::vector<Row> rows{
        // INCLUDE (A)   INCLUDE (B)   ALLOW (B-A), BLOCK (A-B)
        {in({1, 2}), in({2, 3}), "ALLOW(G1,{S3}) BLOCK(G1,{S1})"},
        {in({}), in({1}), "ALLOW(G1,{S1})"},
        {in({1}), in({}), "BLOCK(G1,{S1})"},
        // EXCLUDE (A)   EXCLUDE (B)   ALLOW (A-B), BLOCK (B-A)
        {ex({1, 2}), ex({2, 3}), "ALLOW(G1,{S1}) BLOCK(G1,{S3})"},
        {ex({}), ex({3}), "BLOCK(G1,{S3})"},
        // INCLUDE (A)   EXCLUDE (B)   TO_EX (B)
        {in({1}), ex({2}), "TO_EX(G1,{S2})"},
        {in({}), ex({}), "TO_EX(G1,{})"},
        // EXCLUDE (A)   INCLUDE (B)   TO_IN (B)
        {ex({2}), in({1}), "TO_IN(G1,{S1})"},
        {ex({}), in({}), "TO_IN(G1,{})"},
    };
    for (const Row& row : rows) {
        this->start();
        this->want(1, row.before);
        this->pass(1h);
        this->sent();
        this->want(1, row.after);
        // "it is retransmitted [Robustness Variable] - 1 more times, at intervals chosen at random
        // from the range (0, [Unsolicited Report Interval])"
        this->pass(1h);
        EXPECT_THAT(this->sent(), ElementsAre("+0.0s " + row.sent, "+0.5s " + row.sent));
    }
}

TYPED_TEST(StateChange, ThatIsNoneIsNotReported) {
    this->want(1, this->all_but({1}));
    this->pass(1h);
    this->sent();
    this->want(1, this->all_but({1}));
    this->want(2, this->only({}));
    this->pass(1h);
    EXPECT_THAT(this->sent(), IsEmpty());
}

/// "The transmission of the merged State-Change Report [...] becomes the first of [Robustness
/// Variable] transmissions"; each source is in as many of them.
TYPED_TEST(StateChange, IsMergedIntoThePendingReport) {
    this->want(1, this->only({1}));
    this->pass(400ms);
    this->want(1, this->only({1, 2}));
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+0.0s ALLOW(G1,{S1})", "+0.4s ALLOW(G1,{S1,S2})",
                                          "+0.9s ALLOW(G1,{S2})"));
}

TYPED_TEST(StateChange, TakenBackIsReportedTheOtherWay) {
    this->want(1, this->only({1, 2}));
    this->want(1, this->only({1}));
    this->pass(1h);
    EXPECT_THAT(this->sent(),
                ElementsAre("+0.0s ALLOW(G1,{S1,S2})", "+0.0s ALLOW(G1,{S1}) BLOCK(G1,{S2})",
                            "+0.5s BLOCK(G1,{S2})"));
}

/// "If the interface reception-state change that triggers the new report is a filter-mode change,
/// then the next [Robustness Variable] State-Change Reports will include a Filter-Mode-Change
/// record. This applies even if any number of source-list changes occur in that period."
TYPED_TEST(StateChange, OfTheModeTellsAllWhileItIsRepeated) {
    this->settings.robustness = 3;
    this->start();
    this->want(1, this->all_but({}));
    this->pass(100ms);
    this->want(1, this->all_but({7}));
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+0.0s TO_EX(G1,{})", "+0.1s TO_EX(G1,{S7})",
                                          "+0.6s TO_EX(G1,{S7})", "+1.1s BLOCK(G1,{S7})"));
}

TYPED_TEST(StateChange, OfManyGroupsIsOneMessage) {
    this->host->want({{this->group(1), this->all_but({})}, {this->group(2), this->only({5})}},
                     this->clock.now());
    EXPECT_THAT(this->sent(), ElementsAre("+0.0s TO_EX(G1,{}) ALLOW(G2,{S5})"));
    EXPECT_EQ(this->host->wanted_groups(), 2u);
}

TYPED_TEST(StateChange, LeavesNothingBehind) {
    this->want(1, this->all_but({}));
    this->want(1, this->only({}));
    this->pass(1h);
    EXPECT_TRUE(this->host->groups().empty());
    EXPECT_EQ(this->host->next_deadline(), std::nullopt);
    EXPECT_EQ(this->host->counters().reports_sent, 3u);
}

TYPED_TEST(StateChange, ThatCouldNotBeSentIsCountedAndRepeated) {
    this->can_send = false;
    this->want(1, this->all_but({}));
    EXPECT_EQ(this->host->counters().reports_not_sent, 1u);
    this->can_send = true;
    this->pass(1s);
    EXPECT_EQ(this->host->counters().reports_sent, 1u);
}

TYPED_TEST(StateChange, IsRepeatedAsOftenAsTheQuerierSays) {
    Query<TypeParam> query;
    query.max_response = 1s;
    query.robustness = 4;  // RFC 9776 4.1.6
    this->hear(query);
    this->want(1, this->all_but({}));
    this->pass(1h);
    EXPECT_EQ(this->sent().size(), 4u);
    query.robustness = 0;  // too great for the field
    this->hear(query);
    this->want(2, this->all_but({}));
    this->pass(400ms);  // before the answer to the query
    this->sent();
    EXPECT_EQ(this->host->counters().queries_received, 2u);
    this->pass(200ms);
    EXPECT_THAT(this->sent(), ElementsAre("+0.1s TO_EX(G2,{})", "+0.1s IS_EX(G1,{}) IS_EX(G2,{})"));
}

TYPED_TEST(StateChange, IsForgottenWithTheLink) {
    this->want(1, this->all_but({}));
    this->ask();
    this->sent();
    this->host->forget();
    this->pass(1h);
    EXPECT_THAT(this->sent(), IsEmpty());
    EXPECT_EQ(this->host->wanted_groups(), 0u);
}

template <class F>
class Answer : public HostLink<F> {
    void SetUp() override {
        this->start();
        this->want(1, this->all_but({8, 9}));
        this->want(2, this->only({5, 6}));
        this->pass(1h);
        this->sent();
    }
};
TYPED_TEST_SUITE(Answer, Families);

TYPED_TEST(Answer, ToAGeneralQueryTellsAll) {
    this->ask();
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+5.0s IS_EX(G1,{S8,S9}) IS_IN(G2,{S5,S6})"));
}

TYPED_TEST(Answer, ToAGroupQueryTellsOfTheGroup) {
    this->ask(2, {}, 1s);
    this->ask(3, {}, 1s);
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+0.5s IS_IN(G2,{S5,S6})"));
}

/// RFC 9776 5.2: INCLUDE (A), asked about B: IS_IN (A*B); EXCLUDE (A): IS_IN (B-A); "if the
/// resulting Current-State Record has an empty set of source addresses, then no response is sent".
TYPED_TEST(Answer, ToASourceQueryTellsOfTheSources) {
    this->ask(1, {7, 8}, 1s);
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+0.5s IS_IN(G1,{S7})"));
    this->ask(2, {6, 7}, 1s);
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+0.5s IS_IN(G2,{S6})"));
    this->ask(1, {8, 9}, 1s);
    this->ask(2, {1, 2}, 1s);
    this->pass(1h);
    EXPECT_THAT(this->sent(), IsEmpty());
}

/// Rule 1: "If there is a pending response to a previous General Query scheduled sooner than the
/// selected delay, no additional response needs to be scheduled."
TYPED_TEST(Answer, ThatComesSoonIsEnough) {
    this->ask(0, {}, 1s);
    this->ask(1, {}, 2s);
    this->ask(0, {}, 10s);
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+0.5s IS_EX(G1,{S8,S9}) IS_IN(G2,{S5,S6})"));
}

/// Rule 2: "Any previously pending response to a General Query is canceled."
TYPED_TEST(Answer, ToTheNextGeneralQueryTakesThePlaceOfALaterOne) {
    this->ask(0, {}, 10s);
    this->ask(0, {}, 2s);
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+1.0s IS_EX(G1,{S8,S9}) IS_IN(G2,{S5,S6})"));
}

/// Rule 4: "either the new Query is a Group-Specific Query or the recorded source-list associated
/// with the group is empty": one answer about the group, "at the earliest of the remaining time for
/// the pending report and the selected delay".
TYPED_TEST(Answer, ToQueriesAboutAGroupAndItsSourcesIsAboutTheGroup) {
    this->ask(2, {5}, 4s);
    this->ask(2, {}, 2s);
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+1.0s IS_IN(G2,{S5,S6})"));
    this->ask(2, {}, 2s);
    this->ask(2, {5}, 4s);
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+1.0s IS_IN(G2,{S5,S6})"));
}

/// Rule 5: "the group source list is augmented to contain the list of sources in the new Query".
TYPED_TEST(Answer, ToTwoQueriesAboutSourcesIsOne) {
    this->ask(2, {5}, 2s);
    this->ask(2, {6}, 4s);
    this->pass(1h);
    EXPECT_THAT(this->sent(), ElementsAre("+1.0s IS_IN(G2,{S5,S6})"));
}

TYPED_TEST(Answer, IsWithinTheTimeThatTheQuerySays) {
    for (const int chance : {0, 1000}) {
        this->permille = chance;
        this->ask(0, {}, 3s);
        this->pass(3s);
        EXPECT_EQ(this->sent().size(), 1u) << chance;
    }
}

TYPED_TEST(Answer, OfAHostThatWantsNothingIsSilence) {
    this->start();
    this->ask();
    this->ask(1);
    EXPECT_EQ(this->host->next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace mgmd::membership::test
