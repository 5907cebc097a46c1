// SPDX-License-Identifier: Apache-2.0
#include "dataplane/ttl.hpp"

#include <gtest/gtest.h>

namespace mgmd::dataplane {
namespace {

std::span<const std::uint8_t> octets(const Ipv4Header& header) {
    return {reinterpret_cast<const std::uint8_t*>(&header), sizeof(header)};
}

be16 full_checksum(Ipv4Header header) {
    header.checksum = be16{};
    return internet_checksum(octets(header));
}

TEST(DecrementTtl, UpdatesTheChecksumAsIfComputedAnew) {
    Ipv4Header header{};
    header.version_ihl = 0x45;
    header.source = {{10, 1, 0, 10}};
    header.destination = {{239, 1, 1, 1}};
    for (unsigned protocol = 0; protocol < 256; ++protocol) {
        header.protocol = static_cast<IpProtocol>(protocol);
        for (unsigned ttl = 1; ttl < 256; ++ttl) {
            header.ttl = static_cast<std::uint8_t>(ttl);
            header.checksum = full_checksum(header);
            Ipv4Header next = header;
            decrement_ttl(next);
            ASSERT_EQ(next.ttl, ttl - 1);
            ASSERT_EQ(next.checksum, full_checksum(next)) << "TTL " << ttl;
        }
    }
}

TEST(DecrementTtl, IsRightForEveryChecksum) {
    Ipv4Header header{};
    header.version_ihl = 0x45;
    header.ttl = 64;
    header.protocol = IpProtocol::udp;
    for (unsigned id = 0; id < 65536; ++id) {
        header.identification = be16{static_cast<std::uint16_t>(id)};
        header.checksum = full_checksum(header);
        Ipv4Header next = header;
        decrement_ttl(next);
        // A header that sums to minus zero is as right as one that sums to zero (RFC 1071 2).
        ASSERT_EQ(internet_checksum(octets(next)).raw(), 0) << "identification " << id;
    }
}

TEST(DecrementTtl, OfIpv6ChangesNothingElse) {
    Ipv6Header header{};
    header.version_class_label = be32{6u << 28};
    header.hop_limit = 200;
    Ipv6Header expected = header;
    expected.hop_limit = 199;
    decrement_ttl(header);
    EXPECT_EQ(std::memcmp(&header, &expected, sizeof(header)), 0);
}

}  // namespace
}  // namespace mgmd::dataplane
