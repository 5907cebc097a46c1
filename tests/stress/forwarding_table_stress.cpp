// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/table.hpp"
#include "tests/stress/grace_periods.hpp"
#include "tests/support/table_fixture.hpp"

/// Readers at full speed against a writer that adds, replaces and removes at full speed. Whatever a
/// reader finds must be whole: every part of an entry tells the same story about which flow it is
/// for and which version it is. Meant for the thread sanitizer too.
namespace mgmd::dataplane {
namespace {

constexpr WorkerIndex kReaders = 3;
constexpr InterfaceIndex kInterfaces = 64;
constexpr std::uint32_t kFlows = 512;
constexpr std::uint32_t kPermanent = 128;  // flows below are replaced, but never removed
constexpr std::uint32_t kVariants = 29;
constexpr std::uint32_t kChanges = 100'000;
constexpr std::uint32_t kReplacements = 300'000;  // of one entry
constexpr InterfaceIndex kStays = 40;             // an interface that all its versions send to

/// What version `variant` of flow number `flow` looks like: interfaces, thresholds and next hops
/// all follow from the two numbers, so that a mixture of two versions is seen.
template <class F>
ForwardingEntry<F> pattern(std::uint32_t flow, std::uint32_t variant) {
    ForwardingEntry<F> entry;
    entry.key = test::key_of<F>(test::source<F>(flow), test::group<F>(flow));
    const auto first = static_cast<InterfaceIndex>(1 + (flow + variant) % 32);
    entry.accept.interfaces = {first};
    if (variant % 3 == 0) {
        entry.accept.interfaces.push_back(static_cast<InterfaceIndex>(first + 20));
    }
    for (InterfaceIndex i = 0; i <= variant % 5; ++i) {
        Outgoing out;
        out.interface = static_cast<InterfaceIndex>(first + i);
        out.ttl_threshold = static_cast<std::uint8_t>(variant);
        out.next_hop =
            MacAddress{{2, 0, 0, static_cast<std::uint8_t>(flow >> 8),
                        static_cast<std::uint8_t>(flow), static_cast<std::uint8_t>(variant)}};
        entry.outgoing.push_back(out);
    }
    if (variant % 7 == 0) {
        entry.signals.arrivals = {first};
    }
    return entry;
}

template <class F>
class ForwardingTableStress : public testing::Test {
protected:
    using Reader = TableReader<F>;
    /// What one reader accepted of each flow.
    using Accepted = std::array<std::uint64_t, kFlows>;

    ForwardingTableStress() {
        for (std::uint32_t flow = 0; flow < kFlows; ++flow) {
            flows_.push_back({0, test::source<F>(flow), test::group<F>(flow)});
        }
    }

    // Readers.

    /// What a worker does: look up, use, count, pass a quiescent state.
    void read(WorkerIndex worker) {
        auto reader = table_.reader(worker);
        std::array<const Entry<F>*, Reader::kMaxBurst> found;
        std::array<std::uint64_t, Reader::kMaxBurst> oldest;
        grace_.online(worker);
        for (std::size_t first = 0; !done_.load(); first = (first + found.size()) % kFlows) {
            for (std::size_t i = 0; i < found.size(); ++i) {
                oldest[i] = oldest_allowed_[first + i].load();
            }
            reader.lookup(
                {&flows_[first], found.size()}, [](std::size_t) { return InterfaceIndex{1}; },
                found);
            for (std::size_t i = 0; i < found.size(); ++i) {
                const auto flow = static_cast<std::uint32_t>(first + i);
                if (found[i] != nullptr) {
                    use(reader, *found[i], flow, oldest[i]);
                    ++accepted_[worker][flow];
                } else if (flow < kPermanent && oldest[i] != 0) {
                    report("an entry that is always there was not found");
                }
            }
            grace_.quiescent(worker);
        }
        grace_.offline(worker);
    }

    void use(Reader& reader, const Entry<F>& entry, std::uint32_t flow, std::uint64_t oldest) {
        if (const auto* what = fault(reader, entry, flow)) {
            report(what);
            return;
        }
        if (entry.sequence < oldest) {
            report("a version that was gone before the lookup began");
        }
        const auto index = reader.index(entry);
        reader.counters().accepted(index, 1, 100);
        if (flow % 16 == 1) {
            const auto interface = reader.plan(entry).members()[0].interface;
            reader.counters().exception(index, interface, CopyException::too_big, 1);
        }
        if (auto* signals = reader.signals(entry)) {
            signals->take_arrival(static_cast<InterfaceIndex>(flow % kInterfaces));
        }
    }

