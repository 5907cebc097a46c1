// SPDX-License-Identifier: Apache-2.0
// What entries have of the interfaces that they leave by.
#include <gtest/gtest.h>

#include "dataplane/table.hpp"
#include "tests/support/table_fixture.hpp"

namespace mgmd::dataplane {
namespace {

template <class F>
class TableInterfacesTest : public testing::Test {
protected:
    static constexpr InterfaceIndex kBounded = 5;       // has boundaries
    static constexpr std::uint32_t kOutside = 0x10000;  // a group that they do not cover

    const Entry<F>* find(std::uint32_t s, std::uint32_t g) {
        return reader_.lookup({0, test::source<F>(s), test::group<F>(g)}, 1);
    }
    ForwardingEntry<F> entry(std::uint32_t s, std::uint32_t g,
                             std::vector<InterfaceIndex> outgoing) {
        return test::entry_for(test::key_of<F>(test::source<F>(s), test::group<F>(g)), 1,
                               std::move(outgoing));
    }
    static Settings settings() {
        auto settings = test::settings_with_interfaces(kBounded);
        auto& boundaries = settings.interfaces[kBounded - 1].boundaries;
        boundaries.ipv4 = {{test::group<V4>(0), 16}};
        boundaries.ipv6 = {{test::group<V6>(0), 112}};
        return settings;
    }

    InterfaceTable interfaces_{test::interface_table(settings())};
    test::AtomicQsbr grace_{1};
    test::ManualClock clock_;
    Table<F> table_{{.capacity = 64, .workers = 1}, interfaces_, grace_, clock_};
    TableReader<F> reader_ = table_.reader(0);
};

using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(TableInterfacesTest, Families);

TYPED_TEST(TableInterfacesTest, TellsWhereBoundariesMayLeaveOutAnInterface) {
    ASSERT_TRUE(this->table_.install(this->entry(1, 1, {2, this->kBounded})));
    EXPECT_TRUE(this->find(1, 1)->may_leave_out);
    ASSERT_TRUE(this->table_.install(this->entry(1, 1, {2})));
    EXPECT_FALSE(this->find(1, 1)->may_leave_out);
    ASSERT_TRUE(this->table_.install(this->entry(1, this->kOutside, {2, this->kBounded})));
    EXPECT_FALSE(this->find(1, this->kOutside)->may_leave_out) << "they do not cover the group";
    const auto range = test::key_of<TypeParam>({}, test::group<TypeParam>(this->kOutside), 12);
    ASSERT_TRUE(this->table_.install(test::entry_for(range, 1, {this->kBounded})));
    EXPECT_TRUE(this->find(2, this->kOutside)->may_leave_out) << "they may cover some of it";
}

TYPED_TEST(TableInterfacesTest, OtherInterfacesAreThoseOfWhatIsInstalledFromThenOn) {
    ASSERT_TRUE(this->table_.install(this->entry(1, 1, {2, 3})));
    ASSERT_TRUE(this->table_.install(this->entry(1, 2, {4})));
    auto settings = this->settings();
    settings.interfaces[1].ttl_threshold = 9;
    settings.interfaces[2].mtu = 1300;
    const auto other = test::interface_table(settings);
    this->table_.set_interfaces(other);
    EXPECT_EQ(this->find(1, 1)->highest_ttl_threshold, 0) << "until it is installed again";
    const auto untouched = this->find(1, 2)->sequence;
    ASSERT_TRUE(this->table_.install(this->entry(1, 1, {2, 3})));
    ASSERT_TRUE(this->table_.install(this->entry(1, 2, {4})));
    const auto* entry = this->find(1, 1);
    EXPECT_EQ(entry->highest_ttl_threshold, 9);
    EXPECT_EQ(entry->lowest_mtu, 1300);
    EXPECT_EQ(this->find(1, 2)->sequence, untouched) << "nothing of it is another";
    this->table_.set_interfaces(this->interfaces_);
}

TYPED_TEST(TableInterfacesTest, ABoundaryThatComesIsLookedForAndOneThatGoesIsNot) {
    ASSERT_TRUE(this->table_.install(this->entry(1, 1, {2})));
    ASSERT_TRUE(this->table_.install(this->entry(1, this->kOutside, {2})));
    const auto outside = this->find(1, this->kOutside)->sequence;
    auto settings = this->settings();
    settings.interfaces[1].boundaries = settings.interfaces[this->kBounded - 1].boundaries;
    const auto other = test::interface_table(settings);
    for (const bool bounded : {true, false}) {
        this->table_.set_interfaces(bounded ? other : this->interfaces_);
        ASSERT_TRUE(this->table_.install(this->entry(1, 1, {2})));
        ASSERT_TRUE(this->table_.install(this->entry(1, this->kOutside, {2})));
        EXPECT_EQ(this->find(1, 1)->may_leave_out, bounded);
        EXPECT_EQ(this->find(1, this->kOutside)->sequence, outside);
    }
}

}  // namespace
}  // namespace mgmd::dataplane
