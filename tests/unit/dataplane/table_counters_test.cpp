// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/table.hpp"
#include "tests/support/table_fixture.hpp"

namespace mgmd::dataplane {
namespace {

constexpr WorkerIndex kWorkers = 2;

/// What workers count, and what control reads of it.
class TableCountersTest : public testing::Test {
protected:
    TableCountersTest() {
        for (WorkerIndex worker = 0; worker < kWorkers; ++worker) {
            readers_.push_back(table_.reader(worker));
            grace_.online(worker);
        }
    }
    void install(std::vector<InterfaceIndex> outgoing, Action action = Action::forward) {
        auto entry = test::entry_for(key_, 1, std::move(outgoing));
        entry.action = action;
        ASSERT_TRUE(table_.install(entry));
    }
    const Entry<V4>* find() { return readers_[0].lookup({0, key_.source, key_.group}, 1); }
    EntryIndex published() { return readers_[0].index(*find()); }
    WorkerEntryCounters& worker(WorkerIndex worker) { return readers_[worker].counters(); }
    void end_grace_period() {
        for (WorkerIndex worker = 0; worker < kWorkers; ++worker) {
            grace_.quiescent(worker);
        }
        table_.reclaim();
        ASSERT_EQ(table_.usage().retired, 0u);
    }
    EntryCounters counters() { return *table_.counters(key_); }
    std::map<InterfaceIndex, std::uint64_t> sent() {
        std::map<InterfaceIndex, std::uint64_t> result;
        for (const auto& outgoing : counters().outgoing) {
            result[outgoing.interface] = outgoing.sent;
        }
        return result;
    }

