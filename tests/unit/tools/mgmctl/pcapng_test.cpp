// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/tap/pcapng.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "common/version.hpp"
#include "tools/mgmctl/tap/packet_text.hpp"
#include "tools/mgmctl/tap/tap_printers.hpp"

namespace mgmd::mgmctl {
namespace {

/// Octets in hexadecimal, blanks between words of four.
std::string dump(const std::string& octets) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const auto octet = static_cast<unsigned char>(octets[i]);
        text += i != 0 && i % 4 == 0 ? " " : "";
        text += kDigits[octet >> 4];
        text += kDigits[octet & 0xf];
    }
    return text;
}

class PcapngWriterTest : public testing::Test {
protected:
    /// What was written since the last call.
    std::string written() {
        auto text = out_.str();
        out_.str({});
        return text;
    }

    std::ostringstream out_;
    PcapngWriter writer_{out_};
};

TEST_F(PcapngWriterTest, BeginsWithASectionHeader) {
    const auto header = written();
    ASSERT_GE(header.size(), 28u);
    EXPECT_EQ(dump(header.substr(0, 4)), "0a0d0d0a");
    EXPECT_EQ(dump(header.substr(8, 16)), "4d3c2b1a 01000000 ffffffff ffffffff");
    EXPECT_EQ(header.substr(4, 4), header.substr(header.size() - 4)) << "the length twice";
    EXPECT_NE(header.find("mgmctl " + std::string(kVersion)), std::string::npos);
}

TEST_F(PcapngWriterTest, DescribesInterfacesOnce) {
    written();
    writer_.add_interface("left", "port lan");
    writer_.add_interface("left", "port lan");
    EXPECT_EQ(dump(written()),
              "01000000 34000000 01000000 00000000 "
              "02000400 6c656674 "           // if_name "left"
              "03000800 706f7274 206c616e "  // if_description "port lan"
              "09000100 09000000 "           // if_tsresol 10^-9
              "00000000 34000000");
}

TEST_F(PcapngWriterTest, WritesPacketsWithCommentAndDirection) {
    writer_.add_interface("left", {});
    writer_.add_interface("right", {});
    written();
    const std::vector<std::uint8_t> octets{1, 2, 3, 4, 5};
    writer_.add_packet("right",
                       {0x0102030405060708, 60, octets, PcapngWriter::Direction::outbound, "why"});
    EXPECT_EQ(dump(written()),
              "06000000 3c000000 01000000 04030201 08070605 05000000 3c000000 "
              "01020304 05000000 "
              "01000300 77687900 "  // opt_comment "why"
              "02000400 02000000 "  // epb_flags: outbound
              "00000000 3c000000");
}

TEST_F(PcapngWriterTest, DescribesAnInterfaceThatAPacketIsTheFirstToName) {
    written();
    writer_.add_packet("port lan", {});
    const auto blocks = dump(written());
    EXPECT_EQ(blocks.substr(0, 8), "01000000");
    EXPECT_NE(blocks.find(" 06000000 "), std::string::npos);
}

TEST(CapturePrinter, SaysWhatWasDroppedAndWhy) {
    std::ostringstream out;
    CapturePrinter(out).add(Json::parse(
        R"({"point":"drop","reason":"ttl_expired","time_ns":1500000000,"interface":"left",
            "length":60,"octets":"01005e010101020000000099080045000028000000000111000a)"
        R"(0a01000aef010101138817700014"})"));
    EXPECT_NE(out.str().find(":01.500000000  drop  left  10.1.0.10 > 239.1.1.1, UDP"),
              std::string::npos)
        << out.str();
    EXPECT_NE(out.str().find("60 octets  ttl_expired: TTL or hop limit 1 or less as received\n"),
              std::string::npos)
        << out.str();
}

TEST(CapturePrinter, SurvivesRowsOfAnotherVersion) {
    std::ostringstream out;
    for (const char* row :
         {R"({})", R"({"octets":"0","length":"x","time_ns":null})",
          R"({"octets":["01"],"reason":7,"point":{}})", R"({"octets":"01zz","reason":"tired"})"}) {
        CapturePrinter(out).add(Json::parse(row));
        PcapngPrinter(out).add(Json::parse(row));
        TracePrinter(out).add(Json::parse(row));
    }
    TracePrinter(out).add(Json::parse(R"({"steps":[1,{"stage":2},{}]})"));
    EXPECT_NE(out.str().find("tired"), std::string::npos);
}

TEST(PacketText, ReadsNoFurtherThanTheFrame) {
    const auto frame = from_hexadecimal(
                           "01005e0101010200000000998100000586dd6000000000080040"
                           "fd000001000000000000000000000010"
                           "ff1e0000000000000000000000010001"
                           "1100050200000100138817700008abcd")
                           .value();
    EXPECT_EQ(packet_text(frame), "VLAN 5, fd00:1::10 > ff1e::1:1, UDP 5000 > 6000, TTL 64");
    for (std::size_t length = 0; length < frame.size(); ++length) {
        EXPECT_FALSE(packet_text(std::span(frame).first(length)).empty());
    }
    EXPECT_EQ(packet_text(std::span(frame).first(20)), "VLAN 5, IPv6 (cut)");
    EXPECT_EQ(packet_text(std::span(frame).first(13)), "13 octets (cut)");
}

}  // namespace
}  // namespace mgmd::mgmctl
