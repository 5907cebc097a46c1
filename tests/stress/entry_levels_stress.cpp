// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/table.hpp"
#include "tests/stress/grace_periods.hpp"
#include "tests/support/table_fixture.hpp"

/// Flows whose entries go from one kind of key to another, the new one published before the old one
/// is removed: readers at full speed must find one of the two, never neither and never a more
/// general one. Meant for the thread sanitizer too.
namespace mgmd::dataplane {
namespace {

constexpr WorkerIndex kReaders = 3;
/// Each arrives on an interface of its own. Odd ones also match a (*,*) that is always there.
constexpr std::uint32_t kFlows = 64;
constexpr std::uint32_t kMoves = 60'000;

enum class Level { source_group, any_source, any_source_prefix, any };

template <class F>
class EntryLevelsStress : public testing::Test {
protected:
    using Reader = TableReader<F>;

    EntryLevelsStress() {
        for (std::uint32_t flow = 0; flow < kFlows; ++flow) {
            flows_.push_back({0, test::source<F>(flow), test::group<F>(flow << 8)});
            install(flow, level_[flow]);
            if (has_fallback(flow)) {
                install(flow, Level::any);
            }
        }
    }

    static bool has_fallback(std::uint32_t flow) { return flow % 2 != 0; }
    static InterfaceIndex arrival(std::size_t flow) {
        return static_cast<InterfaceIndex>(1 + flow);
    }

    RouteKey<F> key(std::uint32_t flow, Level level) const {
        const auto& group = flows_[flow].group;
        switch (level) {
            case Level::source_group:
                return test::key_of<F>(flows_[flow].source, group);
            case Level::any_source:
                return test::key_of<F>({}, group);
            case Level::any_source_prefix:
                return test::key_of<F>({}, group, F::address_bits - 8);
            case Level::any:
                break;
        }
        return test::any_key<F>(arrival(flow));
    }

    // Readers.

    void read(WorkerIndex worker) {
        auto reader = table_.reader(worker);
        std::array<const Entry<F>*, kFlows> found;
        static_assert(kFlows <= Reader::kMaxBurst);
        grace_.online(worker);
        while (!done_.load()) {
            reader.lookup(flows_, arrival, found);
            for (std::uint32_t flow = 0; flow < kFlows; ++flow) {
                check(flow, found[flow]);
            }
            grace_.quiescent(worker);
        }
        grace_.offline(worker);
    }

    void check(std::uint32_t flow, const Entry<F>* found) {
        if (found == nullptr) {
            report("neither the old nor the new entry");
        } else if (has_fallback(flow) && found->key.unpack().is_any()) {
            report("the more general entry");
        } else if (found->accept != arrival(flow)) {
            report("another flow's entry");
        }
    }

    void report(const char* what) {
        const char* none = nullptr;
        fault_.compare_exchange_strong(none, what);
    }

    // The writer.

    /// Retries what readers that the machine does not run hold up.
    template <class Change>
    void insist(Change&& change) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        tl::expected<void, TableError> result;
        while (!(result = change()) && std::chrono::steady_clock::now() < deadline) {
            ASSERT_EQ(result.error(), TableError::full);
            std::this_thread::yield();
        }
        ASSERT_TRUE(result) << "readers pass no quiescent state";
    }

    void install(std::uint32_t flow, Level level) {
        insist([&] {
            return table_.install(test::entry_for(key(flow, level), arrival(flow), {kOutgoing}));
        });
    }

    void move(std::uint32_t flow) {
        const std::uint32_t levels = has_fallback(flow) ? 3 : 4;
        const auto from = level_[flow];
        const auto to = static_cast<Level>(
            (static_cast<std::uint32_t>(from) + 1 + random_() % (levels - 1)) % levels);
        install(flow, to);
        insist([&] { return table_.remove(key(flow, from)); });
        level_[flow] = to;
    }

    static constexpr InterfaceIndex kOutgoing = kFlows + 1;

    test::Random random_{7};
    InterfaceTable interfaces_{test::interface_table(test::settings_with_interfaces(kOutgoing))};
    test::GracePeriods grace_{kReaders};
    test::ManualClock clock_;
    Table<F> table_{{.capacity = 4 * kFlows, .workers = kReaders, .exceptions_per_worker = 16},
                    interfaces_,
                    grace_,
                    clock_};
    std::vector<FlowKey<F>> flows_;
    std::array<Level, kFlows> level_{};
    std::atomic<const char*> fault_{nullptr};
    std::atomic<bool> done_{false};
};

using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(EntryLevelsStress, Families);

TYPED_TEST(EntryLevelsStress, AFlowIsFoundWhileItsEntryGoesToAnotherKindOfKey) {
    std::vector<std::thread> readers;
    for (WorkerIndex worker = 0; worker < kReaders; ++worker) {
        readers.emplace_back([this, worker] { this->read(worker); });
    }
    for (std::uint32_t i = 0; i < kMoves && this->fault_.load() == nullptr && !this->HasFailure();
         ++i) {
        this->move(this->random_() % kFlows);
    }
    this->done_.store(true);
    for (auto& reader : readers) {
        reader.join();
    }
    EXPECT_EQ(this->fault_.load(), nullptr) << this->fault_.load();
}

}  // namespace
}  // namespace mgmd::dataplane
