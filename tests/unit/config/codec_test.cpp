// SPDX-License-Identifier: Apache-2.0
#include "config/codec.hpp"

#include <gtest/gtest.h>

namespace mgmd::config {
namespace {

TEST(Codec, IntegersAreDecimalDigitsOnly) {
    EXPECT_EQ(parse_integer("0"), 0);
    EXPECT_EQ(parse_integer("65536"), 65536);
    for (const char* text : {"", "-1", "+1", "0x10", "1 ", " 1", "1.0", "9223372036854775808"}) {
        EXPECT_EQ(parse_integer(text), std::nullopt) << text;
    }
}

TEST(Codec, DurationsHaveUnitsOrAreSeconds) {
    EXPECT_EQ(parse_duration("210"), 210'000'000);
    EXPECT_EQ(parse_duration("210s"), 210'000'000);
    EXPECT_EQ(parse_duration("500ms"), 500'000);
    EXPECT_EQ(parse_duration("50us"), 50);
    EXPECT_EQ(parse_duration("2m"), 120'000'000);
    EXPECT_EQ(parse_duration("1h"), 3'600'000'000);
    EXPECT_EQ(parse_duration("0.5"), 500'000);
    EXPECT_EQ(parse_duration("1.25s"), 1'250'000);
    EXPECT_EQ(parse_duration("1.5m"), 90'000'000);
}

TEST(Codec, DurationsThatAreNotWholeMicrosecondsOrNotDurations) {
    for (const char* text : {"", "s", "ms", ".5", "5.", "1..2", "1.2.3", "5 s", "5S", "5d", "-1s",
                             "0.0000001", "1.5us", "99999999999h", "1e3"}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    }
    EXPECT_EQ(parse_duration("1.50ms"), 1'500);
    EXPECT_EQ(parse_duration("1.0000000000s"), 1'000'000);
}

TEST(Codec, DurationsAreFormattedInTheLargestUnitThatFits) {
    EXPECT_EQ(format_duration(210'000'000), "210s");
    EXPECT_EQ(format_duration(1'500'000), "1500ms");
    EXPECT_EQ(format_duration(50), "50us");
}

TEST(Codec, Booleans) {
    for (const char* text : {"yes", "true", "on"}) {
        EXPECT_EQ(parse_boolean(text), true) << text;
    }
    for (const char* text : {"no", "false", "off"}) {
        EXPECT_EQ(parse_boolean(text), false) << text;
    }
    for (const char* text : {"", "1", "Yes", "maybe"}) {
        EXPECT_EQ(parse_boolean(text), std::nullopt) << text;
    }
}

TEST(Codec, AddressesOfEitherFamily) {
    EXPECT_EQ(parse_any_address("10.1.0.1"), AnyAddress(Ipv4Address{{10, 1, 0, 1}}));
    EXPECT_TRUE(std::holds_alternative<Ipv6Address>(*parse_any_address("fd00::1")));
    EXPECT_EQ(parse_any_address("10.1.0"), std::nullopt);
    EXPECT_EQ(parse_any_address("10.1.0.1/24"), std::nullopt);
    EXPECT_EQ(parse_any_prefix("10.1.0.1/24"), AnyPrefix(Prefix<V4>{{{10, 1, 0, 1}}, 24}));
    EXPECT_EQ(parse_any_prefix("10.1.0.1/33"), std::nullopt);
    EXPECT_EQ(parse_any_prefix("fd00::/129"), std::nullopt);
}

TEST(Codec, AnInterfaceAddressNeedsItsLengthButAGroupDoesNot) {
    const Field field;
    EXPECT_EQ(Codec<AnyPrefix>::parse("10.1.0.1", field), std::nullopt);
    EXPECT_EQ(GroupCodec::parse("239.1.1.1", field), AnyPrefix(Prefix<V4>{{{239, 1, 1, 1}}, 32}));
}

TEST(Codec, CoresAreNumbersAndRanges) {
    const auto one = parse_cores("7");
    ASSERT_TRUE(one);
    EXPECT_EQ(one->first, 7u);
    EXPECT_EQ(one->last, 7u);
    const auto range = parse_cores("2-5");
    ASSERT_TRUE(range);
    EXPECT_EQ(range->first, 2u);
    EXPECT_EQ(range->last, 5u);
    for (const char* text : {"", "-", "2-", "-5", "5-2", "2-1024", "a", "1,2", "0-4294967296"}) {
        EXPECT_FALSE(parse_cores(text)) << text;
    }
}

TEST(Codec, ModesAreOctal) {
    EXPECT_EQ(parse_mode("0660"), 0660u);
    EXPECT_EQ(parse_mode("600"), 0600u);
    EXPECT_EQ(parse_mode("0888"), std::nullopt);
    EXPECT_EQ(parse_mode("1777"), std::nullopt);
    EXPECT_EQ(format_mode(0660), "0660");
    EXPECT_EQ(format_mode(07), "0007");
}

TEST(Codec, EndpointsAreAnAddressAndAPort) {
    for (const char* text : {"127.0.0.1:9475", "0.0.0.0:0", "192.0.2.1:65535"}) {
        EXPECT_EQ(parse_endpoint(text), text);
    }
    for (const char* text : {"", ":", "9475", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                             "127.0.0.1:-1", "127.0.0.1:80s", ":80", "[::1]:80", "::1:80",
                             "localhost:80", "127.0.0.1:80,0.0.0.0:81", "127.0.0.1 :80"}) {
        EXPECT_EQ(parse_endpoint(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace mgmd::config
