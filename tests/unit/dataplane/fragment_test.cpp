// SPDX-License-Identifier: Apache-2.0
#include "dataplane/fragment.hpp"

#include <array>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/checksum.hpp"
#include "common/headers.hpp"
#include "dataplane/packet.hpp"
#include "tests/support/eal_fixture.hpp"

namespace mgmd::dataplane {
namespace {

using test::Bytes;
using test::PacketBuilder;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// One fragment, taken apart.
struct Piece {
    Ipv4Header header;
    Bytes options;
    Bytes data;
    std::uint16_t offset = 0;
    bool more = false;
};

class Fragment : public test::EalTest {
protected:
    /// The fragments of the packet, each checked for what all must have.
    std::vector<Piece> pieces(const PacketBuilder& packet, std::uint16_t mtu,
                              rte_mempool* into = nullptr) {
        rte_mbuf* whole = test::make_mbuf(pool(), packet.network_bytes(), packet.segments());
        const auto before = test::bytes_of(whole);
        std::array<rte_mbuf*, kMaxFragments> made;
        const auto count = fragment(*whole, mtu, *(into == nullptr ? pool() : into), made);
        EXPECT_EQ(test::bytes_of(whole), before) << "the packet is only read";
        rte_pktmbuf_free(whole);
        std::vector<Piece> pieces;
        for (std::uint16_t i = 0; i < count; ++i) {
            pieces.push_back(take_apart(*made[i], mtu));
            rte_pktmbuf_free(made[i]);
        }
        return pieces;
    }

    static Piece take_apart(const rte_mbuf& mbuf, std::uint16_t mtu) {
        Piece piece;
        EXPECT_EQ(mbuf.nb_segs, 1);
        EXPECT_EQ(mbuf.data_len, mbuf.pkt_len);
        EXPECT_GE(mbuf.pkt_len, kMinPayload);
        EXPECT_GE(mbuf.data_off, kL2Headroom);
        const auto bytes = test::bytes_of(&mbuf);
        std::memcpy(&piece.header, bytes.data(), sizeof(piece.header));
        const auto header_length = piece.header.header_length();
        const auto length = piece.header.total_length.host();
        EXPECT_LE(length, mtu);
        EXPECT_EQ(internet_checksum(std::span(bytes).first(header_length)).raw(), 0);
        EXPECT_THAT(Bytes(bytes.begin() + length, bytes.end()), testing::Each(0));
        piece.options.assign(bytes.begin() + sizeof(Ipv4Header),
                             bytes.begin() + static_cast<std::ptrdiff_t>(header_length));
        piece.data.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header_length),
                          bytes.begin() + length);
        const auto flags_offset = piece.header.flags_fragment_offset.host();
        piece.offset = flags_offset & Ipv4Header::kOffsetMask;
        piece.more = (flags_offset & Ipv4Header::kMoreFragments) != 0;
        return piece;
    }

    static PacketBuilder packet(std::size_t data) {
        return PacketBuilder().ipv4("10.1.0.10", "239.1.1.1").identification(0x1234).payload(data);
    }

    static Bytes data_of(const PacketBuilder& packet, std::size_t header_length) {
        const auto bytes = packet.network_bytes();
        return {bytes.begin() + static_cast<std::ptrdiff_t>(header_length), bytes.end()};
    }

    /// The data of all pieces, which must follow each other without gap.
    static Bytes joined(const std::vector<Piece>& pieces, std::uint16_t first_offset = 0) {
        Bytes data;
        for (const auto& piece : pieces) {
            EXPECT_EQ(piece.offset, first_offset + data.size() / 8);
            EXPECT_EQ(data.size() % 8, 0u);
            data.insert(data.end(), piece.data.begin(), piece.data.end());
        }
        return data;
    }
};

TEST_F(Fragment, CutsAtMultiplesOfEightAndMarksAllButTheLast) {
    const auto made = pieces(packet(1000), 500);
    ASSERT_THAT(made, SizeIs(3));
    EXPECT_EQ(made[0].data.size(), 480u);
    EXPECT_EQ(made[1].data.size(), 480u);
    EXPECT_EQ(made[2].data.size(), 40u);
    EXPECT_TRUE(made[0].more && made[1].more && !made[2].more);
    EXPECT_EQ(joined(made), data_of(packet(1000), 20));
    for (const auto& piece : made) {
        EXPECT_EQ(piece.header.identification.host(), 0x1234);
        EXPECT_EQ(piece.header.source, (Ipv4Address{{10, 1, 0, 10}}));
        EXPECT_EQ(piece.header.destination, (Ipv4Address{{239, 1, 1, 1}}));
        EXPECT_EQ(piece.header.ttl, 64);
    }
}

