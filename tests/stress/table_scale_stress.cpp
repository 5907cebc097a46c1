// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/table.hpp"
#include "tests/support/table_fixture.hpp"

/// As many entries as a router is made for, of all kinds at once: each flow finds its own, and each
/// worker counts for itself.
namespace mgmd::dataplane {
namespace {

constexpr WorkerIndex kWorkers = 2;
constexpr std::uint32_t kSources = 1'000;
constexpr std::uint32_t kSourceGroups = 1'000;  ///< (S,G) for each source: a million
constexpr std::uint32_t kAnySource = 100'000;   ///< (*,G), of those groups and of others
constexpr std::uint32_t kPrefixes = 10'000;     ///< (*,G/len) behind them, of 256 groups each
constexpr std::uint32_t kFirstPrefix = 0x10'0000;
constexpr InterfaceIndex kArrival = 1;
constexpr InterfaceIndex kOther = 2;  ///< where nothing arrives that has no entry of its own

enum Level : std::uint8_t { none, any, prefix, any_source, source_group };

template <class F>
class TableScaleStress : public testing::Test {
protected:
    using Flow = FlowKey<F>;

    static Flow flow(std::uint32_t source, std::uint32_t group) {
        return {0, test::source<F>(source), test::group<F>(group)};
    }
    /// What leaves by an entry tells its level.
    void install(const RouteKey<F>& key, Level level) {
        ASSERT_TRUE(table_->install(
            test::entry_for(key, kArrival, {static_cast<InterfaceIndex>(10 + level)})));
    }
    static RouteKey<F> source_group_key(std::uint32_t source, std::uint32_t group) {
        return test::key_of<F>(test::source<F>(source), test::group<F>(group));
    }
    static RouteKey<F> any_source_key(std::uint32_t group) {
        return test::key_of<F>({}, test::group<F>(group));
    }
    static RouteKey<F> prefix_key(std::uint32_t number) {
        return test::key_of<F>({}, test::group<F>(kFirstPrefix + number * 256),
                               F::address_bits - 8);
    }

    void install_all() {
        install(test::any_key<F>(kArrival), any);
        for (std::uint32_t number = 0; number < kPrefixes; ++number) {
            install(prefix_key(number), prefix);
        }
        for (std::uint32_t group = 0; group < kAnySource; ++group) {
            install(any_source_key(group), any_source);
        }
        for (std::uint32_t group = 0; group < kSourceGroups; ++group) {
            for (std::uint32_t source = 0; source < kSources; ++source) {
                install(source_group_key(source, group), source_group);
            }
        }
    }

    /// By which kind of entry each flow is forwarded, as worker `worker` sees it. Each is counted.
    template <class LevelOf>
    void expect_levels(WorkerIndex worker, InterfaceIndex arrival, std::span<const Flow> flows,
                       LevelOf&& level_of) {
        auto& reader = readers_[worker];
        std::array<const Entry<F>*, TableReader<F>::kMaxBurst> found;
        for (std::size_t first = 0; first < flows.size(); first += found.size()) {
            const auto burst = flows.subspan(first, std::min(found.size(), flows.size() - first));
            reader.lookup(
                burst, [=](std::size_t) { return arrival; }, found);
            for (std::size_t i = 0; i < burst.size(); ++i) {
                const auto wanted = level_of(first + i);
                const auto level =
                    found[i] == nullptr
                        ? none
                        : static_cast<Level>(reader.plan(*found[i]).members()[0].interface - 10);
                ASSERT_EQ(level, wanted) << "flow " << first + i;
                if (found[i] != nullptr) {
                    reader.counters().accepted(reader.index(*found[i]), 1, 100);
                }
            }
        }
    }

    /// Every source to some groups of each kind, in an order without order.
    void choose_flows() {
        test::Random random(1);
        for (int i = 0; i < 500'000; ++i) {
            const auto source = random() % (kSources + 10);
            switch (random() % 4) {
                case 0:
                    add(source, random() % kSourceGroups,
                        source < kSources ? source_group : any_source);
                    break;
                case 1:
                    add(source, kSourceGroups + random() % (kAnySource - kSourceGroups),
                        any_source);
                    break;
                case 2:
                    add(source, kFirstPrefix + random() % (kPrefixes * 256), prefix);
                    break;
                default:
                    add(source, kAnySource + random() % (kFirstPrefix - kAnySource), any);
            }
        }
    }
    void add(std::uint32_t source, std::uint32_t group, Level level) {
        flows_.push_back(flow(source, group));
        levels_.push_back(level);
        even_.push_back(source % 2 == 0);
    }

    InterfaceTable interfaces_{test::interface_table(test::settings_with_interfaces(20))};
    test::AtomicQsbr grace_{kWorkers};
    test::ManualClock clock_;
    std::unique_ptr<Table<F>> table_{std::make_unique<Table<F>>(
        TableOptions{.capacity = std::size_t{kSources} * kSourceGroups + kAnySource + kPrefixes + 1,
                     .workers = kWorkers,
                     .exceptions_per_worker = 16},
        interfaces_, grace_, clock_)};
    std::array<TableReader<F>, kWorkers> readers_{table_->reader(0), table_->reader(1)};
    std::vector<Flow> flows_;
    std::vector<Level> levels_;
    std::vector<bool> even_;  ///< by flow: number of its source
};

using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(TableScaleStress, Families);

TYPED_TEST(TableScaleStress, EachFlowFindsItsEntryAmongAMillionOfAllKinds) {
    using F = TypeParam;
    this->install_all();
    const auto full = this->table_->usage();
    EXPECT_EQ(full.entries, full.capacity);
    EXPECT_EQ(full.refused, 0u);
    const auto refused =
        this->table_->install(test::entry_for(this->any_source_key(kAnySource), kArrival, {10}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), TableError::full);

    this->choose_flows();
    for (WorkerIndex worker = 0; worker < kWorkers; ++worker) {
        this->expect_levels(worker, kArrival, this->flows_,
                            [&](std::size_t i) { return this->levels_[i]; });
        this->expect_levels(worker, kOther, this->flows_, [&](std::size_t i) {
            return this->levels_[i] == any ? none : this->levels_[i];
        });
    }
    const auto passed =
        static_cast<std::uint64_t>(std::count(this->levels_.begin(), this->levels_.end(), any));
    EXPECT_EQ(this->table_->counters(test::any_key<F>(kArrival))->packets, kWorkers * passed);

    // Half of the (S,G) go: their flows have the (*,G) then. The others lose nothing.
    for (std::uint32_t group = 0; group < kSourceGroups; ++group) {
        for (std::uint32_t source = 0; source < kSources; source += 2) {
            ASSERT_TRUE(this->table_->remove(this->source_group_key(source, group)));
        }
    }
    this->expect_levels(0, kArrival, this->flows_, [&](std::size_t i) {
        return this->levels_[i] == source_group && this->even_[i] ? any_source : this->levels_[i];
    });
    for (WorkerIndex worker = 0; worker < kWorkers; ++worker) {
        this->grace_.quiescent(worker);
    }
    this->table_->reclaim();
    EXPECT_EQ(this->table_->usage().retired, 0u);
    EXPECT_EQ(this->table_->usage().entries, full.entries - kSources * kSourceGroups / 2);
}

}  // namespace
}  // namespace mgmd::dataplane
