// SPDX-License-Identifier: Apache-2.0
#include "dataplane/hold.hpp"

#include <deque>
#include <map>
#include <random>

#include <gtest/gtest.h>

namespace mgmd::dataplane {
namespace {

constexpr std::uint64_t kTimeout = 1000;

template <class F>
FlowKey<F> flow_key(std::uint32_t number) {
    FlowKey<F> key;
    std::memcpy(key.source.bytes.data(), &number, sizeof(number));
    return key;
}

template <class F>
class HoldTest : public testing::Test {
protected:
    explicit HoldTest(HoldLimits limits = {8, 64, 100, 4, kTimeout})
        : budget_(limits), hold_(limits, budget_) {}

    Packet packet(InterfaceIndex interface = 1, std::uint16_t segments = 1) {
        auto& mbuf = mbufs_.emplace_back();
        mbuf.nb_segs = segments;
        return {&mbuf, interface, 100, 20, 64, 14};
    }
    std::vector<Packet> take_all(typename Hold<F>::Flow& flow) {
        std::vector<Packet> out(4);
        out.resize(hold_.take(flow, out, [](const Packet&) { return true; }));
        return out;
    }

    std::deque<rte_mbuf> mbufs_;
    HoldBudget budget_;
    Hold<F> hold_;
};
using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(HoldTest, Families);

TYPED_TEST(HoldTest, WithoutRoomTakesNothing) {
    Hold<TypeParam> none;
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.find(flow_key<TypeParam>(1)), nullptr);
    EXPECT_EQ(none.open(flow_key<TypeParam>(1), 1, 0), nullptr);
    EXPECT_EQ(none.oldest(), nullptr);
}

TYPED_TEST(HoldTest, KeepsPacketsInOrderUpToTheLimitOfTheFlow) {
    auto* flow = this->hold_.open(flow_key<TypeParam>(1), 1, 0);
    ASSERT_NE(flow, nullptr);
    std::vector<Packet> packets;
    for (int i = 0; i < 5; ++i) {
        packets.push_back(this->packet());
        EXPECT_EQ(this->hold_.keep(*flow, packets.back()), i < 4);
    }
    const auto taken = this->take_all(*flow);
    ASSERT_EQ(taken.size(), 4u);
    for (std::size_t i = 0; i < taken.size(); ++i) {
        EXPECT_EQ(taken[i].mbuf, packets[i].mbuf);
    }
    this->hold_.close(*flow);
    EXPECT_TRUE(this->hold_.empty());
    EXPECT_EQ(this->budget_.flows(), 0u);
    EXPECT_EQ(this->budget_.buffers(), 0u);
}

TYPED_TEST(HoldTest, TakesSomePacketsAndKeepsTheOthersInOrder) {
    auto* flow = this->hold_.open(flow_key<TypeParam>(1), 1, 0);
    for (const InterfaceIndex interface : std::array<InterfaceIndex, 4>{1, 2, 1, 2}) {
        ASSERT_TRUE(this->hold_.keep(*flow, this->packet(interface)));
    }
    std::vector<Packet> out(4);
    const auto taken =
        this->hold_.take(*flow, out, [](const Packet& p) { return p.interface == 2; });
    ASSERT_EQ(taken, 2u);
    EXPECT_EQ(out[0].mbuf, &this->mbufs_[1]);
    EXPECT_EQ(out[1].mbuf, &this->mbufs_[3]);
    const auto left = this->hold_.packets(*flow);
    ASSERT_EQ(left.size(), 2u);
    EXPECT_EQ(left[0].mbuf, &this->mbufs_[0]);
    EXPECT_EQ(left[1].mbuf, &this->mbufs_[2]);
    EXPECT_EQ(this->budget_.buffers(), 2u);
}

TYPED_TEST(HoldTest, ListsFlowsOldestFirstWithTheirDeadlines) {
    for (std::uint32_t i = 0; i < 5; ++i) {
        ASSERT_NE(this->hold_.open(flow_key<TypeParam>(i), 1, i * 10), nullptr);
    }
    this->hold_.close(*this->hold_.find(flow_key<TypeParam>(0)));
    this->hold_.close(*this->hold_.find(flow_key<TypeParam>(2)));
    this->hold_.close(*this->hold_.find(flow_key<TypeParam>(4)));
    ASSERT_NE(this->hold_.open(flow_key<TypeParam>(0), 1, 90), nullptr);
    std::vector<std::uint64_t> deadlines;
    for (auto* flow = this->hold_.oldest(); flow != nullptr; flow = this->hold_.newer(*flow)) {
        deadlines.push_back(flow->deadline);
    }
    EXPECT_EQ(deadlines, (std::vector<std::uint64_t>{1010, 1030, 1090}));
}

TYPED_TEST(HoldTest, CountsEverySegmentAgainstTheBudget) {
    auto* flow = this->hold_.open(flow_key<TypeParam>(1), 1, 0);
    EXPECT_TRUE(this->hold_.keep(*flow, this->packet(1, 60)));
    EXPECT_FALSE(this->hold_.keep(*flow, this->packet(1, 5)));
    EXPECT_TRUE(this->hold_.keep(*flow, this->packet(1, 4)));
    this->take_all(*flow);
    EXPECT_EQ(this->budget_.buffers(), 0u);
}

template <class F>
struct SharedHoldTest : HoldTest<F> {
    SharedHoldTest() : HoldTest<F>({8, 16, 25, 4, kTimeout}) {}
};
TYPED_TEST_SUITE(SharedHoldTest, Families);

TYPED_TEST(SharedHoldTest, LeavesRoomForOtherInterfaces) {
    auto* first = this->hold_.open(flow_key<TypeParam>(1), 1, 0);
    auto* second = this->hold_.open(flow_key<TypeParam>(2), 1, 0);
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(this->hold_.open(flow_key<TypeParam>(3), 1, 0), nullptr);
    EXPECT_NE(this->hold_.open(flow_key<TypeParam>(4), 2, 0), nullptr);

    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(this->hold_.keep(*first, this->packet(1)));
    }
    EXPECT_TRUE(this->hold_.keep(*second, this->packet(1)));
    EXPECT_FALSE(this->hold_.keep(*second, this->packet(1)));
    EXPECT_TRUE(this->hold_.keep(*second, this->packet(2)));
}

