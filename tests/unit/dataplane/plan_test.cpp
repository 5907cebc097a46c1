// SPDX-License-Identifier: Apache-2.0
#include "dataplane/plan.hpp"

#include <cstring>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataplane/plan_interner.hpp"
#include "tests/support/table_fixture.hpp"

namespace mgmd::dataplane {
namespace {

using testing::ElementsAre;

constexpr MacAddress kNextHop{{2, 9, 9, 9, 9, 9}};

Outgoing out(InterfaceIndex interface) {
    return {.interface = interface, .ttl_threshold = {}, .next_hop = {}};
}

/// A plan in memory of its own.
struct Built {
    std::vector<std::byte> octets;
    const Plan& operator*() const { return *reinterpret_cast<const Plan*>(octets.data()); }
    const Plan* operator->() const { return &**this; }
};

Built build(PlanBuilder& builder, const std::vector<Outgoing>& outgoing) {
    const auto octets = builder.build(outgoing);
    return {{octets.begin(), octets.end()}};
}

std::vector<std::uint8_t> header(const PlanClass& of) {
    return {of.header.begin(), of.header.begin() + of.header_length};
}

std::vector<InterfaceIndex> interfaces(const Plan& plan, const PlanClass& of) {
    std::vector<InterfaceIndex> result;
    for (const auto& member : plan.members(of)) {
        result.push_back(member.interface);
    }
    return result;
}

InterfaceTable with_one_mac(const Settings& settings) {
    return {settings, std::vector<PortFacts>(settings.ports.size(), {.mac = test::port_mac(9)})};
}

TEST(Plan, OneMacMakesOneClassInOneCacheLine) {
    const auto table = with_one_mac(test::settings_with_interfaces(9));
    PlanBuilder builder(table, V4::ether_type);
    const auto plan = build(builder, {out(2), out(3), out(5), out(7)});
    EXPECT_EQ(plan.octets.size(), 64u);
    EXPECT_EQ(plan->octets(), 64u);
    ASSERT_EQ(plan->class_count, 1);
    EXPECT_THAT(interfaces(*plan, plan->classes()[0]), ElementsAre(2, 3, 5, 7));
    EXPECT_THAT(header(plan->classes()[0]),
                ElementsAre(0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 9, 0x08, 0x00));
    EXPECT_TRUE(plan->classes()[0].destination_is_group);
}

TEST(Plan, AMacPerPortMakesAClassEach) {
    const auto table = test::interface_table(test::settings_with_interfaces(3));
    PlanBuilder builder(table, V6::ether_type);
    const auto plan = build(builder, {out(1), out(3)});
    ASSERT_EQ(plan->class_count, 2);
    EXPECT_THAT(interfaces(*plan, plan->classes()[0]), ElementsAre(1));
    EXPECT_THAT(interfaces(*plan, plan->classes()[1]), ElementsAre(3));
    EXPECT_THAT(header(plan->classes()[1]),
                ElementsAre(0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 2, 0x86, 0xdd));
    EXPECT_EQ(plan->members()[1].port, 2);
}

TEST(Plan, TagsAndNextHopsAreInTheHeader) {
    auto settings = test::settings_with_interfaces(4);
    settings.interfaces[1].vlan = 0x123;
    settings.interfaces[2].vlan = 0x123;
    settings.interfaces[2].outer_vlan = 0x456;
    const auto table = with_one_mac(settings);
    PlanBuilder builder(table, V4::ether_type);
    auto to_host = out(4);
    to_host.next_hop = kNextHop;
    const auto plan = build(builder, {out(1), out(2), out(3), to_host});
    ASSERT_EQ(plan->class_count, 4);
    const auto& of_1 = plan->classes()[0];
    const auto& of_4 = plan->classes()[1];  // the same class but for its next hop
    EXPECT_THAT(interfaces(*plan, of_1), ElementsAre(1));
    EXPECT_THAT(interfaces(*plan, of_4), ElementsAre(4));
    EXPECT_FALSE(of_4.destination_is_group);
    EXPECT_THAT(header(of_4), ElementsAre(2, 9, 9, 9, 9, 9, 2, 0, 0, 0, 1, 9, 0x08, 0x00));
    EXPECT_THAT(header(plan->classes()[2]), ElementsAre(0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 9,  //
                                                        0x81, 0x00, 0x01, 0x23, 0x08, 0x00));
    EXPECT_THAT(header(plan->classes()[3]),
                ElementsAre(0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 9,  //
                            0x88, 0xa8, 0x04, 0x56, 0x81, 0x00, 0x01, 0x23, 0x08, 0x00));
}

TEST(Plan, PortsThatDoNotShareFramesAreAlone) {
    const auto settings = test::settings_with_interfaces(5);
    std::vector<PortFacts> ports(5, {.mac = test::port_mac(9)});
    ports[1].shares_frames = false;
    ports[3].shares_frames = false;
    ports[4].takes_segments = true;
    const InterfaceTable table(settings, ports);
    PlanBuilder builder(table, V4::ether_type);
    const auto plan = build(builder, {out(1), out(2), out(3), out(4), out(5)});
    ASSERT_EQ(plan->class_count, 4);
    EXPECT_THAT(interfaces(*plan, plan->classes()[0]), ElementsAre(1, 3));
    EXPECT_TRUE(plan->classes()[0].shares_frames);
    EXPECT_THAT(interfaces(*plan, plan->classes()[1]), ElementsAre(2));
    EXPECT_FALSE(plan->classes()[1].shares_frames);
    EXPECT_THAT(interfaces(*plan, plan->classes()[2]), ElementsAre(4));
    EXPECT_THAT(interfaces(*plan, plan->classes()[3]), ElementsAre(5));
    EXPECT_TRUE(plan->classes()[3].takes_segments);
    EXPECT_FALSE(plan->classes()[0].takes_segments);
}

TEST(Plan, ThresholdAndMtuAreTheInterfacesUnlessTheEntrySaysOtherwise) {
    auto settings = test::settings_with_interfaces(3);
    settings.interfaces[0].ttl_threshold = 5;
    settings.interfaces[1].ttl_threshold = 6;
    settings.interfaces[1].mtu = 576;
    settings.interfaces[2].mtu = 9000;  // more than its port's
    const auto table = with_one_mac(settings);
    PlanBuilder builder(table, V4::ether_type);
    auto second = out(2);
    second.ttl_threshold = 64;
    const auto plan = build(builder, {out(1), second, out(3)});
    EXPECT_EQ(plan->members()[0].ttl_threshold, 5);
    EXPECT_EQ(plan->members()[1].ttl_threshold, 64);
    EXPECT_EQ(plan->members()[1].mtu, 576);
    EXPECT_EQ(plan->members()[2].mtu, 1500);
    EXPECT_EQ(builder.lowest_mtu(), 576);
    EXPECT_EQ(builder.highest_ttl_threshold(), 64);
    build(builder, {out(3)});
    EXPECT_EQ(builder.lowest_mtu(), 1500);
    EXPECT_EQ(builder.highest_ttl_threshold(), 0);
}

TEST(Plan, EqualListsGiveEqualOctets) {
    const auto table = test::interface_table(test::settings_with_interfaces(9));
    PlanBuilder builder(table, V4::ether_type);
    const auto first = build(builder, {out(1), out(4), out(9)});
    const auto other = build(builder, {out(1), out(4), out(8)});
    const auto again = build(builder, {out(1), out(4), out(9)});
    EXPECT_EQ(first.octets, again.octets);
    EXPECT_NE(first.octets, other.octets);
}

TEST(Plan, RefusesListsThatBreakTheContract) {
    const auto table = test::interface_table(test::settings_with_interfaces(1100));
    PlanBuilder builder(table, V4::ether_type);
    EXPECT_TRUE(build(builder, {out(kNoInterface)}).octets.empty());
    EXPECT_TRUE(build(builder, {out(1101)}).octets.empty());
    EXPECT_TRUE(build(builder, {out(3), out(3)}).octets.empty());
    EXPECT_TRUE(build(builder, {out(4), out(3)}).octets.empty());
    std::vector<Outgoing> most;
    for (InterfaceIndex i = 1; i <= kMaxOutgoing; ++i) {
        most.push_back(out(i));
    }
    EXPECT_EQ(build(builder, most)->member_count, kMaxOutgoing);
    most.push_back(out(kMaxOutgoing + 1));
    EXPECT_TRUE(build(builder, most).octets.empty());
}

TEST(PlanInterner, EqualListsShareAPlanWhoeverComesBetween) {
    const auto table = test::interface_table(test::settings_with_interfaces(9));
    BlockArena arena(1 << 20);
    BlockInterner blocks(arena);
    PlanInterner plans(table, V4::ether_type, blocks);
    const std::vector<Outgoing> some{out(1), out(4)};
    const std::vector<Outgoing> others{out(1), out(5)};
    const auto first = *plans.intern(some);
    const auto again = *plans.intern(some);
    const auto other = *plans.intern(others);
    const auto later = *plans.intern(some);
    EXPECT_EQ(first.block, again.block);
    EXPECT_EQ(first.block, later.block);
    EXPECT_NE(first.block, other.block);
    EXPECT_EQ(again.lowest_mtu, first.lowest_mtu);
    EXPECT_EQ(arena.at<Plan>(other.block)->members()[1].interface, 5);
    EXPECT_EQ(blocks.blocks(), 2U);
    for (const auto& plan : {first, again, other, later}) {
        blocks.release(plan.block, arena.at<Plan>(plan.block)->octets());
    }
    EXPECT_EQ(blocks.blocks(), 0U) << "every reference was counted";
    EXPECT_EQ(arena.octets(), 0U);
}

TEST(PlanInterner, APlanThatIsGoneIsLaidOutAnew) {
    const auto table = test::interface_table(test::settings_with_interfaces(9));
    BlockArena arena(1 << 20);
    BlockInterner blocks(arena);
    PlanInterner plans(table, V4::ether_type, blocks);
    const std::vector<Outgoing> some{out(1), out(4)};
    const auto first = *plans.intern(some);
    blocks.release(first.block, arena.at<Plan>(first.block)->octets());
    const auto anew = plans.intern(some);
    ASSERT_TRUE(anew);
    EXPECT_EQ(blocks.blocks(), 1U);
    EXPECT_EQ(arena.at<Plan>(anew->block)->members().size(), 2U);
    EXPECT_EQ(plans.intern(std::vector{out(4), out(1)}).error(), TableError::invalid);
}

}  // namespace
}  // namespace mgmd::dataplane
