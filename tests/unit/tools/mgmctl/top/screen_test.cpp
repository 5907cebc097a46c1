// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/screen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mgmd::mgmctl::top {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

Json flow(const std::string& source, const std::string& group, double in, double out) {
    return {{"source", source},   {"group", group},         {"table", 0},
            {"state", "active"},  {"incoming", {"source"}}, {"age_s", 10.0},
            {"packets", in},      {"negative_hits", 0},     {"copies", out},
            {"octets", 100 * in}, {"wrong_interface", 0}};
}

class ScreenTest : public ::testing::Test {
protected:
    /// One second after the last one. Flow n of group 239.1.1.n has grown by n * 1000.
    void look(unsigned flows = 3) {
        ++looks_;
        Sample sample;
        sample.at = std::chrono::steady_clock::time_point(seconds(100 + looks_));
        sample.version = {{{"version", "0.1.0"}, {"up_s", 7500.0}}};
        sample.workers = {{{"worker", 0},
                           {"received", 50'000 * looks_},
                           {"dropped", 5 * looks_},
                           {"busy_s", 0.25 * looks_}}};
        for (const auto* name : {"left", "right"}) {
            sample.interfaces.push_back({{"interface", name},
                                         {"port", name},
                                         {"link", "up"},
                                         {"rx_packets", 0},
                                         {"tx_packets", 1000 * looks_}});
        }
        for (unsigned n = 1; n <= flows; ++n) {
            sample.flows.push_back(flow("10.1.0.10", "239.1.1." + std::to_string(n),
                                        1000.0 * n * looks_, 100.0 * looks_ / n));
        }
        model.take(sample);
    }
    std::vector<std::string> lines(Size size = {}) {
        std::vector<std::string> texts;
        for (const auto& line : draw(model, controls, size, Glyphs::ascii)) {
            EXPECT_LE(columns_of(line.text), size.columns);
            texts.push_back(line.text);
        }
        return texts;
    }
    void type(std::string_view keys) {
        for (const char key : keys) {
            controls.press(key);
        }
    }

    Model model;
    Controls controls{seconds(1)};

private:
    unsigned looks_ = 0;
};

TEST_F(ScreenTest, TellsRatesOfTheRouterAndOfItsFlows) {
    look();
    look();
    const auto screen = lines();
    ASSERT_THAT(screen, SizeIs(24));
    EXPECT_EQ(screen[0], "mgmd 0.1.0  up 2h05m  every 1s");
    EXPECT_THAT(screen[1], StartsWith("in 50.0k/s  out 2.00k/s  drops     5/s  workers 25%"));
    EXPECT_EQ(screen[2], "3 busiest flows");
    EXPECT_THAT(screen[3],
                StartsWith("SOURCE    GROUP     IN        >IN/S   OUT/S   OCT/S WRONG/S"));
    EXPECT_THAT(screen[4],
                StartsWith("10.1.0.10 239.1.1.3 source    3.00k    33.3    300k       0"));
    EXPECT_THAT(screen[4], HasSubstr(".#"));
    EXPECT_THAT(screen[6], StartsWith("10.1.0.10 239.1.1.1"));
    EXPECT_EQ(screen[7], "");
    EXPECT_THAT(screen[23], HasSubstr("q quit"));
}

TEST_F(ScreenTest, SortsByTheFigureThatIsChosen) {
    look();
    look();
    type("s");
    const auto screen = lines();
    EXPECT_THAT(screen[3], HasSubstr(">OUT/S"));
    EXPECT_THAT(screen[4], HasSubstr("239.1.1.1"));
}

TEST_F(ScreenTest, FiltersByName) {
    look(30);
    type("/1.1.2\n");
    const auto screen = lines();
    EXPECT_EQ(screen[2], "11 of 30 busiest flows, filter: 1.1.2");
    EXPECT_THAT(screen[4], HasSubstr("239.1.1.29"));
    type("/x");
    EXPECT_THAT(lines()[2], HasSubstr("filter: 1.1.2x_"));
}

TEST_F(ScreenTest, ShowsInterfaces) {
    look();
    look();
    type("i");
    const auto screen = lines();
    EXPECT_EQ(screen[2], "2 interfaces");
    EXPECT_THAT(screen[4], StartsWith("left      left  up          0   1.00k"));
}

TEST_F(ScreenTest, FitsIntoAnySize) {
    look(100);
    look(100);
    for (const auto size : {Size{80, 24}, Size{40, 10}, Size{10, 3}, Size{1, 1}, Size{300, 100}}) {
        for (const auto* keys : {"", "i", "h"}) {
            controls = Controls(seconds(1));
            type(keys);
            EXPECT_THAT(lines(size), SizeIs(testing::Le(size.rows))) << size.columns << keys;
        }
    }
}

TEST_F(ScreenTest, LongAddressesLeaveRoomForFigures) {
    Sample sample;
    sample.flows.push_back(flow("2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
                                "ff3e:40:2001:db8:cafe:1:1234:5678", 1000, 2000));
    model.take(sample);
    const auto screen = lines();
    EXPECT_THAT(screen[4], StartsWith("2001:db8:"));
    EXPECT_THAT(screen[4], HasSubstr("~"));
    EXPECT_THAT(screen[4], HasSubstr(" 100 "));
    EXPECT_THAT(screen[4], HasSubstr(" 200 "));
}

TEST_F(ScreenTest, NothingThatATerminalObeysIsShown) {
    Sample sample;
    sample.flows.push_back(flow("10.0.0.1\x1b[2J", "239.1.1.1", 1, 1));
    model.take(sample);
    for (const auto& line : lines()) {
        EXPECT_THAT(line, Not(HasSubstr("\x1b")));
    }
}

TEST_F(ScreenTest, HelpNamesEachKey) {
    look();
    type("h");
    std::string all;
    for (const auto& line : lines()) {
        all += line + '\n';
    }
    for (const auto* key : {"f ", "i ", "s ", "/ ", "p ", "+ -", "h ", "q "}) {
        EXPECT_THAT(all, HasSubstr(key));
    }
}

}  // namespace
}  // namespace mgmd::mgmctl::top
