// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/captured_packet.hpp"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mgmd::mgmctl {
namespace {

using ::testing::HasSubstr;

/// A classic capture, field by field.
class Capture {
public:
    explicit Capture(std::uint32_t link_type = 1) {
        add(0xa1b2c3d4);
        add(0x00040002);
        add(0);
        add(0);
        add(65535);
        add(link_type);
    }
    Capture& packet(std::size_t captured, std::uint32_t length, char fill) {
        add(1);
        add(2);
        add(static_cast<std::uint32_t>(captured));
        add(length);
        octets_ += std::string(captured, fill);
        return *this;
    }
    Capture& cut(std::size_t octets) {
        octets_.resize(octets_.size() - octets);
        return *this;
    }
    tl::expected<ctl::PacketOctets, std::string> read(std::uint64_t number) {
        return captured_packet(::fmemopen(octets_.data(), octets_.size(), "rb"), number);
    }

private:
    void add(std::uint32_t field) {
        octets_.append(reinterpret_cast<const char*>(&field), sizeof(field));
    }
    std::string octets_;
};

TEST(CapturedPacket, IsTheOneOfThatNumber) {
    auto capture = Capture().packet(60, 60, 'a').packet(70, 1500, 'b');
    const auto first = capture.read(1);
    ASSERT_TRUE(first) << first.error();
    EXPECT_EQ(first->octets, std::vector<std::uint8_t>(60, 'a'));
    EXPECT_EQ(first->length, 60u);
    const auto second = capture.read(2);
    ASSERT_TRUE(second) << second.error();
    EXPECT_EQ(second->octets.size(), 70u);
    EXPECT_EQ(second->length, 1500u) << "what was cut off counts";
}

TEST(CapturedPacket, GoesAsFarAsARequestHasRoom) {
    const auto packet = Capture().packet(9018, 9018, 'a').read(1);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->octets.size(), ctl::PacketOctets::kMostGiven);
    EXPECT_EQ(packet->length, 9018u);
}

TEST(CapturedPacket, MistakesAreNamed) {
    EXPECT_EQ(Capture().packet(60, 60, 'a').read(3).error(), "packet 3: there are 1");
    EXPECT_EQ(Capture().read(1).error(), "packet 1: there are 0");
    EXPECT_THAT(Capture(101).packet(60, 60, 'a').read(1).error(), HasSubstr("than Ethernet"));
    EXPECT_THAT(Capture().packet(60, 60, 'a').cut(1).read(1).error(), HasSubstr("packet 1: "));
    EXPECT_THAT(Capture().packet(60, 100'000, 'a').read(1).error(), HasSubstr("100000 octets"));
    EXPECT_THAT(Capture().cut(20).read(1).error(), HasSubstr("trunc"));
    EXPECT_THAT(captured_packet("/does/not/exist", 1).error(),
                HasSubstr("/does/not/exist: No such file"));
}

}  // namespace
}  // namespace mgmd::mgmctl
