// SPDX-License-Identifier: Apache-2.0
// Changes of the forwarding table when memory runs out at any point: refused, or done; never half.
#include <gtest/gtest.h>

#include "dataplane/table.hpp"
#include "tests/support/limited_allocator.hpp"
#include "tests/support/table_fixture.hpp"

namespace mgmd::dataplane {
namespace {

using mgmd::test::AllocationLimit;

class TableMemoryTest : public testing::Test {
protected:
    using Outgoing = std::vector<InterfaceIndex>;

    TableMemoryTest() {
        grace_.online(0);
        install(flow(), {2, 3});
    }

    RouteKey<V4> flow(std::uint32_t number = 1) const {
        return test::key_of<V4>(test::source<V4>(number), test::group<V4>(number));
    }
    void install(const RouteKey<V4>& key, Outgoing outgoing) {
        ASSERT_TRUE(table_.install(test::entry_for(key, 1, std::move(outgoing))));
    }
    const Entry<V4>* find(const RouteKey<V4>& key) {
        return reader_.lookup({0, key.source, key.group}, 1);
    }
    void end_grace_period() {
        grace_.quiescent(0);
        table_.reclaim();
    }

    /// Makes the change with 0, 1, 2 ... allocations until it succeeds. Each one that does not is
    /// refused as full, is counted, and leaves the flow and the table as they were.
    void expect_all_or_nothing(const ForwardingEntry<V4>& entry) {
        std::uint64_t refused = table_.usage().refused;
        const auto entries = table_.usage().entries;
        const auto* before = find(entry.key);
        for (std::size_t allowed = 0;; ++allowed) {
            const auto result = install_with(allowed, entry);
            if (result) {
                EXPECT_NE(find(entry.key), before);
                EXPECT_NE(allowed, 0u) << "it takes no memory: nothing was tested";
                return;
            }
            EXPECT_EQ(result.error(), TableError::full);
            EXPECT_EQ(table_.usage().refused, ++refused);
            EXPECT_EQ(find(entry.key), before);
            EXPECT_EQ(table_.usage().entries, entries);
            ASSERT_LT(allowed, 100u) << "it never succeeds";
        }
    }
    tl::expected<void, TableError> install_with(std::size_t allocations,
                                                const ForwardingEntry<V4>& entry) {
        const AllocationLimit limit(allocations);
        return table_.install(entry);
    }
    void expect_everything_returned() {
        for (std::uint32_t number = 1; number <= 3; ++number) {
            (void)table_.remove(flow(number));
        }
        end_grace_period();
        EXPECT_EQ(table_.usage().entries, 0u);
        EXPECT_EQ(table_.usage().retired, 0u);
        EXPECT_EQ(table_.usage().octets, octets_);
    }

    InterfaceTable interfaces_{test::interface_table(test::settings_with_interfaces(20))};
    test::AtomicQsbr grace_{1};
    test::ManualClock clock_;
    Table<V4> table_{
        {.capacity = 8, .workers = 1, .exceptions_per_worker = 64}, interfaces_, grace_, clock_};
    std::uint64_t octets_ = table_.usage().octets;
    TableReader<V4> reader_{table_.reader(0)};
};

TEST_F(TableMemoryTest, AddingAnEntry) {
    auto entry = test::entry_for(flow(2), 1, {2, 3, 4, 5});
    entry.accept.interfaces = {1, 7};
    entry.signals.arrivals = {1};
    expect_all_or_nothing(entry);
    expect_everything_returned();
}

TEST_F(TableMemoryTest, ReplacingAnEntry) {
    expect_all_or_nothing(test::entry_for(flow(), 1, {2, 4, 6}));
    // The key's counts are followed already; the second replacement takes less memory.
    expect_all_or_nothing(test::entry_for(flow(), 1, {8}));
    expect_everything_returned();
}

TEST_F(TableMemoryTest, ReplacingAnEntryByOneThatReports) {
    auto entry = test::entry_for(flow(), 1, {2, 3});
    entry.signals.threshold = {.packets = 1, .interval_ms = 100, .at_most = true};
    expect_all_or_nothing(entry);
    expect_everything_returned();
}

// What has no memory to keep its counts waits, and loses none of them.
TEST_F(TableMemoryTest, ReclaimingAVersionThatCounted) {
    auto& counters = reader_.counters();
    const auto old = reader_.index(*find(flow()));
    counters.accepted(old, 10, 1000);
    counters.exception(old, 2, CopyException::too_big, 3);
    install(flow(), {2, 3, 4});
    grace_.quiescent(0);
    for (std::size_t allowed = 0; table_.usage().retired != 0; ++allowed) {
        ASSERT_LT(allowed, 100u);
        {
            const AllocationLimit limit(allowed);
            table_.reclaim();
        }
        const auto counted = table_.counters(flow());
        EXPECT_EQ(counted->packets, 10u);
        EXPECT_EQ(counted->outgoing[0].too_big, 3u);
        EXPECT_EQ(counted->outgoing[0].sent, 7u);
        EXPECT_EQ(counted->outgoing[2].sent, 0u);
    }
    expect_everything_returned();
}

TEST_F(TableMemoryTest, RemovingTakesNone) {
    const auto key = flow();
    bool removed = false;
    {
        const AllocationLimit limit(0);
        removed = table_.remove(key).has_value();
        end_grace_period();
    }
    EXPECT_TRUE(removed);
    EXPECT_EQ(table_.usage().retired, 0u);
}

// More grace periods than there is room to tell apart: some wait for a later one.
TEST_F(TableMemoryTest, ManyGracePeriodsThatDoNotEnd) {
    Table<V4> table({.capacity = 40'000, .workers = 1, .exceptions_per_worker = 1}, interfaces_,
                    grace_, clock_);
    for (std::uint32_t i = 0; i < 4'500; ++i) {
        ASSERT_TRUE(
            table.install(test::entry_for(flow(), 1, {static_cast<InterfaceIndex>(2 + i % 2)})));
    }
    EXPECT_EQ(table.usage().retired, 4'499u);
    grace_.quiescent(0);
    table.reclaim();
    EXPECT_EQ(table.usage().retired, 0u);
}

}  // namespace
}  // namespace mgmd::dataplane
