// SPDX-License-Identifier: Apache-2.0
#include "control/membership/host/merge.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace mgmd::membership {
namespace {

constexpr auto kInclude = FilterMode::include;
constexpr auto kExclude = FilterMode::exclude;

/// A filter mode and sources by number.
struct Filter {
    FilterMode mode;
    std::set<int> sources;
};

struct Row {
    std::string what;
    std::vector<Filter> all;
    Filter merged;
};

/// RFC 9776 3.2 with its examples: "if any such record has a filter mode of EXCLUDE, then the
/// filter mode of the interface record is EXCLUDE, and the source list [...] is the intersection of
/// the source lists of all socket records in EXCLUDE mode, minus those source addresses that appear
/// in any socket record in INCLUDE mode"; "if all such records have a filter mode of INCLUDE, then
/// [...] the source list is the union of the source lists of all the socket records". RFC 4605 4.1
/// applies them to the subscriptions of the downstream interfaces.
const std::vector<Row> kRows{
    {"nobody", {}, {kInclude, {}}},
    {"one", {{kInclude, {1, 2}}}, {kInclude, {1, 2}}},
    {"the RFC's INCLUDE example: {a,b,c}, {b,c,d}, {e,f}",
     {{kInclude, {1, 2, 3}}, {kInclude, {2, 3, 4}}, {kInclude, {5, 6}}},
     {kInclude, {1, 2, 3, 4, 5, 6}}},
    {"the RFC's EXCLUDE example: EXCLUDE {a,b,c,d}, EXCLUDE {b,c,d,e}, INCLUDE {d,e,f}",
     {{kExclude, {1, 2, 3, 4}}, {kExclude, {2, 3, 4, 5}}, {kInclude, {4, 5, 6}}},
     {kExclude, {2, 3}}},
    {"the order does not matter",
     {{kInclude, {4, 5, 6}}, {kExclude, {1, 2, 3, 4}}, {kExclude, {2, 3, 4, 5}}},
     {kExclude, {2, 3}}},
    {"RFC 4605 4.1: an IGMPv2 subscription (G, EXCLUDE, NULL) and (G, INCLUDE, (S1, S2))",
     {{kExclude, {}}, {kInclude, {1, 2}}},
     {kExclude, {}}},
};

template <class F>
class Merge : public testing::Test {
protected:
    static Wanted<F> wanted(const Filter& filter) {
        Wanted<F> result{filter.mode, {}};
        for (const int number : filter.sources) {
            typename F::Address source{};
            source.bytes.front() = 10;
            source.bytes.back() = static_cast<std::uint8_t>(number);
            result.sources.push_back(source);
        }
        return result;
    }
};
using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(Merge, Families);

TYPED_TEST(Merge, FollowsTheRules) {
    for (const Row& row : kRows) {
        std::vector<Wanted<TypeParam>> all;
        for (const Filter& filter : row.all) {
            all.push_back(this->wanted(filter));
        }
        EXPECT_EQ(merge<TypeParam>(all), this->wanted(row.merged)) << row.what;
    }
}

}  // namespace
}  // namespace mgmd::membership
