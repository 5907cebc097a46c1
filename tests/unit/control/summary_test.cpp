// SPDX-License-Identifier: Apache-2.0
#include "control/summary.hpp"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/busiest_flows.hpp"
#include "tests/support/fake_dataplane_view.hpp"

namespace mgmd {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class SummaryTest : public ::testing::Test {
protected:
    SummaryTest() {
        settings_.ports.resize(2);
        settings_.ports[0].name = "lan";
        settings_.ports[0].device = "net_pcap0,rx_pcap=in.pcap,tx_pcap=out/lan.pcap";
        settings_.ports[1].name = "nic";
        settings_.ports[1].device = "0000:03:00.0";
        settings_.interfaces.resize(2);
        settings_.interfaces[0] = {.index = 1, .name = "source"};
        settings_.interfaces[1] = {.index = 2, .name = "left"};
        view_.interfaces[2].tx_packets = 41;
        view_.total.received = 50;
        view_.total.forwarded = 41;
        view_.total.punted = 2;
        view_.total.dropped[static_cast<std::size_t>(DropReason::ttl_expired)] = 7;
        view_.worker_views.push_back({.lcore = 3, .busy_polls = 10, .busy_cycles = 2500});
        view_.worker_views[0].verdicts = view_.total;
        flow_.source = "10.1.0.10";
        flow_.group = "239.1.1.1";
        flow_.state = "active";
        flow_.incoming = "source";
        flow_.packets = 43;
        flow_.outgoing = {{.interface = "left", .sent = 41, .ttl_too_low = 2}};
    }

    Summary summary() const {
        return {settings_, view_, {{flow_}}, {.no_entry = 1, .igmp = 4}, refusals_};
    }

    std::string text() const {
        std::ostringstream out;
        print_summary(out, summary());
        return out.str();
    }
    nlohmann::json json() const { return json(summary(), {flow_}); }
    nlohmann::json json(const Summary& summary, const std::vector<FlowSummary>& flows) const {
        std::ostringstream out;
        print_summary_json(out, summary, [&](const FlowVisitor& visit) {
            std::for_each(flows.begin(), flows.end(), visit);
        });
        return nlohmann::json::parse(out.str());
    }

