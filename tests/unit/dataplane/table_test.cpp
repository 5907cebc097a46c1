// SPDX-License-Identifier: Apache-2.0
#include "dataplane/table.hpp"

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/table_fixture.hpp"

namespace mgmd::dataplane {
namespace {

template <class F>
class TableTest : public testing::Test {
protected:
    static constexpr std::size_t kCapacity = 64;
    static constexpr InterfaceIndex kInterfaces = 20;

    const Entry<F>* find(std::uint32_t s, std::uint32_t g, InterfaceIndex arrival = 1) {
        return reader_.lookup({0, test::source<F>(s), test::group<F>(g)}, arrival);
    }
    ForwardingEntry<F> entry(std::uint32_t s, std::uint32_t g,
                             std::vector<InterfaceIndex> outgoing = {2, 3}) {
        return test::entry_for(test::key_of<F>(test::source<F>(s), test::group<F>(g)), 1,
                               std::move(outgoing));
    }
    void expect_error(tl::expected<void, TableError> result, TableError error) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error(), error);
    }

    InterfaceTable interfaces_{test::interface_table(test::settings_with_interfaces(kInterfaces))};
    test::AtomicQsbr grace_{2};
    test::ManualClock clock_;
    Table<F> table_{{.capacity = kCapacity, .workers = 2, .exceptions_per_worker = 16},
                    interfaces_,
                    grace_,
                    clock_};
    TableReader<F> reader_ = table_.reader(0);
};

using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(TableTest, Families);

TYPED_TEST(TableTest, AnInstalledEntryIsFoundWithAllItSays) {
    EXPECT_EQ(this->find(1, 1), nullptr);
    ASSERT_TRUE(this->table_.install(this->entry(1, 1, {2, 7})));
    const auto* found = this->find(1, 1);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->action, Action::forward);
    EXPECT_TRUE(this->reader_.accepts(*found, 1));
    EXPECT_FALSE(this->reader_.accepts(*found, 2));
    const auto members = this->reader_.plan(*found).members();
    ASSERT_EQ(members.size(), 2u);
    EXPECT_EQ(members[0].interface, 2);
    EXPECT_EQ(members[1].interface, 7);
    EXPECT_EQ(found->lowest_mtu, 1500);
    EXPECT_EQ(this->reader_.signals(*found), nullptr);
    EXPECT_EQ(this->find(1, 2), nullptr);
    EXPECT_EQ(this->find(2, 1), nullptr);
}

TYPED_TEST(TableTest, LooksForTheMostSpecificEntryFirst) {
    using F = TypeParam;
    constexpr std::uint8_t kBits = F::address_bits;
    const auto g = test::group<F>(1);
    const std::vector<RouteKey<F>> from_general_to_specific = {
        test::any_key<F>(1),
        test::key_of<F>({}, g, 4),
        test::key_of<F>({}, g, kBits - 8),
        test::key_of<F>({}, g, kBits - 1),
        test::key_of<F>({}, g),
        test::key_of<F>(test::source<F>(1), g)};
    for (const auto& key : from_general_to_specific) {
        ASSERT_TRUE(this->table_.install(test::entry_for(key, 1, {2})));
        ASSERT_NE(this->find(1, 1), nullptr);
        EXPECT_EQ(this->find(1, 1)->key.unpack(), key);
    }
    for (auto key = from_general_to_specific.rbegin(); key != from_general_to_specific.rend();
         ++key) {
        EXPECT_EQ(this->find(1, 1)->key.unpack(), *key);
        ASSERT_TRUE(this->table_.remove(*key));
    }
    EXPECT_EQ(this->find(1, 1), nullptr);
}

TYPED_TEST(TableTest, AWildcardOfAnotherInterfaceTableOrGroupDoesNotMatch) {
    using F = TypeParam;
    ASSERT_TRUE(this->table_.install(test::entry_for(test::any_key<F>(3), 3, {2})));
    EXPECT_EQ(this->find(1, 1, 1), nullptr);
    EXPECT_NE(this->find(1, 1, 3), nullptr);
    auto key = test::key_of<F>({}, test::group<F>(1));
    key.table = 5;
    ASSERT_TRUE(this->table_.install(test::entry_for(key, 1, {2})));
    EXPECT_EQ(this->find(1, 1), nullptr);
    EXPECT_NE(this->reader_.lookup({5, test::source<F>(1), test::group<F>(1)}, 1), nullptr);
}

