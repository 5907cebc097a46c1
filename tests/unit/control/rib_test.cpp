// SPDX-License-Identifier: Apache-2.0
#include "control/rib.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mgmd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Prefix<V4> prefix(const char* text) {
    return *parse_prefix<V4>(text);
}
Ipv4Address address(const char* text) {
    return *parse_address<V4>(text);
}

class RibTest : public testing::Test {
protected:
    RibTest() {
        rib.set_listener([this](std::span<const Prefix<V4>> prefixes) {
            changed.insert(changed.end(), prefixes.begin(), prefixes.end());
        });
    }
    void add(const char* network, InterfaceIndex interface, const char* next_hop,
             std::uint32_t metric = 0, RouteView view = RouteView::multicast) {
        rib.add(view,
                {prefix(network), interface, address(next_hop), metric, kRouteProtocolStatic});
    }
    InterfaceIndex interface_of(const char* source) const {
        const auto route = rib.lookup(address(source));
        return route ? route->interface : kNoInterface;
    }

    Rib<V4> rib;
    std::vector<Prefix<V4>> changed;
};

TEST_F(RibTest, TakesTheLongestMatch) {
    add("0.0.0.0/0", 1, "192.0.2.1");
    add("10.0.0.0/8", 2, "192.0.2.2");
    add("10.1.2.3/32", 3, "192.0.2.3");
    EXPECT_EQ(interface_of("10.1.2.3"), 3);
    EXPECT_EQ(interface_of("10.1.2.4"), 2);
    EXPECT_EQ(interface_of("11.0.0.1"), 1);
    rib.remove(RouteView::multicast,
               {.prefix = prefix("10.0.0.0/8"), .interface = 2, .next_hop = address("192.0.2.2")});
    EXPECT_EQ(interface_of("10.1.2.4"), 1);
}

TEST_F(RibTest, TakesUnicastOnlyWithoutAnyMulticastMatch) {
    add("10.1.0.0/16", 2, "192.0.2.2", 0, RouteView::unicast);
    EXPECT_EQ(interface_of("10.1.0.1"), 2);
    add("0.0.0.0/0", 1, "192.0.2.1");
    EXPECT_EQ(interface_of("10.1.0.1"), 1) << "the less specific multicast route wins";
}

TEST_F(RibTest, ConnectedIsInBothViewsWithoutNeighbour) {
    rib.add_connected(prefix("10.1.0.7/16"), 4);
    add("10.0.0.0/8", 2, "192.0.2.2", 0, RouteView::multicast);
    add("10.0.0.0/8", 3, "192.0.2.3", 0, RouteView::unicast);
    const auto route = rib.lookup(address("10.1.9.9"));
    ASSERT_TRUE(route);
    EXPECT_EQ(route->interface, 4);
    EXPECT_TRUE(is_unspecified(route->next_hop));
    EXPECT_EQ(route->prefix, prefix("10.1.0.0/16"));
    EXPECT_EQ(route->protocol, kRouteProtocolLocal);
    rib.remove_connected(prefix("10.1.0.0/16"), 4);
    EXPECT_EQ(interface_of("10.1.9.9"), 2);
}

TEST_F(RibTest, TiesGoToMetricThenInterface) {
    add("10.0.0.0/8", 3, "192.0.2.3", 5);
    add("10.0.0.0/8", 2, "192.0.2.2", 5);
    EXPECT_EQ(interface_of("10.0.0.1"), 2);
    add("10.0.0.0/8", 9, "192.0.2.9", 4);
    EXPECT_EQ(interface_of("10.0.0.1"), 9);
    add("10.0.0.0/8", 9, "192.0.2.9", 6);
    EXPECT_EQ(interface_of("10.0.0.1"), 2) << "adding again replaces the metric";
}

