// SPDX-License-Identifier: Apache-2.0
#include "control/metrics/families.hpp"

#include <prometheus/check_names.h>
#include <prometheus/text_serializer.h>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/drop_reason.hpp"
#include "tests/unit/control/metrics/sample_snapshot.hpp"

namespace mgmd::metrics::test {
namespace {

using prometheus::MetricType;
using ::testing::HasSubstr;
using Text = std::pair<std::string, std::string>;

TEST(Families, KeepPrometheusNamingRules) {
    const auto families = families_of(sample_snapshot(), {});
    const std::regex shape("mgmd(_[a-z0-9]+)+");
    // Base units only: bytes and seconds.
    const std::regex other_units(".*_(octets|bits|milliseconds|ms|minutes|cycles|percent)(_.*)?");
    std::set<std::string> seen;
    for (const auto& family : families) {
        EXPECT_TRUE(std::regex_match(family.name, shape)) << family.name;
        EXPECT_TRUE(prometheus::CheckMetricName(family.name)) << family.name;
        EXPECT_FALSE(std::regex_match(family.name, other_units)) << family.name;
        EXPECT_TRUE(seen.insert(family.name).second) << family.name << " twice";
        EXPECT_EQ(family.name.ends_with("_total"), family.type == MetricType::Counter)
            << family.name;
        EXPECT_TRUE(family.help.ends_with('.')) << family.name << ": " << family.help;
    }
    EXPECT_GT(families.size(), 60u);
}

TEST(Families, LabelEachSampleOnceAndAlike) {
    for (const auto& family : families_of(sample_snapshot(), {})) {
        std::set<std::vector<Text>> seen;
        std::set<std::vector<std::string>> shapes;
        for (const auto& metric : family.metric) {
            std::vector<Text> labels;
            std::vector<std::string> names;
            for (const auto& label : metric.label) {
                EXPECT_TRUE(prometheus::CheckLabelName(label.name)) << family.name;
                labels.emplace_back(label.name, label.value);
                names.push_back(label.name);
            }
            EXPECT_TRUE(seen.insert(labels).second) << family.name << ": the same sample twice";
            shapes.insert(names);
        }
        EXPECT_EQ(shapes.size(), 1u) << family.name;
    }
}

TEST(Families, ShowEachDropReasonAlsoBeforeThereIsADrop) {
    const auto families = by_name(sample_snapshot(0));
    EXPECT_EQ(families.at("mgmd_dropped_packets_total").metric.size(), kDropReasons);
    EXPECT_EQ(value_of(families.at("mgmd_dropped_packets_total")), 0);
}

TEST(Families, SumAFlowsCopiesOverItsInterfaces) {
    const auto families = by_name(sample_snapshot(7));
    EXPECT_EQ(value_of(families.at("mgmd_flow_copies_total")), 14);
    EXPECT_EQ(value_of(families.at("mgmd_flow_copies_discarded_total")), 9);
    std::vector<Text> labels;
    for (const auto& label : families.at("mgmd_flow_packets_total").metric.front().label) {
        labels.emplace_back(label.name, label.value);
    }
    EXPECT_EQ(
        labels,
        (std::vector<Text>{
            {"table", "0"}, {"family", "ipv4"}, {"source", "10.1.0.10"}, {"group", "239.1.1.1"}}));
}

TEST(Families, LeaveOutWhatHasNoSample) {
    const auto families = by_name(Snapshot{});
    EXPECT_EQ(families.count("mgmd_proxy_groups"), 0u);
    EXPECT_EQ(families.count("mgmd_port_up"), 0u);
    EXPECT_EQ(families.count("mgmd_build_info"), 1u);
    EXPECT_EQ(value_of(families.at("mgmd_flows")), 0);
}

TEST(Families, TellCyclesAsSecondsAndTheAgeOfTheFigures) {
    auto snapshot = sample_snapshot();
    snapshot.workers[0].view.busy_cycles = 3'000'000'000;
    snapshot.workers[0].cycles_per_second = 2e9;
    snapshot.taken = TimePoint(std::chrono::seconds(100));
    const auto families = by_name(snapshot, TimePoint(std::chrono::milliseconds(101'500)));
    EXPECT_DOUBLE_EQ(value_of(families.at("mgmd_worker_busy_seconds_total")), 1.5);
    EXPECT_DOUBLE_EQ(value_of(families.at("mgmd_snapshot_age_seconds")), 1.5);
}

TEST(Families, AreWrittenExactlyAndEscaped) {
    auto snapshot = sample_snapshot((1ull << 53) - 1);
    snapshot.ports[0].name = "a\"b\\c\nd";
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, families_of(snapshot, {}));
    EXPECT_THAT(text.str(), HasSubstr("mgmd_port_up{port=\"a\\\"b\\\\c\\nd\"} 0"));
    EXPECT_THAT(
        text.str(),
        HasSubstr("mgmd_interface_transmit_packets_total{interface=\"left\"} 9007199254740991"
                  "\n"));
}

}  // namespace
}  // namespace mgmd::metrics::test
