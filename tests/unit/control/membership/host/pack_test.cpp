// SPDX-License-Identifier: Apache-2.0
#include "control/membership/host/pack.hpp"

#include <gtest/gtest.h>

#include "control/membership/wire/codec.hpp"

namespace mgmd::membership {
namespace {

constexpr std::size_t kMtu = 1280;

template <class F>
class Pack : public testing::Test {
protected:
    using Address = typename F::Address;
    static Address address(std::uint8_t first, int number) {
        Address address{};
        address.bytes.front() = first;
        address.bytes[address.bytes.size() - 2] = static_cast<std::uint8_t>(number >> 8);
        address.bytes.back() = static_cast<std::uint8_t>(number);
        return address;
    }
    static Record<F> record(RecordType type, int group, int sources) {
        Record<F> record{type, address(F::family == Family::ipv4 ? 239 : 0xff, group), {}};
        for (int n = 1; n <= sources; ++n) {
            record.sources.push_back(address(10, n));
        }
        return record;
    }
    /// All packets are within the MTU; the records in them.
    static std::vector<Record<F>> sent(const Packed<F>& packed) {
        std::vector<Record<F>> records;
        for (const auto& report : packed.reports) {
            EXPECT_LE(encode(report, address(10, 1)).octets.size(), kMtu);
            records.insert(records.end(), report.records.begin(), report.records.end());
        }
        return records;
    }
};
using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(Pack, Families);

TYPED_TEST(Pack, NothingIsNoReport) {
    EXPECT_TRUE(ReportPacker<TypeParam>(kMtu).pack({}).reports.empty());
}

TYPED_TEST(Pack, ManyRecordsGoIntoFewReports) {
    std::vector<Record<TypeParam>> records;
    for (int group = 1; group <= 500; ++group) {
        records.push_back(this->record(RecordType::is_ex, group, group % 3));
    }
    const auto packed = ReportPacker<TypeParam>(kMtu).pack(records);
    EXPECT_EQ(this->sent(packed), records);
    EXPECT_EQ(packed.sources_left_out, 0u);
    // Each but the last had no room for one more.
    for (std::size_t i = 0; i + 1 < packed.reports.size(); ++i) {
        auto fuller = packed.reports[i];
        fuller.records.push_back(packed.reports[i + 1].records.front());
        EXPECT_GT(encode(fuller, {}).octets.size(), kMtu);
    }
}

/// RFC 9776 4.2.16: "If its Type is not MODE_IS_EXCLUDE or CHANGE_TO_EXCLUDE_MODE, it is split into
/// multiple Group Records, each containing a different subset of the source addresses".
TYPED_TEST(Pack, LongListsAreSplit) {
    const auto whole = this->record(RecordType::allow, 1, 1000);
    const auto packed = ReportPacker<TypeParam>(kMtu).pack({whole});
    EXPECT_GT(packed.reports.size(), 1u);
    std::vector<typename TypeParam::Address> sources;
    for (const auto& record : this->sent(packed)) {
        EXPECT_EQ(record.type, RecordType::allow);
        EXPECT_EQ(record.group, whole.group);
        sources.insert(sources.end(), record.sources.begin(), record.sources.end());
    }
    std::sort(sources.begin(), sources.end());
    EXPECT_EQ(sources, whole.sources);
}

/// "If its Type is MODE_IS_EXCLUDE or CHANGE_TO_EXCLUDE_MODE, a single Group Record is sent,
/// containing as many source addresses as can fit, and the remaining source addresses are not
/// reported".
TYPED_TEST(Pack, LongListsOfExcludedSourcesAreCut) {
    const auto whole = this->record(RecordType::to_ex, 1, 1000);
    const auto packed = ReportPacker<TypeParam>(kMtu).pack({whole});
    const auto records = this->sent(packed);
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].sources.size() + packed.sources_left_out, 1000u);
    EXPECT_GT(packed.sources_left_out, 0u);
    auto longer = packed.reports[0];
    longer.records[0].sources.push_back(this->address(10, 1000));
    EXPECT_GT(encode(longer, {}).octets.size(), kMtu);
}

}  // namespace
}  // namespace mgmd::membership
