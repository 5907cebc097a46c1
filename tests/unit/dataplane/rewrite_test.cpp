// SPDX-License-Identifier: Apache-2.0
#include "dataplane/rewrite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eal_fixture.hpp"

namespace mgmd::dataplane {
namespace {

using test::Bytes;

constexpr MacAddress kOwn{{0x02, 1, 2, 3, 4, 5}};
constexpr MacAddress kGroup{{0x01, 0x00, 0x5e, 7, 8, 9}};
constexpr MacAddress kNextHop{{0x02, 0xbb, 0, 0, 0, 1}};

class Rewrite : public test::EalTest {
protected:
    /// The octets in front of a packet of three octets once the header is written.
    Bytes written(const FrameHeader& header) {
        const Bytes payload{0xa, 0xb, 0xc};
        rte_mbuf* mbuf = test::make_mbuf(pool(), payload);
        header.write(*mbuf);
        Bytes bytes = test::bytes_of(mbuf);
        EXPECT_EQ(mbuf->pkt_len, bytes.size());
        rte_pktmbuf_free(mbuf);
        EXPECT_EQ(Bytes(bytes.end() - 3, bytes.end()), payload);
        EXPECT_EQ(header.length(), bytes.size() - 3);
        bytes.resize(bytes.size() - 3);
        return bytes;
    }

    static Bytes expected(const MacAddress& destination, const Bytes& rest) {
        Bytes bytes;
        test::put(bytes, destination.bytes);
        test::put(bytes, kOwn.bytes);
        test::put(bytes, rest);
        return bytes;
    }

    static InterfaceInfo interface(std::uint16_t vlan, std::uint16_t outer_vlan) {
        InterfaceInfo info;
        info.mac = kOwn;
        info.vlan = vlan;
        info.outer_vlan = outer_vlan;
        return info;
    }
};

TEST_F(Rewrite, OfAnInterfaceHasItsMacAndTags) {
    EXPECT_EQ(written(FrameHeader(interface(0, 0), kNextHop, 0x86dd)),
              expected(kNextHop, {0x86, 0xdd}));
    EXPECT_EQ(written(FrameHeader(interface(0x123, 0), kNextHop, 0x0800)),
              expected(kNextHop, {0x81, 0, 0x01, 0x23, 8, 0}));
    EXPECT_EQ(written(FrameHeader(interface(0x123, 0x456), kNextHop, 0x0800)),
              expected(kNextHop, {0x88, 0xa8, 0x04, 0x56, 0x81, 0, 0x01, 0x23, 8, 0}));
}

TEST_F(Rewrite, OfAClassGoesToTheGroupOrTheNextHop) {
    PlanClass rewrite_class;
    const auto header = expected(kNextHop, {0x81, 0, 0, 5, 8, 0});
    std::copy(header.begin(), header.end(), rewrite_class.header.begin());
    rewrite_class.header_length = static_cast<std::uint8_t>(header.size());
    rewrite_class.destination_is_group = false;
    EXPECT_EQ(written(FrameHeader(rewrite_class, kGroup)), header);
    rewrite_class.destination_is_group = true;
    EXPECT_EQ(written(FrameHeader(rewrite_class, kGroup)), expected(kGroup, {0x81, 0, 0, 5, 8, 0}));
}

TEST_F(Rewrite, FillsAnEmptySegment) {
    rte_mbuf* segment = rte_pktmbuf_alloc(pool());
    FrameHeader(interface(5, 0), kGroup, 0x0800).write(*segment);
    EXPECT_EQ(test::bytes_of(segment), expected(kGroup, {0x81, 0, 0, 5, 8, 0}));
    rte_pktmbuf_free(segment);
}

}  // namespace
}  // namespace mgmd::dataplane