    /// nullptr, or what is wrong with an entry found for `flow`.
    static const char* fault(const Reader& reader, const Entry<F>& entry, std::uint32_t flow) {
        const std::uint32_t variant = entry.highest_ttl_threshold;
        const auto wanted = pattern<F>(flow, variant);
        if (entry.key != PackedKey<F>::from(wanted.key)) {
            return "another key";
        }
        const auto& plan = reader.plan(entry);
        if (plan.member_count != wanted.outgoing.size() || plan.class_count == 0) {
            return "another plan";
        }
        for (const auto& of : plan.classes()) {
            for (const auto& member : plan.members(of)) {
                if (member.ttl_threshold != variant ||
                    !std::equal(of.header.begin(), of.header.begin() + 6,
                                wanted.outgoing.front().next_hop->bytes.begin())) {
                    return "another version's plan";
                }
            }
        }
        for (const auto interface : wanted.accept.interfaces) {
            if (!reader.accepts(entry, interface)) {
                return "another version's accept set";
            }
        }
        const bool signals = reader.signals(entry) != nullptr;
        return signals == !wanted.signals.arrivals.empty() ? nullptr : "another version's signals";
    }

    void report(const char* what) {
        const char* none = nullptr;
        fault_.compare_exchange_strong(none, what);
    }

    /// A worker whose packets are all of flow 0: an entry that is replaced while it is looked up is
    /// looked up often enough to be missed if it ever can be.
    void read_first(WorkerIndex worker) {
        auto reader = table_.reader(worker);
        grace_.online(worker);
        for (std::uint64_t packet = 1; !done_.load(); ++packet) {
            const auto* entry = reader.lookup(flows_[0], 1);
            if (entry == nullptr) {
                report("an entry was not found while it was replaced");
                break;
            }
            reader.counters().accepted(reader.index(*entry), 1, 100);
            ++accepted_[worker][0];
            if (packet % 4 == 0) {
                reader.counters().exception(reader.index(*entry), kStays, CopyException::too_big,
                                            1);
                ++excepted_[worker];
            }
            if (packet % 16 == 0) {
                grace_.quiescent(worker);
            }
        }
        grace_.offline(worker);
    }

    // The writer.

    /// Replaces flow 0; by turns an interface joins and leaves, and others stay.
    void replace_first(std::uint32_t number) {
        auto entry = pattern<F>(0, 1);
        entry.outgoing = {{kStays, std::uint8_t{1}, {}}};
        if (number % 2 == 0) {
            entry.outgoing.push_back({kStays + 1, static_cast<std::uint8_t>(number), {}});
        }
        entry.outgoing.push_back({kStays + 2, static_cast<std::uint8_t>(number >> 1), {}});
        insist([&] { return table_.install(entry); });
    }
    const OutgoingCounters& of_staying(const EntryCounters& counters) {
        return *std::find_if(counters.outgoing.begin(), counters.outgoing.end(),
                             [](const auto& out) { return out.interface == kStays; });
    }

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

    void install(std::uint32_t flow) {
        const auto entry = pattern<F>(flow, 1 + random_() % (kVariants - 1));
        insist([&] { return table_.install(entry); });
        present_[flow] = true;
        const auto found = control_.lookup(flows_[flow], 1);
        oldest_allowed_[flow].store(found->sequence);
    }

    void remove(std::uint32_t flow) {
        insist([&] { return table_.remove(pattern<F>(flow, 1).key); });
        present_[flow] = false;
        oldest_allowed_[flow].store(control_.published_sequence() + 1);
    }

    void change() {
        const std::uint32_t flow = random_() % kFlows;
        if (flow >= kPermanent && present_[flow] && random_() % 3 == 0) {
            remove(flow);
        } else {
            install(flow);
        }
    }

    /// `count` times `write(i)` against readers that do `read(worker)`.
    template <class Read, class Write>
    void run(Read&& read, std::uint32_t count, Write&& write) {
        std::vector<std::thread> readers;
        for (WorkerIndex worker = 0; worker < kReaders; ++worker) {
            readers.emplace_back([&read, worker] { read(worker); });
        }
        for (std::uint32_t i = 0; i < count && fault_.load() == nullptr && !this->HasFailure();
             ++i) {
            write(i);
        }
        done_.store(true);
        for (auto& reader : readers) {
            reader.join();
        }
    }

