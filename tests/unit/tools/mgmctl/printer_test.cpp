// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/printer.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/ctl/command_table.hpp"

namespace mgmd::mgmctl {
namespace {

using ::testing::HasSubstr;

TEST(JsonPrinter, PrintsOneArrayForEachAnswer) {
    std::ostringstream out;
    JsonPrinter printer(out);
    printer.finish();
    printer.add({{"a", 1}});
    printer.add({{"a", 2}});
    printer.finish();
    EXPECT_EQ(out.str(), "[]\n[{\"a\":1},\n {\"a\":2}]\n");
}

TEST(JsonLinePrinter, PrintsALineForEachRowOfAStream) {
    std::ostringstream out;
    JsonLinePrinter printer(out);
    printer.add({{"a", 1}});
    EXPECT_EQ(out.str(), "{\"a\":1}\n");
    printer.add({{"missed", 2}});
    EXPECT_EQ(out.str(), "{\"a\":1}\n{\"missed\":2}\n");
}

TEST(LinePrinter, AlignsRowsAsTheyCome) {
    std::ostringstream out;
    const Layout layout{"test", {text("NAME", "name"), text_or_dash("COUNT", "count")}, {}, ""};
    LinePrinter printer(out, layout);
    printer.add({{"name", "a"}, {"count", 1}});
    printer.add({{"name", "longer"}});
    printer.add({{"missed", 12}});
    printer.add({{"name", "b"}, {"count", 2}});
    EXPECT_EQ(out.str(),
              "NAME  COUNT\na     1\nlonger  -\n"
              "... missed 12: they came faster than they were read\nb       2\n");
}

TEST(MonitorLayout, TellsWhoDidWhat) {
    const auto& layout = *find_layout("monitor");
    const Json entry = {{"time", "2026-11-28T18:44:01.123456+0100"},
                        {"kind", "entry"},
                        {"event", "created"},
                        {"interface", "source"},
                        {"source", "10.1.0.10"},
                        {"group", "239.1.1.1"},
                        {"state", "active"},
                        {"outgoing", {"left", "right"}},
                        {"incoming", "source"}};
    EXPECT_EQ(layout.columns[0].cell({entry}), "18:44:01.123");
    EXPECT_EQ(layout.columns[6].cell({entry}), "-");
    EXPECT_EQ(layout.columns[7].cell({entry}), "active, from source to left, right");
    const Json drops = {{"count", 40}, {"details", "too long"}};
    EXPECT_EQ(layout.columns[7].cell({drops}), "40 packets, too long");
    const Json host = {{"host", "10.2.0.11"}, {"protocol", "igmp"}};
    EXPECT_EQ(layout.columns[6].cell({host}), "10.2.0.11");
}

const Layout kLayout{"test",
                     {text("NAME", "name"), text("EMPTY", "none"), text("COUNT", "count")},
                     {"name"},
                     "nothing"};

TEST(TablePrinter, LeavesOutColumnsThatSayNothing) {
    std::ostringstream out;
    TablePrinter printer(out, kLayout, false);
    printer.add({{"name", "left"}, {"count", 120}});
    printer.add({{"name", "right"}, {"count", 7}});
    printer.finish();
    EXPECT_EQ(out.str(), "NAME   COUNT\nleft     120\nright      7\n");
}

TEST(TablePrinter, SaysThatThereIsNothing) {
    std::ostringstream out;
    TablePrinter printer(out, kLayout, false);
    printer.finish();
    EXPECT_EQ(out.str(), "nothing\n");
}

TEST(TablePrinter, PrintsALongAnswerInBlocks) {
    std::ostringstream out;
    TablePrinter printer(out, kLayout, false);
    for (int i = 0; i < 10'001; ++i) {
        printer.add({{"name", "a"}, {"count", i}});
    }
    printer.finish();
    EXPECT_THAT(out.str(), HasSubstr("9999\nNAME  COUNT\na     10000\n"));
}

TEST(Columns, ShowDurationsInTwoUnits) {
    EXPECT_EQ(as_duration(0.9), "0s");
    EXPECT_EQ(as_duration(59), "59s");
    EXPECT_EQ(as_duration(185), "3m05s");
    EXPECT_EQ(as_duration(2 * 3600 + 10 * 60), "2h10m");
    EXPECT_EQ(as_duration(4 * 86400 + 3 * 3600), "4d03h");
}

TEST(Columns, ShowRatesSinceTheLastLookOrTheMean) {
    const auto column = rate("RATE", {"packets"}, "age_s");
    const Json then{{"packets", 100}, {"age_s", 10.0}};
    const Json now{{"packets", 150}, {"age_s", 12.0}};
    EXPECT_EQ(column.cell({then}), "~10/s");
    EXPECT_EQ(column.cell({now, &then, 2.0}), "25/s");
    EXPECT_EQ(column.cell({then, &now, 2.0}), "0/s") << "made anew";
    EXPECT_EQ(rate("RATE", {"packets"}).cell({then}), "");
}

TEST(MroutesLayout, TellsCopiesOrWhyThereAreNone) {
    const auto& copies = find_layout("show mroutes")->columns.back();
    const Json active{{"outgoing",
                       {{{"interface", "left"}, {"packets", 120}, {"ttl_too_low", 0}},
                        {{"interface", "right"}, {"packets", 118}, {"ttl_too_low", 2}}}}};
    EXPECT_EQ(copies.cell({active}), "left 120, right 118 (2 ttl)");
    const Json negative{{"outgoing", Json::array()}, {"why", "nobody wants it"}};
    EXPECT_EQ(copies.cell({negative}), "- nobody wants it");
}

TEST(Layouts, ThereIsOneForEachCommandWithRows) {
    for (const auto& command : ctl::commands()) {
        const bool has_one = command.is_show() || command.name == "explain" ||
                             command.name == "monitor" || command.name == "reload";
        EXPECT_EQ(find_layout(command.name) != nullptr, has_one) << command.name;
    }
}

}  // namespace
}  // namespace mgmd::mgmctl
