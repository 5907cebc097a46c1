// SPDX-License-Identifier: Apache-2.0
#include "dataplane/dataplane.hpp"

#include <gtest/gtest.h>

#include "dataplane/eal.hpp"

namespace mgmd::dataplane {
namespace {

TEST(Dataplane, StartsAndStops) {
    Settings settings;
    settings.memory.hugepages = Hugepages::no;
    settings.workers.count = 2;
    settings.ports.resize(2);
    settings.ports[0].name = "left";
    settings.ports[0].device = "net_null0";
    settings.ports[1].name = "right";
    settings.ports[1].device = "net_ring0";
    settings.interfaces.resize(2);
    settings.interfaces[0].index = 1;
    settings.interfaces[1].index = 2;
    settings.interfaces[1].port = 1;
    auto dataplane = Dataplane::start(settings, [](LogLevel, std::string_view text) {
        std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
    });
    ASSERT_TRUE(dataplane) << dataplane.error().message;
    ASSERT_TRUE((*dataplane)->launch_workers());
    while ((*dataplane)->verdicts().received < 10000) {
    }
    EXPECT_TRUE((*dataplane)->stop().clean());
    EXPECT_EQ((*dataplane)->stop().pools[0].in_use, 0u);
}

}  // namespace
}  // namespace mgmd::dataplane
