// SPDX-License-Identifier: Apache-2.0
#include "common/mac_address.hpp"

#include <gtest/gtest.h>

namespace mgmd {
namespace {

TEST(MacAddress, RoundTripsThroughText) {
    EXPECT_EQ(to_string(parse_mac("02:aB:00:ff:10:09").value()), "02:ab:00:ff:10:09");
}

TEST(MacAddress, RefusesWhatIsNotAMac) {
    for (const auto* text : {"", "02:00:00:00:00", "02-00-00-00-00-01", "02:00:00:00:00:0g",
                             "02:00:00:00:00:01:", "2:0:0:0:0:1", "+2:00:00:00:00:01"}) {
        EXPECT_FALSE(parse_mac(text)) << text;
    }
}

TEST(MacAddress, MapsGroups) {
    // The top bit of the 23 is dropped: 224.128.x and 224.0.x share a MAC (RFC 1112 6.4).
    EXPECT_EQ(to_string(multicast_mac(*parse_address<V4>("239.129.2.3"))), "01:00:5e:01:02:03");
    EXPECT_EQ(to_string(multicast_mac(*parse_address<V6>("ff1e::1:203:405"))), "33:33:02:03:04:05");
    EXPECT_TRUE(is_group_mac(kBroadcastMac));
    EXPECT_FALSE(is_group_mac(*parse_mac("02:00:00:00:00:01")));
}

}  // namespace
}  // namespace mgmd
