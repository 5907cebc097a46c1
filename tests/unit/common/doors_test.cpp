// SPDX-License-Identifier: Apache-2.0
// The doors compile on their own, and their constant tables hold together.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "common/control_packet_ring.hpp"
#include "common/dataplane_ops.hpp"
#include "common/dataplane_view.hpp"
#include "common/drop_reason.hpp"
#include "common/event_ring.hpp"
#include "common/forwarding_table.hpp"
#include "common/inject_ring.hpp"
#include "common/settings.hpp"

namespace mgmd {
namespace {

TEST(DropReasons, HaveUniqueNamesAndHelp) {
    std::set<std::string_view> names;
    for (const auto& text : kDropReasonTexts) {
        EXPECT_TRUE(names.insert(text.name).second) << text.name;
        EXPECT_FALSE(text.help.empty()) << text.name;
        EXPECT_EQ(name_of(text.reason), text.name);
    }
}

TEST(VerdictCounters, SumsItsDrops) {
    VerdictCounters verdicts;
    verdicts.dropped[2] = 3;
    verdicts.dropped[kDropReasons - 1] = 4;
    EXPECT_EQ(verdicts.dropped_total(), 7u);
}

TEST(Settings, FindInterfacesByIndex) {
    Settings settings;
    settings.interfaces.resize(2);
    EXPECT_EQ(settings.interface(kNoInterface), nullptr);
    EXPECT_EQ(settings.interface(2), &settings.interfaces[1]);
    EXPECT_EQ(settings.interface(3), nullptr);
}

}  // namespace
}  // namespace mgmd
