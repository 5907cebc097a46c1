// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/negative_reason.hpp"

#include <gtest/gtest.h>

#include "tests/support/control_fixture.hpp"

namespace mgmd::ctl {
namespace {

constexpr InterfaceIndex kSource = 1;
constexpr InterfaceIndex kLeft = 2;

/// IGMP alone on all interfaces, and what a stream of 10.1.0.10 to 239.1.1.1 comes to.
class NegativeReason : public ::testing::Test, public mgm::ProtocolClient<V4> {
protected:
    NegativeReason() {
        igmp = fixture.manager.register_protocol({mgm::kIgmpProtocol, 0}, *this).value();
        for (const auto& interface : settings.interfaces) {
            EXPECT_TRUE(fixture.manager.take_interface(igmp, {interface.index, {}}));
        }
    }

    void want(InterfaceIndex interface, std::vector<Ipv4Address> exclude = {}) {
        mgm::Membership<V4> membership;
        membership.key = {mgmd::test::address<V4>("239.1.1.1"), {}, 32};
        membership.interface = {interface, {}};
        membership.exclude = std::move(exclude);
        EXPECT_TRUE(fixture.manager.add_membership(igmp, membership));
    }
    std::string reason(const char* source = "10.1.0.10") {
        fixture.new_source(source, "239.1.1.1", kSource);
        const auto mfe = fixture.manager.get_mfe(
            {mgmd::test::address<V4>("239.1.1.1"), mgmd::test::address<V4>(source), 32});
        EXPECT_TRUE(mfe && mfe->negative);
        return mfe ? negative_reason(settings, fixture.manager, *mfe) : "";
    }

    Settings settings = mgmd::test::three_interfaces();
    mgmd::test::ManagerFixture<V4> fixture{settings};
    mgm::ClientHandle igmp;
};

TEST_F(NegativeReason, NobodyWantsIt) {
    EXPECT_EQ(reason(), "nobody wants it");
}

TEST_F(NegativeReason, NoRoute) {
    EXPECT_EQ(reason("192.0.2.1"), "no route to the source");
}

TEST_F(NegativeReason, OnlyWhereItArrives) {
    want(kSource);
    EXPECT_EQ(reason(), "wanted only on source, where it arrives");
}

TEST_F(NegativeReason, ExcludedByHosts) {
    want(kLeft, {mgmd::test::address<V4>("10.1.0.10")});
    EXPECT_EQ(reason(), "hosts on left exclude this source");
}

TEST_F(NegativeReason, Boundary) {
    want(kLeft);
    ASSERT_TRUE(fixture.manager.set_boundaries({kLeft, {}}, {*parse_prefix<V4>("239.0.0.0/8")}, 0));
    EXPECT_EQ(reason(), "a boundary keeps it from left");
}

}  // namespace
}  // namespace mgmd::ctl
