// SPDX-License-Identifier: Apache-2.0
#include "control/table_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/captured_log.hpp"

namespace mgmd {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TableUsage usage_of(std::uint64_t entries, std::uint64_t refused, std::uint64_t for_parts = 0) {
    TableUsage usage;
    usage.entries = entries;
    usage.capacity = 100;
    usage.refused = refused;
    usage.refused_for_parts = for_parts;
    usage.part_octets = 7 << 20;
    usage.part_octets_capacity = 8 << 20;
    return usage;
}

TEST(TableWatch, WarnsOnceThatATableIsFull) {
    test::CapturedLog log;
    TableWatch watch("IPv6");
    watch.look(usage_of(100, 0));
    EXPECT_THAT(log.lines_with("warning"), IsEmpty()) << "nothing was refused yet";
    watch.look(usage_of(100, 1));
    watch.look(usage_of(100, 9));
    const auto lines = log.lines_with("warning");
    ASSERT_THAT(lines, SizeIs(1));
    EXPECT_THAT(lines[0], HasSubstr("IPv6 forwarding table is full: limits.entries is 100"));
}

TEST(TableWatch, TellsMemoryForListsFromEntries) {
    test::CapturedLog log;
    TableWatch watch("IPv4");
    watch.look(usage_of(40, 3, 3));
    watch.look(usage_of(40, 5, 5));
    const auto lines = log.lines_with("warning");
    ASSERT_THAT(lines, SizeIs(1));
    EXPECT_THAT(lines[0], HasSubstr("IPv4"));
    EXPECT_THAT(lines[0], HasSubstr("outgoing list: 7 MiB of 8"));
}

TEST(TableWatch, SaysNothingOfRefusalsThatAGracePeriodEnds) {
    test::CapturedLog log;
    TableWatch watch("IPv4");
    watch.look(usage_of(40, 3));
    EXPECT_THAT(log.lines_with("warning"), IsEmpty());
}

}  // namespace
}  // namespace mgmd