TYPED_TEST(TableTest, AcceptsOneSeveralAnyOrNoInterface) {
    auto entry = this->entry(1, 1, {2});
    const auto accepted = [&] {
        std::vector<InterfaceIndex> result;
        EXPECT_TRUE(this->table_.install(entry));
        for (InterfaceIndex i = 1; i <= this->kInterfaces; ++i) {
            if (this->reader_.accepts(*this->find(1, 1), i)) {
                result.push_back(i);
            }
        }
        return result;
    };
    EXPECT_EQ(accepted(), (std::vector<InterfaceIndex>{1}));
    EXPECT_FALSE(this->find(1, 1)->may_leave_out);
    entry.accept.interfaces = {1, 2, 19};
    EXPECT_EQ(accepted(), (std::vector<InterfaceIndex>{1, 2, 19}));
    EXPECT_TRUE(this->find(1, 1)->may_leave_out);
    entry.accept.interfaces = {};
    EXPECT_TRUE(accepted().empty());
    entry.accept.any = true;
    EXPECT_EQ(accepted().size(), std::size_t{this->kInterfaces});
    EXPECT_TRUE(this->find(1, 1)->may_leave_out);
}

TYPED_TEST(TableTest, EntriesWithEqualOutgoingListsShareAPlan) {
    ASSERT_TRUE(this->table_.install(this->entry(1, 1, {2, 3})));
    ASSERT_TRUE(this->table_.install(this->entry(1, 2, {2, 3})));
    ASSERT_TRUE(this->table_.install(this->entry(1, 3, {2, 4})));
    EXPECT_EQ(this->find(1, 1)->plan, this->find(1, 2)->plan);
    EXPECT_NE(this->find(1, 1)->plan, this->find(1, 3)->plan);
}

TYPED_TEST(TableTest, EntriesThatForwardNothingMakeNoCopies) {
    for (const auto action : {Action::drop, Action::hand_over}) {
        auto entry = this->entry(1, 1, {2, 3});
        entry.action = action;
        ASSERT_TRUE(this->table_.install(entry));
        EXPECT_EQ(this->find(1, 1)->action, action);
        EXPECT_TRUE(this->reader_.plan(*this->find(1, 1)).members().empty());
        EXPECT_TRUE(this->reader_.plan(*this->find(1, 1)).classes().empty());
    }
}

TYPED_TEST(TableTest, AReplacedEntryStaysReadableUntilEveryWorkerPassedAQuiescentState) {
    this->grace_.online(0);
    this->grace_.online(1);
    ASSERT_TRUE(this->table_.install(this->entry(1, 1, {2, 3})));
    const auto* old = this->find(1, 1);
    const auto sequence = old->sequence;
    ASSERT_TRUE(this->table_.install(this->entry(1, 1, {4})));
    EXPECT_GT(this->find(1, 1)->sequence, sequence);
    this->grace_.quiescent(0);
    this->table_.reclaim();
    EXPECT_EQ(this->table_.usage().retired, 1u);
    for (std::uint32_t g = 2; g < 60; ++g) {  // nothing takes its place
        ASSERT_TRUE(this->table_.install(this->entry(1, g, {5})));
    }
    EXPECT_EQ(old->sequence, sequence);
    EXPECT_EQ(this->reader_.plan(*old).members().size(), 2u);
    this->grace_.quiescent(1);
    this->table_.reclaim();
    EXPECT_EQ(this->table_.usage().retired, 0u);
}

TYPED_TEST(TableTest, AnEqualEntryChangesNothingButArmsSignals) {
    auto entry = this->entry(1, 1);
    entry.accept.interfaces = {1, 4};
    entry.signals.arrivals = {1};
    ASSERT_TRUE(this->table_.install(entry));
    const auto* before = this->find(1, 1);
    const auto sequence = this->reader_.published_sequence();
    EXPECT_TRUE(this->reader_.signals(*before)->take_arrival(1));
    EXPECT_FALSE(this->reader_.signals(*before)->take_arrival(1));
    ASSERT_TRUE(this->table_.install(entry));
    EXPECT_EQ(this->find(1, 1), before);
    EXPECT_EQ(this->reader_.published_sequence(), sequence);
    EXPECT_EQ(this->table_.usage().retired, 0u);
    EXPECT_TRUE(this->reader_.signals(*before)->take_arrival(1));
    entry.signals = {};
    ASSERT_TRUE(this->table_.install(entry));
    EXPECT_EQ(this->reader_.signals(*this->find(1, 1)), nullptr);
}

