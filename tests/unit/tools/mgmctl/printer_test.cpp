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
        EXPECT_EQ(find_layout(command.name) != nullptr,
                  command.is_show() || command.name == "reload")
            << command.name;
    }
}

}  // namespace
}  // namespace mgmd::mgmctl
