// SPDX-License-Identifier: Apache-2.0
// Identity and interfaces (1 - 5).
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

template <class F>
class Registration : public MgmFixture<F> {};
TYPED_TEST_SUITE(Registration, Families);

TYPED_TEST(Registration, RefusesTheSameNameTwice) {
    this->enrol(this->pim, {100, 1});
    EXPECT_EQ(error_of(this->mgm().register_protocol({100, 1}, this->dvmrp)), Errc::already_exists);
    EXPECT_TRUE(this->mgm().register_protocol({100, 2}, this->dvmrp));
}

TYPED_TEST(Registration, KnowsOneIgmp) {
    this->enrol(this->igmp, {kMembershipProtocol<TypeParam>, 1});
    EXPECT_EQ(
        error_of(this->mgm().register_protocol({kMembershipProtocol<TypeParam>, 2}, this->pim)),
        Errc::already_exists);
}

TYPED_TEST(Registration, StaleHandlesAreInvalidAndNeverReused) {
    this->enrol(this->pim, {100, 1});
    const ClientHandle stale = this->pim.handle;
    EXPECT_TRUE(this->mgm().deregister_protocol(stale));
    this->enrol(this->dvmrp, {200, 1});
    EXPECT_NE(stale, this->dvmrp.handle);
    auto& mgm = this->mgm();
    const auto interface = link<TypeParam>(1);
    EXPECT_EQ(error_of(mgm.deregister_protocol(stale)), Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.take_interface(stale, interface)), Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.release_interface(stale, interface)), Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.resync_done(stale, interface)), Errc::invalid_parameter);
    const auto membership = this->on(1, star_g<TypeParam>(1));
    EXPECT_EQ(error_of(mgm.add_membership(stale, membership)), Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.delete_membership(stale, membership)), Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.set_mfe_upstream(stale, sg<TypeParam>(1, 1), {})),
              Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.install_route(stale, {})), Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.remove_route(stale, star_g<TypeParam>(1))), Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.start_group_enumeration(stale, EnumerationType::any_source)),
              Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.deregister_protocol({})), Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.deregister_protocol({17, 1})), Errc::invalid_parameter);
}

TYPED_TEST(Registration, ClientsWithInterfacesStay) {
    this->enrol_all();
    this->take(this->pim, 1);
    this->take(this->igmp, 2);
    EXPECT_EQ(error_of(this->mgm().deregister_protocol(this->pim.handle)), Errc::can_not_complete);
    EXPECT_EQ(error_of(this->mgm().deregister_protocol(this->igmp.handle)), Errc::can_not_complete);
    this->release(this->pim, 1);
    this->release(this->igmp, 2);
    EXPECT_TRUE(this->mgm().deregister_protocol(this->pim.handle));
    EXPECT_TRUE(this->mgm().deregister_protocol(this->igmp.handle));
    this->enrol(this->igmp, {kMembershipProtocol<TypeParam>, 2});
}

TYPED_TEST(Registration, EndsTheClientsEnumerations) {
    this->enrol_all();
    const auto pims =
        this->mgm().start_group_enumeration(this->pim.handle, EnumerationType::any_source);
    const auto dvmrps =
        this->mgm().start_group_enumeration(this->dvmrp.handle, EnumerationType::any_source);
    ASSERT_TRUE(this->mgm().deregister_protocol(this->pim.handle));
    EXPECT_EQ(error_of(this->mgm().next_groups(*pims, 1000)), Errc::invalid_parameter);
    EXPECT_TRUE(this->mgm().next_groups(*dvmrps, 1000));
}

TYPED_TEST(Registration, OneRoutingProtocolOwnsAnInterface) {
    this->enrol_all();
    auto& mgm = this->mgm();
    this->take(this->pim, 1);
    EXPECT_EQ(error_of(mgm.take_interface(this->dvmrp.handle, link<TypeParam>(1))),
              Errc::already_exists);
    EXPECT_EQ(error_of(mgm.take_interface(this->pim.handle, link<TypeParam>(1))),
              Errc::already_exists);
    this->take(this->igmp, 1);
    EXPECT_EQ(error_of(mgm.take_interface(this->igmp.handle, link<TypeParam>(1))),
              Errc::already_exists);
    this->release(this->pim, 1);
    this->take(this->dvmrp, 1);
}