    // After the run.

    void expect_every_packet_counted() {
        for (std::uint32_t flow = 0; flow < kPermanent; ++flow) {
            std::uint64_t accepted = 0;
            for (const auto& by_reader : accepted_) {
                accepted += by_reader[flow];
            }
            const auto counters = table_.counters(pattern<F>(flow, 1).key);
            ASSERT_EQ(counters.has_value(), present_[flow]);
            ASSERT_EQ(counters ? counters->packets : 0, present_[flow] ? accepted : 0);
        }
        EXPECT_EQ(table_.usage().unattributed_exceptions, 0u) << "nodes did not come back";
    }

    test::Random random_{5};
    InterfaceTable interfaces_{test::interface_table(test::settings_with_interfaces(kInterfaces))};
    test::GracePeriods grace_{kReaders};
    test::ManualClock clock_;
    Table<F> table_{{.capacity = kFlows, .workers = kReaders + 1, .exceptions_per_worker = 4096},
                    interfaces_,
                    grace_,
                    clock_};
    Reader control_ = table_.reader(kReaders);  // the writer's own: it needs no grace period
    std::vector<FlowKey<F>> flows_;
    std::array<bool, kFlows> present_{};
    /// By flow: versions with lower sequences are gone. 0: never installed yet.
    std::array<std::atomic<std::uint64_t>, kFlows> oldest_allowed_{};
    std::array<Accepted, kReaders> accepted_{};
    std::array<std::uint64_t, kReaders> excepted_{};  ///< copies of flow 0 that kStays did not get
    std::atomic<const char*> fault_{nullptr};
    std::atomic<bool> done_{false};
};

using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(ForwardingTableStress, Families);

TYPED_TEST(ForwardingTableStress, ReadersNeverSeeATornFreedOrStaleEntry) {
    const auto start = this->table_.usage();
    this->run([this](WorkerIndex worker) { this->read(worker); }, kChanges,
              [this](std::uint32_t) { this->change(); });
    EXPECT_EQ(this->fault_.load(), nullptr) << this->fault_.load();
    this->expect_every_packet_counted();
    for (std::uint32_t flow = 0; flow < kFlows; ++flow) {
        if (this->present_[flow]) {
            this->remove(flow);
        }
    }
    this->table_.reclaim();
    const auto end = this->table_.usage();
    EXPECT_EQ(end.entries, 0u);
    EXPECT_EQ(end.retired, 0u);
    EXPECT_EQ(end.octets, start.octets);
}

// However fast an entry is replaced, no packet finds none, and no count is lost, doubled or taken
// for another version's.
TYPED_TEST(ForwardingTableStress, AnEntryThatIsReplacedIsAlwaysThereWithAllItsCounts) {
    this->replace_first(0);
    std::uint64_t packets = 0;
    this->run([this](WorkerIndex worker) { this->read_first(worker); }, kReplacements,
              [&](std::uint32_t i) {
                  this->replace_first(i + 1);
                  if (i % 64 == 0) {
                      const auto counters = *this->table_.counters(pattern<TypeParam>(0, 1).key);
                      ASSERT_GE(counters.packets, packets) << "counts were lost";
                      packets = counters.packets;
                      ASSERT_LE(this->of_staying(counters).sent, packets);
                  }
              });
    EXPECT_EQ(this->fault_.load(), nullptr) << this->fault_.load();
    std::uint64_t accepted = 0;
    std::uint64_t excepted = 0;
    for (WorkerIndex worker = 0; worker < kReaders; ++worker) {
        accepted += this->accepted_[worker][0];
        excepted += this->excepted_[worker];
    }
    for (int grace_period = 0; grace_period < 2; ++grace_period) {
        const auto counters = *this->table_.counters(pattern<TypeParam>(0, 1).key);
        EXPECT_EQ(counters.packets, accepted);
        EXPECT_EQ(this->of_staying(counters).too_big, excepted);
        EXPECT_EQ(this->of_staying(counters).sent, accepted - excepted);
        this->table_.reclaim();  // nobody reads any more: all that was retired is folded
    }
    EXPECT_EQ(this->table_.usage().unattributed_exceptions, 0u);
}

}  // namespace
}  // namespace mgmd::dataplane