TYPED_TEST(SharedHoldTest, SharesTheBudgetWithTheOtherFamily) {
    Hold<V4> other({8, 16, 25, 4, kTimeout}, this->budget_);
    for (InterfaceIndex i = 0; i < 4; ++i) {
        ASSERT_NE(this->hold_.open(flow_key<TypeParam>(i), 1 + i, 0), nullptr);
        ASSERT_NE(other.open(flow_key<V4>(i), 1 + i, 0), nullptr);
    }
    EXPECT_EQ(this->hold_.open(flow_key<TypeParam>(9), 9, 0), nullptr);
    this->hold_.close(*this->hold_.oldest());
    EXPECT_NE(other.open(flow_key<V4>(9), 9, 0), nullptr);
}

/// Random opens, finds and closes against a map.
TYPED_TEST(HoldTest, BehavesLikeAMap) {
    constexpr HoldLimits kLimits{100, 1000, 100, 4, kTimeout};
    HoldBudget budget(kLimits);
    Hold<TypeParam> hold(kLimits, budget);
    std::map<std::uint32_t, std::uint64_t> model;
    std::mt19937 random(7);
    for (std::uint64_t now = 0; now < 20'000; ++now) {
        const auto number = static_cast<std::uint32_t>(random() % 200);
        auto* flow = hold.find(flow_key<TypeParam>(number));
        ASSERT_EQ(flow != nullptr, model.contains(number));
        if (flow != nullptr) {
            ASSERT_EQ(flow->deadline, model[number] + kTimeout);
            hold.close(*flow);
            model.erase(number);
        } else if (hold.open(flow_key<TypeParam>(number), 1, now) != nullptr) {
            model[number] = now;
        } else {
            ASSERT_EQ(model.size(), 100u);
        }
        ASSERT_EQ(hold.size(), model.size());
        ASSERT_EQ(budget.flows(), model.size());
    }
}

}  // namespace
}  // namespace mgmd::dataplane
