// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/model/differ.hpp"

/// Sequences in which the Multicast Group Manager and its model once differed, as the differential
/// test printed them.
namespace mgmd::mgm::differential {
namespace {

using enum Who;
using enum Where;
using enum From;
using enum To;
using enum Net;
using enum Hop;

template <class F>
class MgmRegressions : public testing::Test {
protected:
    static void expect_agreement(const Script& script) {
        const auto mismatch = differ<F, Modelled, Real>(script);
        EXPECT_FALSE(mismatch.has_value()) << report(script, *mismatch);
    }
};

using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(MgmRegressions, Families);

TYPED_TEST(MgmRegressions, DuplicatesInAnExcludeSetCountOnce) {
    this->expect_agreement({
        register_protocol(igmp),
        take_interface(igmp, link4, LocalMode::forward),
        add_membership(igmp, {any, g3}, link4, MembershipFlags::join, {s3, s3, s2, s2}),
    });
}

TYPED_TEST(MgmRegressions, TheExcludeSetOfAStaleMembershipIsNotShown) {
    this->expect_agreement({
        register_protocol(igmp),
        register_protocol(pim_b),
        take_interface(igmp, link1, LocalMode::forward),
        add_membership(igmp, {any, g3}, link1, MembershipFlags::join, {s1}),
        take_interface(pim_b, link1, LocalMode::forward),
        add_membership(pim_b, {any, g3}, link1, MembershipFlags::join),
    });
}

TYPED_TEST(MgmRegressions, AnEntryOverdueLongerThanAWindowEndsFirst) {
    this->expect_agreement({
        register_protocol(igmp),
        register_protocol(dvmrp),
        add_multicast(lan, link3, router_a, 0),
        take_interface(igmp, link4, LocalMode::advise),
        packets({s2, g1}, tunnel_b, 5),
        add_membership(igmp, {any, all}, link4, MembershipFlags::join),
        wait(205973),
        take_interface(dvmrp, link4, LocalMode::forward),
        advance(60495),
    });
}

TYPED_TEST(MgmRegressions, AnEntryAnswersBeforeARouteThatCoversItsFlowElsewhere) {
    this->expect_agreement({
        register_protocol(pim),
        take_interface(pim, link3, LocalMode::forward),
        install_route_anywhere(pim, {any, all}, {}),
        packets({s2, ssm}, link1, 1),
        no_entry({s2, ssm}, link3),
    });
}

TYPED_TEST(MgmRegressions, ARouteAcceptingOnOneLinkAnswersForItsIndex) {
    this->expect_agreement({
        register_protocol(pim),
        install_route_anywhere(pim, {any, all}, {}),
        take_interface(pim, tunnel_b, LocalMode::forward),
        no_entry({s2, g3}, tunnel_b),
    });
}

TYPED_TEST(MgmRegressions, AReleaseFromInsideOnRpfBuildsTheNewEntryAgain) {
    this->expect_agreement({
        register_protocol(pim),
        register_protocol(pim_b),
        add_multicast(wide, tunnel_a, router_b, 0),
        take_interface(pim, link3, LocalMode::forward),
        add_membership(pim, {any, g3}, link3, MembershipFlags::join),
        take_interface(pim_b, tunnel_a, LocalMode::forward),
        react(pim_b, Callback::rpf, release_interface(pim_b, tunnel_a)),
        packets({s3, g3}, link2, 1),
    });
}

}  // namespace
}  // namespace mgmd::mgm::differential