TYPED_TEST(TableTest, MalformedChangesAreRefusedAndChangeNothing) {
    using F = TypeParam;
    const auto start = this->table_.usage();
    const auto refused = [&](const ForwardingEntry<F>& entry) {
        this->expect_error(this->table_.install(entry), TableError::invalid);
    };
    const auto g = test::group<F>(1);
    refused(this->entry(1, 1, {21}));
    refused(this->entry(1, 1, {3, 2}));
    auto entry = this->entry(1, 1);
    entry.accept.interfaces = {21};
    refused(entry);
    entry = this->entry(1, 1);
    entry.signals.arrivals = {kNoInterface};
    refused(entry);
    refused(test::entry_for(test::any_key<F>(kNoInterface), 1, {2}));
    refused(test::entry_for(test::key_of<F>(test::source<F>(1), g, 8), 1, {2}));
    entry = test::entry_for(test::key_of<F>({}, g, 8), 1, {2});
    entry.key.group = g;  // host bits
    refused(entry);
    entry = this->entry(1, 1);
    entry.key.arrival = 1;
    refused(entry);
    entry = this->entry(1, 1);
    entry.key.group_length = F::address_bits + 1;
    refused(entry);
    this->expect_error(this->table_.remove(entry.key), TableError::not_found);
    EXPECT_EQ(this->table_.usage().entries, 0u);
    EXPECT_EQ(this->table_.usage().refused, 0u);
    EXPECT_EQ(this->table_.usage().octets, start.octets);
}

TYPED_TEST(TableTest, AFullTableRefusesNewKeysOnly) {
    for (std::uint32_t g = 0; g < this->kCapacity; ++g) {
        ASSERT_TRUE(this->table_.install(this->entry(1, g)));
    }
    const auto full = this->table_.usage().octets;
    this->expect_error(this->table_.install(this->entry(2, 1, {2, 3, 4, 5})), TableError::full);
    EXPECT_EQ(this->table_.usage().refused, 1u);
    EXPECT_EQ(this->table_.usage().octets, full);
    EXPECT_EQ(this->find(2, 1), nullptr);
    ASSERT_TRUE(this->table_.install(this->entry(1, 1, {5})));
    ASSERT_TRUE(this->table_.remove(this->entry(1, 0).key));
    ASSERT_TRUE(this->table_.install(this->entry(2, 1)));
    EXPECT_EQ(this->table_.usage().entries, this->kCapacity);
}

// Each VLAN is a rewrite class, so lists that few entries share take far more than the entries.
TYPED_TEST(TableTest, EveryEntryMayHaveALongOutgoingListOfItsOwn) {
    constexpr InterfaceIndex kVlans = 300;
    constexpr std::uint32_t kEntries = 10'000;
    auto settings = test::settings_with_interfaces(kVlans);
    for (auto& interface : settings.interfaces) {
        interface.vlan = interface.index;
    }
    const auto interfaces = test::interface_table(settings);
    Table<TypeParam> table({.capacity = kEntries}, interfaces, this->grace_, this->clock_);
    test::Random random(3);
    for (std::uint32_t g = 0; g < kEntries; ++g) {
        std::vector<InterfaceIndex> half;
        for (InterfaceIndex i = 1; i <= kVlans; ++i) {
            if (random() % 2 == 0) {
                half.push_back(i);
            }
        }
        ASSERT_TRUE(table.install(this->entry(1, g, half))) << "after " << g << " entries";
    }
    EXPECT_EQ(table.usage().entries, kEntries);
    EXPECT_LE(table.usage().part_octets, table.usage().part_octets_capacity);
}

