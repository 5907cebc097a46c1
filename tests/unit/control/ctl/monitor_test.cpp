// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/ctl/dispatch.hpp"
#include "tests/unit/control/control_plane_fixture.hpp"

/// `monitor` and `show mroutes --top` as the control socket answers them.
namespace mgmd::ctl {
namespace {

using mgmd::test::kLeft;
using mgmd::test::kRight;
using mgmd::test::kSource;
using mgmd::test::Sample;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MonitorTest : public ::testing::Test, public mgmd::test::ControlPlaneFixture {
protected:
    void SetUp() override {
        start();
        context_.emplace(settings, time_, *control);
        dispatch_ = dispatch_to_handlers(*context_);
    }
    AnswerPtr ask(const std::string& command, const Json& arguments = Json::object()) {
        Json id;
        const auto line = Json{{"command", command}, {"arguments", arguments}}.dump();
        const auto request = parse_request(line, id);
        EXPECT_TRUE(request) << request.error().message;
        auto answer = dispatch_(*request);
        EXPECT_TRUE(answer) << answer.error().message;
        return std::move(*answer);
    }
    /// One that has said that it has begun.
    AnswerPtr monitor(const Json& arguments = Json::object()) {
        auto answer = ask("monitor", arguments);
        const auto rows = rows_of(*answer);
        EXPECT_EQ(rows.size(), 1u);
        EXPECT_EQ(rows[0]["event"], "begin");
        return answer;
    }
    /// What there is to say now.
    static std::vector<Json> rows_of(Answer& answer) {
        std::vector<Json> found;
        for (bool more = true; more && answer.is_ready();) {
            std::string output;
            const Json no_id;
            Rows rows(output, no_id);
            more = answer.write(rows);
            for (std::size_t begin = 0, end = 0;
                 (end = output.find('\n', begin)) != std::string::npos; begin = end + 1) {
                found.push_back(Json::parse(output.substr(begin, end - begin))["row"]);
            }
        }
        return found;
    }
    template <class F>
    void arrive(const char* source, const char* group) {
        const auto event = mgmd::test::no_entry_event<F>(source, group, kSource);
        control->tables<F>().at(0)->manager().on_no_entry(event);
    }
    static std::vector<std::string> events_of(const std::vector<Json>& rows) {
        std::vector<std::string> events;
        for (const auto& row : rows) {
            events.push_back(row["kind"].get<std::string>() + ' ' +
                             row["event"].get<std::string>() + ' ' +
                             row.value("interface", std::string("-")));
        }
        return events;
    }

    SteadyClock time_;
    std::optional<Context> context_;
    Dispatch dispatch_;
};

TEST_F(MonitorTest, TellsWhatHappensWhileItIsWatched) {
    arrive<V4>(Sample<V4>::source, Sample<V4>::other_group);
    const auto watching = monitor({{"kind", {"entry"}}});
    EXPECT_FALSE(watching->is_ready());
    EXPECT_TRUE(watching->is_stream());
    arrive<V4>(Sample<V4>::source, Sample<V4>::group);
    const auto rows = rows_of(*watching);
    ASSERT_THAT(rows, SizeIs(1));
    const auto& row = rows[0];
    EXPECT_EQ(row["event"], "created");
    EXPECT_EQ(row["family"], "ipv4");
    EXPECT_EQ(row["source"], Sample<V4>::source);
    EXPECT_EQ(row["group"], Sample<V4>::group);
    EXPECT_EQ(row["interface"], "source");
    EXPECT_EQ(row["incoming"], "source");
    EXPECT_EQ(row["outgoing"], Json::parse(R"(["left"])"));
    EXPECT_EQ(row["state"], "active");
    EXPECT_THAT(row["time"].get<std::string>(), SizeIs(31));
}

TEST_F(MonitorTest, FiltersChoose) {
    const auto all = monitor({{"kind", {"entry", "link"}}});
    const auto of_group = monitor({{"group", "239.1.1.2/32"}});
    const auto of_source = monitor({{"source", "10.1.0.0/16"}});
    const auto of_family = monitor({{"family", "ipv6"}});
    const auto of_left = monitor({{"interface", "left"}, {"kind", {"entry", "link"}}});
    const auto other_table = monitor({{"table", 9}});
    arrive<V4>(Sample<V4>::source, Sample<V4>::group);
    arrive<V4>(Sample<V4>::source, Sample<V4>::other_group);
    arrive<V6>(Sample<V6>::source, Sample<V6>::group);
    const auto reporter = mgmd::monitor::Reporter(control->monitor()).on_interface(kLeft);
    reporter(NoticeKind::link, "down", [](mgmd::monitor::Notice&) {});
    EXPECT_THAT(events_of(rows_of(*all)),
                ElementsAre("entry created source", "entry created source", "entry created source",
                            "link down left"));
    for (const auto& row : rows_of(*of_group)) {
        EXPECT_EQ(row["group"], Sample<V4>::other_group);
    }
    const auto from_source = rows_of(*of_source);
    EXPECT_FALSE(from_source.empty());
    for (const auto& row : from_source) {
        EXPECT_EQ(row["source"], Sample<V4>::source);
    }
    const auto of_ipv6 = rows_of(*of_family);
    EXPECT_FALSE(of_ipv6.empty());
    for (const auto& row : of_ipv6) {
        EXPECT_EQ(row["family"], "ipv6");
    }
    EXPECT_THAT(events_of(rows_of(*of_left)),
                ElementsAre("entry created source", "entry created source", "link down left"))
        << "those that leave there";
    EXPECT_THAT(rows_of(*other_table), IsEmpty());
}

TEST_F(MonitorTest, CostsNothingOnceNobodyWatches) {
    {
        const auto watching = monitor();
        EXPECT_TRUE(control->monitor().wants(NoticeKind::alert));
    }
    EXPECT_FALSE(control->monitor().wants(NoticeKind::alert));
}

TEST_F(MonitorTest, AClientThatDoesNotReadLosesTheOldestInBoundedRoom) {
    const auto watching = monitor({{"kind", {"link"}}});
    const auto reporter = mgmd::monitor::Reporter(control->monitor());
    for (int i = 1; i <= 10'000; ++i) {
        reporter(NoticeKind::link, "errors", [&](mgmd::monitor::Notice& notice) {
            notice.count = static_cast<std::uint64_t>(i);
        });
    }
    const auto rows = rows_of(*watching);
    ASSERT_THAT(rows, SizeIs(2049));
    EXPECT_EQ(rows.front()["missed"], 10'000 - 2048);
    EXPECT_EQ(rows[1]["count"], 10'000 - 2048 + 1);
    EXPECT_EQ(rows.back()["count"], 10'000);
}

TEST_F(MonitorTest, TheBusiestEntriesComeFirstAndNoMoreThanWereAskedFor) {
    for (int host = 1; host <= 200; ++host) {
        arrive<V4>(("10.1.0." + std::to_string(host)).c_str(), Sample<V4>::group);
    }
    arrive<V6>(Sample<V6>::source, Sample<V6>::group);
    auto& counters = ipv4.counts;
    for (auto& [key, entry] : ipv4.entries) {
        counters[key].packets = key.source.bytes[3] == 77   ? 5000
                                : key.source.bytes[3] == 50 ? 900
                                                            : 10;
    }
    const auto busiest = ask("show mroutes", {{"top", 2}});
    const auto rows = rows_of(*busiest);
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0]["source"], "10.1.0.77");
    EXPECT_EQ(rows[1]["source"], "10.1.0.50");
    EXPECT_THAT(rows_of(*ask("show mroutes", {{"top", 1000}})), SizeIs(201));
    EXPECT_THAT(rows_of(*ask("show mroutes", {{"top", 5}, {"family", "ipv6"}})), SizeIs(1));
}

}  // namespace
}  // namespace mgmd::ctl
