// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/address_pair.hpp"

#include <array>
#include <cstdint>
#include <random>
#include <utility>

#include <gtest/gtest.h>

#include "control/mgm/types.hpp"

namespace mgmd::mgm {
namespace {

template <class F>
class AddressPairs : public ::testing::Test {
protected:
    /// Few different octets, so that addresses often differ in one place only.
    typename F::Address address() {
        typename F::Address address;
        for (auto& octet : address.bytes) {
            octet = std::array<std::uint8_t, 4>{0, 1, 0x80, 0xff}[random_() % 4];
        }
        return address;
    }

    std::mt19937 random_{1};
};
using Families = ::testing::Types<V4, V6>;
TYPED_TEST_SUITE(AddressPairs, Families);

TYPED_TEST(AddressPairs, AreOrderedAsTheirOctetsAre) {
    for (int i = 0; i < 20'000; ++i) {
        const auto a = std::pair(this->address(), this->address());
        const auto b = i % 2 == 0 ? std::pair(this->address(), this->address())
                                  : std::pair(a.first, this->address());
        const AddressPair<TypeParam> of_a(a.first, a.second);
        const AddressPair<TypeParam> of_b(b.first, b.second);
        const auto octets_order = [](const auto& left, const auto& right) {
            return std::pair(left.first.bytes, left.second.bytes) <
                   std::pair(right.first.bytes, right.second.bytes);
        };
        EXPECT_EQ(of_a < of_b, octets_order(a, b));
        EXPECT_EQ(of_b < of_a, octets_order(b, a));
        EXPECT_EQ(of_a == of_b, a == b);
    }
}

TYPED_TEST(AddressPairs, OrderKeysByGroupThenSourceThenLength) {
    using Key = SourceGroup<TypeParam>;
    typename TypeParam::Address one;
    one.bytes.back() = 1;
    typename TypeParam::Address two;
    two.bytes.back() = 2;
    EXPECT_LT((Key{one, two}), (Key{two, one}));
    EXPECT_LT((Key{one, one}), (Key{one, two}));
    EXPECT_LT((Key{one, {}, 8}), (Key{one, {}, TypeParam::address_bits}));
    EXPECT_EQ((Key{one, two}), (Key{one, two}));
}

}  // namespace
}  // namespace mgmd::mgm
