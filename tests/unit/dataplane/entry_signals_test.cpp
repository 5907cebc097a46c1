// SPDX-License-Identifier: Apache-2.0
#include "dataplane/entry_signals.hpp"

#include <gtest/gtest.h>

namespace mgmd::dataplane {
namespace {

Signals with_threshold(std::uint64_t packets, std::uint64_t octets, bool at_most) {
    Signals signals;
    signals.threshold = {
        .packets = packets, .octets = octets, .interval_ms = 100, .at_most = at_most};
    return signals;
}

TEST(EntrySignals, AnArrivalIsTakenOnceUntilRearmed) {
    Signals asked;
    asked.arrivals = {3, 64, 2047};
    EntrySignals signals(asked);
    for (int round = 0; round < 2; ++round) {
        EXPECT_TRUE(signals.take_arrival(64));
        EXPECT_FALSE(signals.take_arrival(64));
        EXPECT_TRUE(signals.take_arrival(2047));
        EXPECT_FALSE(signals.take_arrival(4));
        signals.rearm();
    }
    EXPECT_FALSE(signals.has_threshold());
}

TEST(EntrySignals, KnowsWhatItWasAskedFor) {
    auto asked = with_threshold(10, 0, false);
    asked.arrivals = {3};
    EntrySignals signals(asked);
    signals.take_arrival(3);
    EXPECT_TRUE(signals.asks_for(asked));
    EXPECT_FALSE(signals.asks_for(Signals{}));
    asked.arrivals = {3, 4};
    EXPECT_FALSE(signals.asks_for(asked));
}

TEST(EntrySignals, AtLeastIsReportedOnceByThePacketThatReachesIt) {
    EntrySignals signals(with_threshold(10, 0, false));
    EXPECT_FALSE(signals.count(9, 0, 1000).crossed);
    const auto crossing = signals.count(2, 50, 1050);
    EXPECT_TRUE(crossing.crossed);
    EXPECT_EQ(crossing.packets, 11u);
    EXPECT_EQ(crossing.octets, 50u);
    EXPECT_FALSE(signals.count(20, 0, 1099).crossed);
    EXPECT_FALSE(signals.count(9, 0, 1100).crossed);  // the next interval
    EXPECT_TRUE(signals.count(1, 0, 1150).crossed);
}

TEST(EntrySignals, OctetsCrossOnTheirOwn) {
    EntrySignals signals(with_threshold(1000, 3000, false));
    EXPECT_FALSE(signals.count(1, 2999, 1000).crossed);
    EXPECT_TRUE(signals.count(1, 1, 1000).crossed);
}

TEST(EntrySignals, AtMostIsReportedAfterTheIntervalsEnd) {
    EntrySignals signals(with_threshold(10, 0, true));
    EXPECT_FALSE(signals.count(5, 0, 1000).crossed);
    EXPECT_FALSE(signals.count(5, 0, 1099).crossed);
    const auto crossing = signals.count(11, 0, 1100);
    EXPECT_TRUE(crossing.crossed);
    EXPECT_EQ(crossing.packets, 10u);
    EXPECT_FALSE(signals.count(0, 0, 1200).crossed);  // 11 in that interval
    EXPECT_TRUE(signals.count(0, 0, 1300).crossed);   // none in this one
}

TEST(EntrySignals, RearmingAllowsAnotherReportInTheSameInterval) {
    EntrySignals signals(with_threshold(10, 0, false));
    EXPECT_TRUE(signals.count(10, 0, 1000).crossed);
    EXPECT_FALSE(signals.count(1, 0, 1001).crossed);
    signals.rearm();
    EXPECT_TRUE(signals.count(1, 0, 1002).crossed);
}

}  // namespace
}  // namespace mgmd::dataplane