TEST_F(RibTest, SkipsInterfacesThatAreDownIfAnotherMatches) {
    add("10.1.0.0/16", 1, "192.0.2.1");
    add("10.0.0.0/8", 2, "192.0.2.2");
    add("10.0.0.0/8", 3, "192.0.2.3", 0, RouteView::unicast);
    rib.set_interface_state(1, false);
    EXPECT_EQ(interface_of("10.1.0.1"), 2);
    rib.set_interface_state(2, false);
    EXPECT_EQ(interface_of("10.1.0.1"), 3) << "unicast, up, before multicast, down";
    rib.set_interface_state(3, false);
    EXPECT_EQ(interface_of("10.1.0.1"), 1) << "nothing is up: the rules without states";
    rib.set_interface_state(2, true);
    EXPECT_EQ(interface_of("10.1.0.1"), 2);
}

TEST_F(RibTest, ShowsItsRoutesByLengthAndPrefix) {
    add("10.2.0.0/16", 2, "192.0.2.2");
    add("10.1.0.0/16", 3, "192.0.2.3", 5);
    add("10.1.0.0/16", 4, "192.0.2.4", 1);
    add("10.0.0.0/8", 1, "192.0.2.1");
    std::vector<InterfaceIndex> interfaces;
    for (const auto& route : rib.routes(RouteView::multicast, 16)) {
        interfaces.push_back(route.interface);
    }
    EXPECT_THAT(interfaces, ElementsAre(4, 3, 2)) << "the best of each prefix first";
    EXPECT_THAT(rib.routes(RouteView::unicast, 16), IsEmpty());
    EXPECT_THAT(rib.routes(RouteView::multicast, 24), IsEmpty());
}

TEST_F(RibTest, NothingMatches) {
    EXPECT_FALSE(rib.lookup(address("10.0.0.1")));
    add("10.0.0.0/8", 2, "192.0.2.2");
    EXPECT_FALSE(rib.lookup(address("11.0.0.1")));
}

TEST_F(RibTest, TellsItsListenerWhatMayHaveChanged) {
    add("10.1.2.3/16", 1, "192.0.2.1");
    EXPECT_THAT(changed, ElementsAre(prefix("10.1.0.0/16")));
    changed.clear();
    add("10.1.0.0/16", 1, "192.0.2.1");
    EXPECT_THAT(changed, IsEmpty()) << "nothing new";
    rib.remove(RouteView::unicast, {.prefix = prefix("10.1.0.0/16"), .interface = 1});
    EXPECT_THAT(changed, IsEmpty()) << "nothing to remove";

    add("10.2.0.0/16", 2, "192.0.2.2");
    add("0.0.0.0/0", 1, "192.0.2.1", 0, RouteView::unicast);
    changed.clear();
    rib.set_interface_state(1, false);
    EXPECT_THAT(changed, UnorderedElementsAre(prefix("10.1.0.0/16"), prefix("0.0.0.0/0")));
    changed.clear();
    rib.set_interface_state(1, false);
    EXPECT_THAT(changed, IsEmpty());
}

TEST_F(RibTest, BatchesTellOnce) {
    std::size_t calls = 0;
    rib.set_listener([&](std::span<const Prefix<V4>> prefixes) {
        ++calls;
        EXPECT_EQ(prefixes.size(), 2u);
        EXPECT_EQ(interface_of("10.1.0.1"), 1) << "the new state is in place";
    });
    using Change = Rib<V4>::Change;
    const std::vector<Change> changes{{.route = {.prefix = prefix("10.0.0.0/8"), .interface = 2}},
                                      {.route = {.prefix = prefix("10.1.0.0/16"), .interface = 1}}};
    rib.apply(changes);
    EXPECT_EQ(calls, 1u);
}

TEST(RibV6, TakesTheLongestMatch) {
    Rib<V6> rib;
    rib.add(RouteView::multicast, {*parse_prefix<V6>("2001:db8::/32"), 1,
                                   *parse_address<V6>("fe80::1"), 0, kRouteProtocolStatic});
    rib.add(RouteView::multicast, {*parse_prefix<V6>("2001:db8:1::/48"), 2,
                                   *parse_address<V6>("fe80::2"), 0, kRouteProtocolStatic});
    EXPECT_EQ(rib.lookup(*parse_address<V6>("2001:db8:1::5"))->interface, 2);
    EXPECT_EQ(rib.lookup(*parse_address<V6>("2001:db8:2::5"))->interface, 1);
}

}  // namespace
}  // namespace mgmd