    Settings settings_;
    test::FakeDataplaneView view_;
    FlowSummary flow_;
    RefusalSummary refusals_;
};

TEST_F(SummaryTest, TellsWhereCopiesWentAndWhyOthersDidNot) {
    EXPECT_THAT(text(), HasSubstr("left 41 (2 ttl)"));
    EXPECT_THAT(text(),
                HasSubstr("50 received = 41 forwarded + 7 dropped + 2 to control + 0 held"));
}

TEST_F(SummaryTest, NamesOnlyTheDropReasonsThatHappened) {
    EXPECT_THAT(text(), HasSubstr("ttl_expired"));
    EXPECT_THAT(text(), Not(HasSubstr("bad_checksum")));
}

TEST_F(SummaryTest, SaysWhichFilesWereWritten) {
    EXPECT_THAT(text(), HasSubstr("lan  out/lan.pcap\n"));
    EXPECT_THAT(text(), Not(HasSubstr("nic  ")));
}

TEST_F(SummaryTest, ShowsAFlowThatGoesNowhere) {
    flow_.outgoing.clear();
    flow_.state = "negative";
    EXPECT_THAT(text(), HasSubstr("negative"));
    EXPECT_THAT(text(), Not(HasSubstr("left 41")));
}

TEST_F(SummaryTest, TellsOfLimitsOnlyIfTheyRefusedSomething) {
    EXPECT_THAT(text(), Not(HasSubstr("Limits")));
    refusals_.unsent_handed_over = 77;
    refusals_.entries = 66;
    EXPECT_THAT(text(), HasSubstr("Limits"));
    EXPECT_THAT(text(), HasSubstr("77"));
    EXPECT_THAT(text(), HasSubstr("66"));
    EXPECT_THAT(text(), Not(HasSubstr("memberships")));
}

TEST_F(SummaryTest, TellsOfDevicesThatLostWhatTheyWereGiven) {
    view_.port_views = {{.name = "lan"}, {.name = "nic"}};
    EXPECT_THAT(text(), Not(HasSubstr("Device errors")));
    view_.port_views[1].tx_errors = 88;
    EXPECT_THAT(text(), HasSubstr("Device errors"));
    EXPECT_THAT(text(), HasSubstr("88"));
    EXPECT_THAT(text(), Not(HasSubstr("lan  0")));
}

TEST_F(SummaryTest, CyclesPerPacketAreOfBusyPolls) {
    EXPECT_THAT(text(), HasSubstr("50.0"));  // 2500 cycles for 50 packets
}

TEST_F(SummaryTest, TellsWhereTheTimeOfWorkersWentThatCountedIt) {
    auto& cycles = view_.worker_views[0].stage_cycles.emplace();
    cycles[static_cast<std::size_t>(Stage::classify)] = 1500;
    cycles[static_cast<std::size_t>(Stage::idle)] = 500;
    EXPECT_THAT(text(), ContainsRegex("3 +classify +30.0 +75.0"));  // 50 packets
    EXPECT_THAT(text(), ContainsRegex("3 +idle +- +25.0"));
    EXPECT_THAT(text(), ContainsRegex("3 +ttl +0.0 +0.0"));
    const auto stages = json()["workers"][0]["stage_cycles"];
    EXPECT_EQ(stages["classify"], 1500);
    EXPECT_EQ(stages["idle"], 500);
    EXPECT_EQ(stages.size(), kStages);
}

TEST_F(SummaryTest, SaysNothingOfStagesThatNobodyCounted) {
    EXPECT_THAT(text(), Not(HasSubstr("classify")));
    EXPECT_TRUE(json()["workers"][0]["stage_cycles"].is_null());
}

TEST_F(SummaryTest, NamesEachKindOfEvent) {
    Summary told = summary();
    told.events.threshold = 17;
    told.events.link_state = 23;
    std::ostringstream out;
    print_summary(out, told);
    EXPECT_THAT(out.str(), ContainsRegex("threshold crossed +17\n"));
    EXPECT_THAT(out.str(), ContainsRegex("link up or down +23\n"));
    const auto events = json(told, {})["events"];
    EXPECT_EQ(events["threshold"], 17);
    EXPECT_EQ(events["link_state"], 23);
    EXPECT_EQ(events["arrival"], 0);
}

TEST_F(SummaryTest, JsonCarriesTheSameNumbers) {
    refusals_.entries = 55;
    const auto json = this->json();
    EXPECT_EQ(json["flows"][0]["outgoing"][0]["sent"], 41);
    EXPECT_EQ(json["flows"][0]["packets"], 43);
    EXPECT_EQ(json["verdicts"]["received"], 50);
    EXPECT_EQ(json["verdicts"]["dropped"], (nlohmann::json{{"ttl_expired", 7}}));
    EXPECT_EQ(json["interfaces"][1]["tx_packets"], 41);
    EXPECT_EQ(json["events"]["igmp"], 4);
    EXPECT_EQ(json["workers"][0]["lcore"], 3);
    EXPECT_EQ(json["refusals"]["entries"], 55);
}

TEST_F(SummaryTest, JsonHasAllFlowsAndTextHowManyItLeavesOut) {
    Summary told = summary();
    EXPECT_THAT(text(), Not(HasSubstr("--summary")));
    told.flows.others = 999;
    std::ostringstream out;
    print_summary(out, told);
    EXPECT_THAT(out.str(), HasSubstr("and 999 with no more packets than these: --summary FILE"));
    EXPECT_EQ(json(told, {flow_, flow_, flow_})["flows"].size(), 3U);
    EXPECT_EQ(json(told, {})["flows"], nlohmann::json::array());
}

class BusiestFlowsTest : public ::testing::Test {
protected:
    void add(const std::string& source, std::uint64_t packets) {
        flows_.add(packets, [&] {
            FlowSummary flow;
            flow.source = source;
            return flow;
        });
    }
    std::vector<std::string> taken() {
        extract_ = flows_.take();
        std::vector<std::string> sources;
        for (const auto& flow : extract_.flows) {
            sources.push_back(flow.source);
        }
        return sources;
    }

    BusiestFlows flows_{3};
    FlowExtract extract_;
};

TEST_F(BusiestFlowsTest, KeepsAllWhileThereIsRoom) {
    add("a", 0);
    add("b", 7);
    add("c", 3);
    EXPECT_THAT(taken(), ::testing::ElementsAre("a", "b", "c"));
    EXPECT_EQ(extract_.others, 0U);
}

TEST_F(BusiestFlowsTest, KeepsThoseWithTheMostPacketsInTheirOrder) {
    add("a", 5);
    add("b", 1);
    add("c", 9);
    add("d", 2);
    add("e", 7);
    add("f", 5);
    EXPECT_THAT(taken(), ::testing::ElementsAre("a", "c", "e")) << "of equals the first";
    EXPECT_EQ(extract_.others, 3U);
}

}  // namespace
}  // namespace mgmd