    using Sent = std::map<InterfaceIndex, std::uint64_t>;
    InterfaceTable interfaces_{test::interface_table(test::settings_with_interfaces(20))};
    test::AtomicQsbr grace_{kWorkers};
    test::ManualClock clock_;
    Table<V4> table_{{.capacity = 64, .workers = kWorkers, .exceptions_per_worker = 64},
                     interfaces_,
                     grace_,
                     clock_};
    std::vector<TableReader<V4>> readers_;
    RouteKey<V4> key_ = test::key_of<V4>(test::source<V4>(1), test::group<V4>(1));
};

TEST_F(TableCountersTest, UnknownKeysHaveNone) {
    EXPECT_FALSE(table_.counters(key_));
    EXPECT_FALSE(table_.activity(key_));
}

TEST_F(TableCountersTest, SumsWorkersAndDerivesWhatWasSent) {
    install({2, 3, 4});
    const auto entry = published();
    worker(0).accepted(entry, 100, 10'000);
    worker(1).accepted(entry, 50, 5'000);
    worker(0).ttl_expired(entry, 10);
    worker(1).wrong_interface(entry, 7);
    worker(0).exception(entry, 2, CopyException::ttl_too_low, 1);
    worker(1).exception(entry, 2, CopyException::too_big, 2);
    worker(1).exception(entry, 2, CopyException::discarded, 4);
    worker(1).exception(entry, 4, CopyException::left_out, 40);
    const auto counted = counters();
    EXPECT_EQ(counted.packets, 150u);
    EXPECT_EQ(counted.octets, 15'000u);
    EXPECT_EQ(counted.wrong_interface, 7u);
    EXPECT_EQ(counted.ttl_expired, 10u);
    EXPECT_EQ(counted.negative_hits, 0u);
    EXPECT_EQ(sent(), (Sent{{2, 133}, {3, 140}, {4, 100}}));
    EXPECT_EQ(counted.outgoing[0].ttl_too_low, 1u);
    EXPECT_EQ(counted.outgoing[0].too_big, 2u);
    EXPECT_EQ(counted.outgoing[0].discarded, 4u);
    EXPECT_EQ(counted.outgoing[2].discarded, 0u);
    EXPECT_EQ(table_.activity(key_)->accepted, 150u);
}

TEST_F(TableCountersTest, CountsSurviveReplacementBeforeAndAfterTheGracePeriod) {
    install({2, 3});
    const auto first = published();
    worker(0).accepted(first, 10, 100);
    worker(0).exception(first, 2, CopyException::too_big, 3);
    install({2, 3, 4});
    const auto second = published();
    worker(0).accepted(second, 5, 50);
    worker(1).accepted(first, 1, 10);  // has not noticed yet
    const Sent expected{{2, 13}, {3, 16}, {4, 5}};
    EXPECT_EQ(sent(), expected);
    EXPECT_EQ(table_.activity(key_)->accepted, 16u);
    end_grace_period();
    EXPECT_EQ(sent(), expected);
    EXPECT_EQ(counters().packets, 16u);
    EXPECT_EQ(counters().octets, 160u);
    EXPECT_EQ(counters().outgoing[0].too_big, 3u);
    EXPECT_EQ(table_.activity(key_)->accepted, 16u);
}

TEST_F(TableCountersTest, AnInterfaceThatLeftStartsAnew) {
    install({2, 3});
    worker(0).accepted(published(), 10, 100);
    worker(0).exception(published(), 3, CopyException::discarded, 1);
    install({2});
    worker(0).accepted(published(), 10, 100);
    EXPECT_EQ(sent(), (Sent{{2, 20}}));
    install({2, 3});
    EXPECT_EQ(sent(), (Sent{{2, 20}, {3, 0}}));
    worker(0).accepted(published(), 4, 40);
    EXPECT_EQ(sent(), (Sent{{2, 24}, {3, 4}}));
    end_grace_period();
    EXPECT_EQ(sent(), (Sent{{2, 24}, {3, 4}}));
    EXPECT_EQ(counters().outgoing[1].discarded, 0u);
}

TEST_F(TableCountersTest, NegativeHitsAreNotPackets) {
    install({}, Action::drop);
    worker(0).negative(published(), 8);
    EXPECT_EQ(table_.activity(key_)->negative_hits, 8u);
    install({2});
    worker(0).accepted(published(), 3, 30);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(counters().negative_hits, 8u);
        EXPECT_EQ(counters().packets, 3u);
        EXPECT_EQ(table_.activity(key_)->negative_hits, 8u);
        EXPECT_EQ(table_.activity(key_)->accepted, 3u);
        EXPECT_EQ(sent(), (Sent{{2, 3}}));
        end_grace_period();
    }
}

TEST_F(TableCountersTest, RemovalEndsThem) {
    install({2});
    worker(0).accepted(published(), 1, 10);
    install({2, 3});
    const auto old = published();
    worker(0).accepted(old, 2, 20);
    ASSERT_TRUE(table_.remove(key_));
    EXPECT_FALSE(table_.counters(key_));
    install({2});
    worker(0).accepted(old, 4, 40);  // has not noticed yet
    EXPECT_EQ(counters().packets, 0u);
    end_grace_period();
    EXPECT_EQ(counters().packets, 0u);
    worker(0).accepted(published(), 8, 80);
    EXPECT_EQ(counters().packets, 8u);
}

TEST_F(TableCountersTest, ExceptionsWithoutANodeAreReported) {
    install({2});
    for (InterfaceIndex i = 1; i <= 65; ++i) {
        worker(0).exception(published(), i, CopyException::too_big, 1);
    }
    EXPECT_EQ(table_.usage().unattributed_exceptions, 1u);
}

TEST_F(TableCountersTest, EntriesThatFallSilentCrossThresholdsOfAtMostSoMuch) {
    const auto entry = [](std::uint32_t group) {
        return test::entry_for(test::key_of<V4>(test::source<V4>(1), test::group<V4>(group)), 1,
                               {2});
    };
    using Signalled = Signals::Threshold;
    auto quiet = entry(1);
    quiet.signals.threshold = Signalled{.packets = 10, .interval_ms = 100, .at_most = true};
    auto busy = entry(2);
    busy.signals.threshold = Signalled{.packets = 10, .interval_ms = 100, .at_most = false};
    ASSERT_TRUE(table_.install(quiet));
    ASSERT_TRUE(table_.install(busy));
    ASSERT_TRUE(table_.install(entry(3)));
    std::vector<RouteKey<V4>> reported;
    const auto end_intervals = [&](std::uint64_t now_ms) {
        reported.clear();
        table_.end_intervals(now_ms, [&](const auto& key, const auto& crossing) {
            reported.push_back(key);
            EXPECT_LE(crossing.packets, 10u);
        });
        return reported;
    };
    EXPECT_TRUE(end_intervals(1000).empty()) << "the first interval begins";
    EXPECT_TRUE(end_intervals(1099).empty());
    EXPECT_EQ(end_intervals(1100), std::vector{quiet.key});
    EXPECT_TRUE(end_intervals(1101).empty());
    EXPECT_EQ(end_intervals(1200), std::vector{quiet.key}) << "each interval counts";
    readers_[0].signals(*find())->count(11, 0, 1250);
    EXPECT_TRUE(end_intervals(1300).empty());

    // A replacement is watched, or is not, as it asks.
    ASSERT_TRUE(table_.install(entry(1)));
    EXPECT_TRUE(end_intervals(9000).empty());
    ASSERT_TRUE(table_.install(quiet));
    end_intervals(10'000);
    EXPECT_EQ(end_intervals(10'100), std::vector{quiet.key});
    ASSERT_TRUE(table_.remove(quiet.key));
    EXPECT_TRUE(end_intervals(11'000).empty());
}

/// Random replacements, packets and grace periods, against counting copy by copy.
TEST_F(TableCountersTest, AgreeWithCountingEveryCopy) {
    test::Random random(3);
    std::vector<InterfaceIndex> outgoing{2};
    std::uint64_t packets = 0;
    Sent model{{2, 0}};
    install(outgoing);
    for (int step = 0; step < 20'000; ++step) {
        const auto entry = published();
        const auto by = static_cast<WorkerIndex>(random() % kWorkers);
        const std::uint64_t count = random() % 5;
        worker(by).accepted(entry, count, count * 100);
        packets += count;
        for (auto& [interface, copies] : model) {
            const std::uint64_t missed = random() % 4 == 0 ? count : 0;
            if (missed != 0) {
                worker(by).exception(entry, interface,
                                     static_cast<CopyException>(random() % kCopyExceptions),
                                     missed);
            }
            copies += count - missed;
        }
        if (random() % 8 == 0) {
            end_grace_period();
        }
        if (random() % 4 == 0) {
            outgoing.clear();
            Sent next;
            for (InterfaceIndex i = 2; i < 8; ++i) {
                if (random() % 2 == 0) {
                    outgoing.push_back(i);
                    next[i] = model.contains(i) ? model[i] : 0;
                }
            }
            model = next;
            install(outgoing);
        }
        ASSERT_EQ(sent(), model) << "step " << step;
        ASSERT_EQ(counters().packets, packets);
    }
    EXPECT_EQ(table_.usage().unattributed_exceptions, 0u);
}

}  // namespace
}  // namespace mgmd::dataplane
