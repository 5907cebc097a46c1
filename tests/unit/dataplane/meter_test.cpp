// SPDX-License-Identifier: Apache-2.0
#include "dataplane/meter.hpp"

#include <gtest/gtest.h>

namespace mgmd::dataplane {
namespace {

constexpr std::uint64_t kFrequency = 1'000'000;  // cycles a second

template <class F>
PackedKey<F> entry(std::uint32_t number) {
    RouteKey<F> key;
    std::memcpy(key.group.bytes.data(), &number, sizeof(number));
    return PackedKey<F>::from(key);
}

unsigned grants(TokenBucket& bucket, std::uint64_t now, unsigned attempts) {
    unsigned granted = 0;
    for (unsigned i = 0; i < attempts; ++i) {
        granted += bucket.take(now) ? 1 : 0;
    }
    return granted;
}

TEST(TokenBucket, GrantsNothingWithoutRateOrBurst) {
    TokenBucket none;
    TokenBucket no_rate{Rate::per_second(0, 5, kFrequency)};
    TokenBucket no_burst{Rate::per_second(5, 0, kFrequency)};
    EXPECT_FALSE(none.take(1) || no_rate.take(1) || no_burst.take(1));
}

TEST(TokenBucket, GrantsABurstAndThenTheRate) {
    TokenBucket bucket{Rate::per_second(10, 4, kFrequency)};
    std::uint64_t now = 77 * kFrequency;
    EXPECT_EQ(grants(bucket, now, 100), 4u);
    EXPECT_EQ(grants(bucket, now + kFrequency / 10 - 1, 100), 0u);
    EXPECT_EQ(grants(bucket, now + kFrequency / 10, 100), 1u);
    EXPECT_EQ(grants(bucket, now + kFrequency / 10 * 3, 100), 2u);
}

TEST(TokenBucket, IsFullAgainAfterAPauseAndNoFuller) {
    TokenBucket bucket{Rate::per_second(10, 4, kFrequency)};
    EXPECT_EQ(grants(bucket, 0, 100), 4u);
    EXPECT_EQ(grants(bucket, 1000 * kFrequency, 100), 4u);
}

template <class F>
class WrongInterfaceMeterTest : public testing::Test {
protected:
    using Meter = WrongInterfaceMeter<F>;

    unsigned reports(std::uint32_t number, InterfaceIndex interface, unsigned arrivals) {
        unsigned reported = 0;
        for (unsigned i = 0; i < arrivals; ++i) {
            reported += meter_.arrived(entry<F>(number), interface, now_).has_value() ? 1 : 0;
        }
        return reported;
    }
    Meter meter_{kFrequency};
    std::uint64_t now_ = 100 * kFrequency;
};
using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(WrongInterfaceMeterTest, Families);

TYPED_TEST(WrongInterfaceMeterTest, ReportsABurstOfEightThenOneEveryThreeSeconds) {
    EXPECT_EQ(this->reports(1, 3, 50), 8u);
    this->now_ += 3 * kFrequency;
    EXPECT_EQ(this->reports(1, 3, 50), 1u);
    this->now_ += 2 * kFrequency;
    EXPECT_EQ(this->reports(1, 3, 50), 0u);
}

TYPED_TEST(WrongInterfaceMeterTest, CarriesTheUnreportedArrivalsInTheNextReport) {
    this->reports(1, 3, 8 + 41);
    this->now_ += 3 * kFrequency;
    EXPECT_EQ(this->meter_.arrived(entry<TypeParam>(1), 3, this->now_), 41u);
    this->now_ += 3 * kFrequency;
    EXPECT_EQ(this->meter_.arrived(entry<TypeParam>(1), 3, this->now_), 0u);
}

TYPED_TEST(WrongInterfaceMeterTest, CarriesAReportThatWasNotDelivered) {
    const auto unreported = this->meter_.arrived(entry<TypeParam>(1), 3, this->now_);
    ASSERT_TRUE(unreported);
    this->meter_.undelivered(entry<TypeParam>(1), 3, *unreported, this->now_);
    EXPECT_EQ(this->meter_.arrived(entry<TypeParam>(1), 3, this->now_), 1u);
}

TYPED_TEST(WrongInterfaceMeterTest, CountsEachEntryAndInterfaceApart) {
    EXPECT_EQ(this->reports(1, 3, 50), 8u);
    EXPECT_EQ(this->reports(1, 4, 50), 8u);
    EXPECT_EQ(this->reports(2, 3, 50), 8u);
}

TYPED_TEST(WrongInterfaceMeterTest, BoundsTheReportsOfAnyNumberOfEntries) {
    unsigned reported = 0;
    constexpr std::uint32_t kEntries = 3 * 4096;
    for (std::uint32_t number = 0; number < kEntries; ++number) {
        reported += this->reports(number, 3, 1);
    }
    // A slot each, and one burst that all others share.
    EXPECT_LE(reported, 4096u + 8u);
    EXPECT_GE(reported, 4096u / 2);
    // Whoever has a slot keeps it: coming back in rotation gives no fresh burst.
    for (int round = 0; round < 20; ++round) {
        for (std::uint32_t number = 0; number < kEntries; ++number) {
            reported += this->reports(number, 3, 1);
        }
    }
    EXPECT_LE(reported, 8 * 4096u + 8u);
}

TYPED_TEST(WrongInterfaceMeterTest, CountsEveryArrivalWhenSlotsChangeHands) {
    std::uint64_t arrivals = 0;
    std::uint64_t accounted = 0;
    for (int round = 0; round < 10; ++round) {
        for (std::uint32_t number = 0; number < 2 * 4096; ++number) {
            const auto report = this->meter_.arrived(
                entry<TypeParam>(number + 1000u * static_cast<std::uint32_t>(round)), 3,
                this->now_);
            accounted += report ? *report + 1 : 0;
            ++arrivals;
        }
        this->now_ += 30 * kFrequency;
    }
    // What is still unreported is reported by one more round, all buckets being full.
    for (std::uint32_t number = 0; number < 20'000; ++number) {
        const auto report = this->meter_.arrived(entry<TypeParam>(number), 3, this->now_);
        accounted += report ? *report + 1 : 0;
        ++arrivals;
        this->now_ += 30 * kFrequency;
    }
    EXPECT_EQ(accounted, arrivals);
}

}  // namespace
}  // namespace mgmd::dataplane