TYPED_TEST(Registration, NamesTheRoutingProtocolElseIgmp) {
    this->enrol_all();
    auto& mgm = this->mgm();
    const auto interface = link<TypeParam>(3);
    EXPECT_EQ(error_of(mgm.protocol_on_interface(interface)), Errc::not_found);
    this->take(this->igmp, 3);
    EXPECT_EQ(mgm.protocol_on_interface(interface),
              (ProtocolName{kMembershipProtocol<TypeParam>, 1}));
    this->take(this->pim, 3);
    EXPECT_EQ(mgm.protocol_on_interface(interface), (ProtocolName{100, 1}));
    this->release(this->pim, 3);
    EXPECT_EQ(mgm.protocol_on_interface(interface),
              (ProtocolName{kMembershipProtocol<TypeParam>, 1}));
}

TYPED_TEST(Registration, UnknownInterfacesHaveTheirOwnErrors) {
    this->enrol_all();
    auto& mgm = this->mgm();
    for (const auto& unknown :
         {link<TypeParam>(99), InterfaceId<TypeParam>{1, source<TypeParam>(1)}}) {
        const auto client = this->pim.handle;
        EXPECT_EQ(error_of(mgm.take_interface(client, unknown)), Errc::can_not_complete);
        EXPECT_EQ(error_of(mgm.protocol_on_interface(unknown)), Errc::not_found);
        EXPECT_EQ(error_of(mgm.release_interface(client, unknown)), Errc::invalid_parameter);
        const Membership<TypeParam> there{star_g<TypeParam>(1), unknown, MembershipFlags::join, {}};
        EXPECT_EQ(error_of(mgm.add_membership(client, there)), Errc::not_found);
        EXPECT_EQ(error_of(mgm.delete_membership(client, there)), Errc::not_found);
        EXPECT_EQ(error_of(mgm.resync_done(this->igmp.handle, unknown)), Errc::not_found);
        EXPECT_EQ(error_of(mgm.set_boundaries(unknown, {}, 0)), Errc::not_found);
    }
}

TYPED_TEST(Registration, ReleasingWhatIsNotOnesOwnIsInvalid) {
    this->enrol_all();
    this->take(this->pim, 1);
    auto& mgm = this->mgm();
    EXPECT_EQ(error_of(mgm.release_interface(this->dvmrp.handle, link<TypeParam>(1))),
              Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.release_interface(this->igmp.handle, link<TypeParam>(1))),
              Errc::invalid_parameter);
    EXPECT_EQ(error_of(mgm.release_interface(this->pim.handle, link<TypeParam>(2))),
              Errc::invalid_parameter);
}

TYPED_TEST(Registration, LinksOfAnIndexAreSeparateInterfaces) {
    const InterfaceId<TypeParam> first{7, source<TypeParam>(7, 1)};
    const InterfaceId<TypeParam> second{7, source<TypeParam>(7, 2)};
    this->interfaces = {{.id = second, .next_hop_mac = {}, .boundaries = {}},
                        {.id = first, .next_hop_mac = {}, .boundaries = {}}};
    this->enrol_all();
    ASSERT_TRUE(this->mgm().take_interface(this->pim.handle, first));
    ASSERT_TRUE(this->mgm().take_interface(this->dvmrp.handle, second));
    EXPECT_EQ(this->mgm().protocol_on_interface(first)->protocol, 100u);
    EXPECT_EQ(this->mgm().protocol_on_interface(second)->protocol, 200u);
}

TYPED_TEST(Registration, LateClientsEnumerateAndGetNoReplay) {
    this->enrol(this->pim, {100, 1});
    this->take(this->pim, 1);
    this->add(this->pim, 1, star_g<TypeParam>(1));
    this->enrol(this->dvmrp, {200, 1});
    EXPECT_THAT(this->told(), IsEmpty());
    const auto groups =
        this->mgm().start_group_enumeration(this->dvmrp.handle, EnumerationType::any_source);
    EXPECT_THAT(this->mgm().next_groups(*groups, 1000)->records, ElementsAre(star_g<TypeParam>(1)));
}

}  // namespace
}  // namespace mgmd::mgm::test