TEST_F(Fragment, UsesTheMtuFully) {
    const auto made = pieces(packet(200), 68);
    ASSERT_THAT(made, SizeIs(5));
    EXPECT_EQ(made[0].header.total_length.host(), 68);
    EXPECT_EQ(made[4].data.size(), 8u);
    EXPECT_EQ(joined(made), data_of(packet(200), 20));
}

TEST_F(Fragment, ReadsAllSegments) {
    const auto made = pieces(packet(1000).segments({60, 333, 5}), 300);
    EXPECT_EQ(joined(made), data_of(packet(1000), 20));
}

TEST_F(Fragment, OfAFragmentKeepsItsPlace) {
    const auto middle = pieces(packet(200).fragment(100, true), 116);
    ASSERT_THAT(middle, SizeIs(3));
    EXPECT_EQ(joined(middle, 100), data_of(packet(200), 20));
    EXPECT_TRUE(middle[0].more && middle[1].more && middle[2].more);
    const auto last = pieces(packet(200).fragment(100, false), 116);
    ASSERT_THAT(last, SizeIs(3));
    EXPECT_TRUE(last[0].more && last[1].more && !last[2].more);
}

TEST_F(Fragment, CopiesOnlyOptionsWithTheCopiedFlag) {
    // Record Route (7) is not copied, NOP aligns, Router Alert (148) is.
    const Bytes options{7, 7, 4, 0, 0, 0, 0, 1, 148, 4, 0, 0};
    const auto made = pieces(packet(200).options(options), 116);
    ASSERT_GE(made.size(), 2u);
    EXPECT_EQ(made[0].options, options);
    EXPECT_EQ(made[0].data.size(), 80u);  // 116 - 32
    for (std::size_t i = 1; i < made.size(); ++i) {
        EXPECT_THAT(made[i].options, ElementsAre(148, 4, 0, 0));
    }
    EXPECT_EQ(made[1].data.size(), 88u);  // 116 - 24: the shorter header leaves more
    EXPECT_EQ(joined(made), data_of(packet(200).options(options), 32));
}

TEST_F(Fragment, PadsCopiedOptionsWithTheirEnd) {
    // An option of six octets with the copied flag (RFC 791 3.1: number 30, class 0).
    const auto made = pieces(packet(200).options({0x9e, 6, 1, 2, 3, 4, 1, 0}), 116);
    ASSERT_GE(made.size(), 2u);
    EXPECT_THAT(made[1].options, ElementsAre(0x9e, 6, 1, 2, 3, 4, 0, 0));
}

TEST_F(Fragment, WithoutCopiedOptionsTheOthersHaveNone) {
    const auto made = pieces(packet(200).options({7, 7, 4, 0, 0, 0, 0, 0}), 116);
    ASSERT_GE(made.size(), 2u);
    EXPECT_THAT(made[0].options, SizeIs(8));
    EXPECT_THAT(made[1].options, IsEmpty());
    EXPECT_THAT(made[2].options, IsEmpty());
}

TEST_F(Fragment, IsNeverLargerThanABuffer) {
    test::MbufPool small(64, 512);
    const auto made = pieces(packet(1400), 1000, small.get());
    ASSERT_THAT(made, SizeIs(3));
    EXPECT_EQ(made[0].header.total_length.host(), 508);
    EXPECT_EQ(joined(made), data_of(packet(1400), 20));
    EXPECT_EQ(small.in_use(), 0u);
}

TEST_F(Fragment, MakesNothingWhenBuffersRunOut) {
    test::MbufPool few(2);
    EXPECT_THAT(pieces(packet(1000), 500, few.get()), IsEmpty());
    EXPECT_EQ(few.in_use(), 0u);
}

TEST_F(Fragment, MakesNothingWhenItTakesTooManyFragments) {
    EXPECT_THAT(pieces(packet(kMaxFragments * 48), 68), SizeIs(kMaxFragments));
    EXPECT_THAT(pieces(packet(kMaxFragments * 48 + 1), 68), IsEmpty());
}

TEST_F(Fragment, MakesNothingBeyondTheLargestOffset) {
    EXPECT_THAT(pieces(packet(200).fragment(8191, false), 116), IsEmpty());
}

}  // namespace
}  // namespace mgmd::dataplane
