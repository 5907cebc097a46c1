// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/table.hpp"
#include "tests/support/table_fixture.hpp"

namespace mgmd::dataplane {
namespace {

constexpr InterfaceIndex kInterfaces = 6;

/// The table against a map of entries that is searched in the documented order.
template <class F>
class TableDifferentialTest : public testing::Test {
protected:
    /// A small world, so that keys meet: few sources, groups that share prefixes of many lengths.
    FlowKey<F> random_flow() {
        return {static_cast<TableId>(random_() % 2), test::source<F>(1 + random_() % 4),
                test::group<F>(1u << (random_() % 8))};
    }
    RouteKey<F> random_key() {
        const auto flow = random_flow();
        RouteKey<F> key;
        key.table = flow.table;
        key.group = flow.group;
        switch (random_() % 4) {
            case 0:
                key.source = flow.source;
                break;
            case 1:
                break;
            case 2:
                key.group_length = static_cast<std::uint8_t>(1 + random_() % (F::address_bits - 1));
                key.group = masked(key.group, key.group_length);
                break;
            default:
                key = test::any_key<F>(random_interface());
                key.table = flow.table;
        }
        return key;
    }
    InterfaceIndex random_interface() {
        return static_cast<InterfaceIndex>(1 + random_() % kInterfaces);
    }
    ForwardingEntry<F> random_entry(const RouteKey<F>& key) {
        std::vector<InterfaceIndex> outgoing;
        for (InterfaceIndex i = 1; i <= kInterfaces; ++i) {
            if (random_() % 2 == 0) {
                outgoing.push_back(i);
            }
        }
        return test::entry_for(key, random_interface(), outgoing);
    }

    void change() {
        const auto key = random_key();
        if (random_() % 3 == 0) {
            ASSERT_EQ(table_.remove(key).has_value(), model_.erase(key) == 1);
            return;
        }
        const auto entry = random_entry(key);
        ASSERT_TRUE(table_.install(entry));
        model_.insert_or_assign(key, entry);
    }

    const ForwardingEntry<F>* expected(const FlowKey<F>& flow, InterfaceIndex arrival) const {
        const auto at = [this, &flow](RouteKey<F> key) {
            key.table = flow.table;
            const auto found = model_.find(key);
            return found == model_.end() ? nullptr : &found->second;
        };
        if (const auto* exact = at(test::key_of<F>(flow.source, flow.group))) {
            return exact;
        }
        for (std::uint8_t length = F::address_bits; length > 0; --length) {
            if (const auto* prefix = at(test::key_of<F>({}, flow.group, length))) {
                return prefix;
            }
        }
        return at(test::any_key<F>(arrival));
    }

    void expect_same(const Entry<F>* found, const ForwardingEntry<F>* wanted) const {
        ASSERT_EQ(found == nullptr, wanted == nullptr);
        if (found == nullptr) {
            return;
        }
        ASSERT_EQ(found->key.unpack(), wanted->key);
        ASSERT_TRUE(reader_.accepts(*found, wanted->accept.interfaces.front()));
        const auto members = reader_.plan(*found).members();
        ASSERT_EQ(members.size(), wanted->outgoing.size());
        for (std::size_t i = 0; i < members.size(); ++i) {
            ASSERT_EQ(members[i].interface, wanted->outgoing[i].interface);
        }
    }

    void look_up_a_burst() {
        std::vector<FlowKey<F>> flows(random_() % (TableReader<F>::kMaxBurst + 1));
        std::vector<InterfaceIndex> arrivals(flows.size());
        for (std::size_t i = 0; i < flows.size(); ++i) {
            // Runs of one flow, as traffic has them.
            const bool again = i != 0 && random_() % 2 == 0;
            flows[i] = again ? flows[i - 1] : random_flow();
            arrivals[i] = again && random_() % 4 != 0 ? arrivals[i - 1] : random_interface();
        }
        std::array<const Entry<F>*, TableReader<F>::kMaxBurst> found;
        reader_.lookup(
            flows, [&](std::size_t i) { return arrivals[i]; }, found);
        for (std::size_t i = 0; i < flows.size(); ++i) {
            expect_same(found[i], expected(flows[i], arrivals[i]));
            if (this->HasFatalFailure()) {
                return;
            }
        }
    }

    test::Random random_{4};
    std::map<RouteKey<F>, ForwardingEntry<F>> model_;
    InterfaceTable interfaces_{test::interface_table(test::settings_with_interfaces(kInterfaces))};
    test::AtomicQsbr grace_{1};
    test::ManualClock clock_;
    Table<F> table_{
        {.capacity = 4096, .workers = 1, .exceptions_per_worker = 16}, interfaces_, grace_, clock_};
    TableReader<F> reader_ = table_.reader(0);
};

using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(TableDifferentialTest, Families);

TYPED_TEST(TableDifferentialTest, LooksUpLikeAMap) {
    for (int step = 0; step < 10'000; ++step) {
        this->change();
        this->look_up_a_burst();
        if (this->HasFatalFailure()) {
            return;
        }
        // Now and then few entries, so that whole kinds of them disappear.
        if (step % 1000 == 999) {
            while (this->model_.size() > 3) {
                const auto key = this->model_.begin()->first;
                ASSERT_TRUE(this->table_.remove(key));
                this->model_.erase(key);
            }
        }
        ASSERT_EQ(this->table_.usage().entries, this->model_.size());
    }
}

}  // namespace
}  // namespace mgmd::dataplane
