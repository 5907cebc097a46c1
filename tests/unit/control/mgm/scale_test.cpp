// SPDX-License-Identifier: Apache-2.0
// As many groups, prefixes and entries as the router is made for: the right ones are found, and a
// change touches what it is about and nothing else.
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

template <class F>
class Scale : public MgmFixture<F> {
protected:
    static constexpr unsigned kGroups = 100'000;
    static constexpr unsigned kPrefixes = 10'000;

    Scale() {
        this->options.limits.entries = 200'000;
        this->options.limits.negative_entries = 100'000;
        this->options.limits.per_interface_percent = 100;
        this->options.limits.groups_per_interface = kGroups;
        this->options.limits.sources_per_group = kGroups;
    }
    /// pim owns 1 and 2, dvmrp 3.
    void SetUp() override {
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->pim, 2);
        this->take(this->dvmrp, 3);
    }
    static SourceGroup<F> any_source(unsigned number) {
        SourceGroup<F> key = star_g<F>(number);
        key.group.bytes[key.group.bytes.size() - 3] = static_cast<std::uint8_t>(number >> 16);
        return key;
    }
    static typename F::Address host_of(unsigned prefix) {
        typename F::Address address;
        address.bytes[0] = F::family == Family::ipv4 ? 100 : 0x30;
        address.bytes[1] = static_cast<std::uint8_t>(prefix >> 8);
        address.bytes[2] = static_cast<std::uint8_t>(prefix);
        address.bytes.back() = 9;
        return address;
    }
    static Route<F> route(unsigned prefix, InterfaceIndex interface) {
        return {{masked(host_of(prefix), 24), 24}, interface, source<F>(interface, 2), 0, 3};
    }
};
TYPED_TEST_SUITE(Scale, Families);

TYPED_TEST(Scale, OneOfAHundredThousandGroups) {
    for (unsigned number = 0; number < this->kGroups; ++number) {
        this->add(this->dvmrp, 3, this->any_source(number));
    }
    EXPECT_EQ(this->mgm().usage().memberships, this->kGroups);
    for (const unsigned number : {0u, 1u, 65'535u, 65'536u, this->kGroups - 1, this->kGroups}) {
        const SourceGroup<TypeParam> flow{.group = this->any_source(number).group,
                                          .source = source<TypeParam>(1)};
        this->packet(flow, 1);
        EXPECT_EQ(this->forwarded(flow), number < this->kGroups ? "if1 -> if3" : "if1 -> drop");
    }
    const auto installs = this->table.installs;
    const SourceGroup<TypeParam> left{.group = this->any_source(65'536).group,
                                      .source = source<TypeParam>(1)};
    this->remove(this->dvmrp, 3, this->any_source(65'536));
    EXPECT_EQ(this->table.installs, installs + 1) << "the entry of this group alone";
    EXPECT_EQ(this->forwarded(left), "if1 -> drop");
}

TYPED_TEST(Scale, OneOfTenThousandPrefixes) {
    std::vector<typename Rib<TypeParam>::Change> changes;
    for (unsigned prefix = 0; prefix < this->kPrefixes; ++prefix) {
        changes.push_back({.route = this->route(prefix, prefix % 2 == 0 ? 1 : 2)});
    }
    this->rib.apply(changes);
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    const auto flow = [&](unsigned prefix) -> SourceGroup<TypeParam> {
        return {.group = group<TypeParam>(1), .source = this->host_of(prefix)};
    };
    for (unsigned prefix = 0; prefix < this->kPrefixes; prefix += 7) {
        this->packet(flow(prefix), 1);
        ASSERT_EQ(this->forwarded(flow(prefix)), prefix % 2 == 0 ? "if1 -> if3" : "if2 -> if3");
    }
    const auto installs = this->table.installs;
    this->rib.add(RouteView::multicast, this->route(7'007, 1));
    EXPECT_EQ(this->table.installs, installs + 1) << "the entry of this prefix alone";
    EXPECT_EQ(this->forwarded(flow(7'007)), "if1 -> if3");
}

TYPED_TEST(Scale, PagesOfAHundredThousandEntriesAreInOrder) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    // Made in an order that is not the one they are read in.
    for (unsigned i = 0; i < this->kGroups; ++i) {
        const unsigned number = i * 7'919 % this->kGroups;
        this->packet({.group = this->any_source(number).group, .source = this->host_of(i % 7)}, 1);
    }
    std::optional<SourceGroup<TypeParam>> before;
    std::size_t seen = 0;
    for (const auto& mfe : this->mgm().mfes()) {
        EXPECT_TRUE(!before || *before < mfe.key);
        before = mfe.key;
        ++seen;
    }
    EXPECT_EQ(seen, this->mgm().usage().entries);
}

}  // namespace
}  // namespace mgmd::mgm::test