TYPED_TEST(TableTest, ListsBeyondTheMemoryBoundAreRefusedUnderTheirName) {
    Table<TypeParam> table({.capacity = this->kCapacity, .most_part_octets = 1}, this->interfaces_,
                           this->grace_, this->clock_);
    this->grace_.online(1);  // and passes no quiescent state: no list is given up again
    auto entry = this->entry(1, 0);
    std::uint32_t installed = 0;
    for (; table.install(entry); ++installed) {
        ASSERT_LT(installed, 100'000u);
        entry.outgoing.front().next_hop = MacAddress{
            {2, static_cast<std::uint8_t>(installed >> 8), static_cast<std::uint8_t>(installed)}};
    }
    EXPECT_GT(installed, 0u);
    EXPECT_EQ(table.usage().refused, 1u);
    EXPECT_EQ(table.usage().refused_for_parts, 1u);
    EXPECT_EQ(table.usage().entries, 1u);
}

TYPED_TEST(TableTest, AStalledWorkerIsNamedAndStopsChangesNotLookups) {
    this->grace_.online(1);
    std::size_t changes = 0;
    tl::expected<void, TableError> result;
    while ((result = this->table_.install(
                this->entry(1, 1, {static_cast<InterfaceIndex>(2 + changes % 2)})))) {
        ASSERT_LT(++changes, 100'000u);
    }
    EXPECT_EQ(result.error(), TableError::full);
    EXPECT_EQ(this->table_.usage().retired, changes - 1);
    EXPECT_NE(this->find(1, 1), nullptr);
    EXPECT_FALSE(this->table_.usage().grace_stalled);
    this->clock_.advance(std::chrono::milliseconds(1001));
    EXPECT_EQ(this->table_.usage().grace_stalled, WorkerIndex{1});
    this->grace_.offline(1);
    EXPECT_TRUE(this->table_.install(this->entry(1, 1, {9})));
    EXPECT_FALSE(this->table_.usage().grace_stalled);
    EXPECT_EQ(this->table_.usage().retired, 1u);
}

TYPED_TEST(TableTest, ABatchIsAppliedInOrderWithAnAnswerForEach) {
    using F = TypeParam;
    const auto change = [](const ForwardingEntry<F>& entry) {
        return TableChange<F>{entry.key, entry};
    };
    const auto removal = [](const RouteKey<F>& key) { return TableChange<F>{key, {}}; };
    const std::vector<TableChange<F>> changes = {
        change(this->entry(1, 1)), removal(this->entry(1, 1).key), removal(this->entry(1, 1).key),
        change(this->entry(1, 2, {99})), change(this->entry(1, 1, {7}))};
    std::vector<tl::expected<void, TableError>> results(changes.size());
    this->table_.apply(changes, results);
    EXPECT_TRUE(results[0] && results[1] && results[4]);
    this->expect_error(results[2], TableError::not_found);
    this->expect_error(results[3], TableError::invalid);
    EXPECT_EQ(this->reader_.plan(*this->find(1, 1)).members()[0].interface, 7);
    EXPECT_EQ(this->table_.usage().entries, 1u);
}

TYPED_TEST(TableTest, ABatchLargerThanTheSpareVersionsGoesThrough) {
    using F = TypeParam;
    std::vector<TableChange<F>> changes;
    for (int i = 0; i < 10'000; ++i) {
        const auto entry = this->entry(1, 1, {static_cast<InterfaceIndex>(2 + i % 3)});
        changes.push_back({entry.key, entry});
    }
    std::vector<tl::expected<void, TableError>> results(changes.size());
    this->table_.apply(changes, results);  // both workers are offline: no grace period lasts
    for (const auto& result : results) {
        ASSERT_TRUE(result);
    }
}

TYPED_TEST(TableTest, MemoryReturnsToItsStart) {
    const auto start = this->table_.usage();
    for (std::uint32_t g = 0; g < this->kCapacity; ++g) {
        auto entry = this->entry(1, g, {static_cast<InterfaceIndex>(1 + g % 20)});
        ASSERT_TRUE(this->table_.install(entry));
        entry.accept.interfaces = {1, static_cast<InterfaceIndex>(2 + g % 18)};
        entry.signals.arrivals = {1};
        ASSERT_TRUE(this->table_.install(entry));
    }
    EXPECT_GT(this->table_.usage().octets, start.octets);
    for (std::uint32_t g = 0; g < this->kCapacity; ++g) {
        ASSERT_TRUE(this->table_.remove(this->entry(1, g).key));
    }
    this->table_.reclaim();
    const auto end = this->table_.usage();
    EXPECT_EQ(end.entries, 0u);
    EXPECT_EQ(end.retired, 0u);
    EXPECT_EQ(end.octets, start.octets);
}

TYPED_TEST(TableTest, RefusalsReachTheirWorkerAndOverflowIsCounted) {
    using F = TypeParam;
    const FlowKey<F> flow{3, test::source<F>(1), test::group<F>(2)};
    this->table_.refuse(1, flow);
    std::vector<FlowKey<F>> refused;
    const auto collect = [&](const FlowKey<F>& each) { refused.push_back(each); };
    EXPECT_EQ(this->reader_.drain_refusals(collect, 10), 0u);
    EXPECT_EQ(this->table_.reader(1).drain_refusals(collect, 10), 1u);
    EXPECT_EQ(refused, std::vector{flow});
    for (std::size_t i = 0; i <= RefusalRing<F>::capacity(); ++i) {
        this->table_.refuse(0, flow);
    }
    EXPECT_EQ(this->table_.usage().refused_answers, 1u);
}

TYPED_TEST(TableTest, MoreThanTheMachineHasIsAnErrorThatNamesTheSetting) {
    const auto created = Table<TypeParam>::create({.capacity = std::size_t{1} << 50},
                                                  this->interfaces_, this->grace_, this->clock_);
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().exit_code, ExitCode::system);
    EXPECT_NE(created.error().message.find("limits.entries"), std::string::npos);
}

}  // namespace
}  // namespace mgmd::dataplane
