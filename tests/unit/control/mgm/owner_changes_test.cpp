// SPDX-License-Identifier: Apache-2.0
// What an owner may change without releasing its interface: how IGMP's memberships count (16), and
// its answers to on_rpf (20).
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

template <class F>
class OwnerChanges : public MgmFixture<F> {
protected:
    /// pim owns 1 and 2, where IGMP is enabled too; dvmrp owns 3.
    void SetUp() override {
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->pim, 2);
        this->take(this->dvmrp, 3);
        this->take(this->igmp, 2);
        this->told();
    }
    void mode(LocalMode local) {
        EXPECT_TRUE(this->mgm().set_local_mode(this->pim.handle, link<F>(2), local));
    }

    const SourceGroup<F> key = sg<F>(1, 1);
};
TYPED_TEST_SUITE(OwnerChanges, Families);

TYPED_TEST(OwnerChanges, MembersCountFromTheMomentTheyMay) {
    this->add(this->igmp, 2, star_g<TypeParam>(1));
    this->packet(this->key, 1);
    ASSERT_EQ(this->forwarded(this->key), "if1 -> if2");
    this->told();

    this->mode(LocalMode::advise);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> drop");
    EXPECT_THAT(this->told(), ElementsAre("dvmrp prune (*,G1) member", "igmp prune (*,G1) member"));

    this->mode(LocalMode::forward);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if2");
    EXPECT_THAT(this->told(), ElementsAre("dvmrp join (*,G1) member", "igmp join (*,G1) member"));
}

TYPED_TEST(OwnerChanges, WhatTheOwnerWantsCountsInAnyMode) {
    this->add(this->igmp, 2, star_g<TypeParam>(1));
    this->add(this->pim, 2, star_g<TypeParam>(1));
    this->packet(this->key, 1);
    this->told();
    this->mode(LocalMode::advise);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> if2");
    EXPECT_THAT(this->told(), IsEmpty());
}

TYPED_TEST(OwnerChanges, ExcludedSourcesStayExcluded) {
    auto membership = this->on(2, star_g<TypeParam>(1));
    membership.exclude = {source<TypeParam>(1)};
    ASSERT_TRUE(this->mgm().add_membership(this->igmp.handle, membership));
    this->packet(this->key, 1);
    this->mode(LocalMode::advise);
    this->mode(LocalMode::forward);
    EXPECT_EQ(this->forwarded(this->key), "if1 -> drop");
}

TYPED_TEST(OwnerChanges, OnlyTheOwnerMay) {
    auto& mgm = this->mgm();
    for (const auto& client : {this->dvmrp.handle, this->igmp.handle, ClientHandle{}}) {
        EXPECT_EQ(error_of(mgm.set_local_mode(client, link<TypeParam>(2), LocalMode::advise)),
                  Errc::invalid_parameter);
        EXPECT_EQ(error_of(mgm.rpf_changed(client, link<TypeParam>(2))), Errc::invalid_parameter);
    }
    EXPECT_EQ(error_of(mgm.rpf_changed(this->pim.handle, link<TypeParam>(99))),
              Errc::invalid_parameter);
}

TYPED_TEST(OwnerChanges, NobodyInTheMiddleOfAHandOver) {
    std::optional<Errc> mode;
    std::optional<Errc> rpf;
    this->igmp.disable = [&](const auto& interface) {
        mode = error_of(this->mgm().set_local_mode(this->pim.handle, interface, LocalMode::advise));
        rpf = error_of(this->mgm().rpf_changed(this->pim.handle, interface));
    };
    this->release(this->pim, 2);
    EXPECT_EQ(mode, Errc::can_not_complete);
    EXPECT_EQ(rpf, Errc::can_not_complete);
}

TYPED_TEST(OwnerChanges, EntriesFollowAnotherAnswerAtOnce) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->packet(this->key, 1);
    ASSERT_EQ(this->forwarded(this->key), "if1 -> if3");
    this->told();
    this->pim.rpf = [](RpfQuery<TypeParam>& query) { query.incoming = link<TypeParam>(2); };
    ASSERT_TRUE(this->mgm().rpf_changed(this->pim.handle, link<TypeParam>(1)));
    EXPECT_EQ(this->forwarded(this->key), "if2 -> if3");
    EXPECT_THAT(this->told(), IsEmpty());
}

}  // namespace
}  // namespace mgmd::mgm::test
