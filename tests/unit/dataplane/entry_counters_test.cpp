// SPDX-License-Identifier: Apache-2.0
#include "dataplane/entry_counters.hpp"

#include <map>

#include <gtest/gtest.h>

namespace mgmd::dataplane {
namespace {

constexpr auto kTooBig = CopyException::too_big;

std::map<InterfaceIndex, std::uint64_t> too_big(const WorkerEntryCounters& counters,
                                                EntryIndex entry) {
    std::map<InterfaceIndex, std::uint64_t> result;
    counters.for_each_exception(entry, [&](const ExceptionNode& node) {
        result[node.interface.load()] += node.counts[static_cast<std::size_t>(kTooBig)].get();
    });
    return result;
}

TEST(EntryCounters, ExceptionsAreKeptByEntryAndInterface) {
    WorkerEntryCounters counters(4, 8);
    counters.exception(1, 10, kTooBig, 2);
    counters.exception(1, 11, kTooBig, 3);
    counters.exception(1, 10, kTooBig, 1);
    counters.exception(2, 10, kTooBig, 7);
    counters.exception(2, 10, CopyException::discarded, 100);
    EXPECT_EQ(too_big(counters, 1), (std::map<InterfaceIndex, std::uint64_t>{{10, 3}, {11, 3}}));
    EXPECT_EQ(too_big(counters, 2), (std::map<InterfaceIndex, std::uint64_t>{{10, 7}}));
    EXPECT_TRUE(too_big(counters, 3).empty());
}

TEST(EntryCounters, WhatNoNodeIsLeftForIsCountedApart) {
    WorkerEntryCounters counters(4, 2);
    counters.exception(1, 10, kTooBig, 1);
    counters.exception(1, 11, kTooBig, 1);
    counters.exception(1, 12, kTooBig, 5);
    counters.exception(1, 10, kTooBig, 1);
    EXPECT_EQ(counters.unattributed(), 5u);
    EXPECT_EQ(too_big(counters, 1), (std::map<InterfaceIndex, std::uint64_t>{{10, 2}, {11, 1}}));
}

TEST(EntryCounters, RecycledNodesComeBackEmpty) {
    WorkerEntryCounters counters(4, 3);
    for (int round = 0; round < 10; ++round) {
        counters.accepted(1, 5, 500);
        counters.wrong_interface(1, 1);
        counters.exception(1, 10, kTooBig, 1);
        counters.exception(1, 11, kTooBig, 1);
        counters.exception(2, 12, kTooBig, 1);
        EXPECT_EQ(too_big(counters, 1),
                  (std::map<InterfaceIndex, std::uint64_t>{{10, 1}, {11, 1}}));
        counters.recycle(1);
        counters.recycle(2);
        counters.recycle(3);  // never had any
        EXPECT_TRUE(too_big(counters, 1).empty());
        EXPECT_EQ(counters.block(1).hits.get(), 0u);
        EXPECT_EQ(counters.block(1).octets.get(), 0u);
        EXPECT_EQ(counters.block(1).wrong_interface.get(), 0u);
    }
    EXPECT_EQ(counters.unattributed(), 0u);
}

}  // namespace
}  // namespace mgmd::dataplane
