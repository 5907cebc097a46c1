// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/checksum.hpp"
#include "tests/bench/probe/arrivals.hpp"
#include "tests/bench/probe/flow_writer.hpp"
#include "tests/bench/probe/host.hpp"
#include "tests/bench/probe/options.hpp"
#include "tests/bench/probe/report.hpp"

namespace mgmd::probe {
namespace {

using testing::ExitedWithCode;

using Frame = std::array<std::byte, 60>;

std::span<const std::uint8_t> octets(const Frame& frame, std::size_t at, std::size_t count) {
    return {reinterpret_cast<const std::uint8_t*>(frame.data()) + at, count};
}

/// An IPv4 header of arbitrary addresses with a correct checksum, in an Ethernet frame.
Frame ipv4_frame() {
    Frame frame{};
    frame[0] = std::byte{0x01};
    put32(&frame[14], 0x4500'002e);
    put32(&frame[22], 0x4011'0000);
    put32(&frame[26], 0x0a01'0203);
    put32(&frame[30], 0xef12'3456);
    put16(&frame[24], internet_checksum(octets(frame, 14, 20)).host());
    return frame;
}

TEST(FlowWriter, KeepsTheIpv4ChecksumRight) {
    for (const std::uint32_t flow :
         {0u, 1u, 255u, 999'999u, kExtraFlow | 0x3f'ffff, kExtraFlow | kUnwantedFlow | 77}) {
        auto frame = ipv4_frame();
        write_ipv4(frame.data(), addresses_of(flow, 14));
        EXPECT_EQ(internet_checksum(octets(frame, 14, 20)).host(), 0) << flow;
    }
}

TEST(FlowWriter, GivesAnIpv4FlowItsAddresses) {
    auto frame = ipv4_frame();
    write_ipv4(frame.data(), addresses_of(3 << 14 | 5, 14));
    EXPECT_EQ(get32(&frame[26]), 0x0a01'0005u);  // 10.1.0.5
    EXPECT_EQ(get32(&frame[30]), 0xef40'0003u);  // 239.64.0.3
    EXPECT_EQ(get32(&frame[2]), 0x5e40'0003u);
}

TEST(FlowWriter, GivesAnIpv6FlowTheEndOfItsAddresses) {
    Frame frame{};
    write_ipv6(frame.data(), addresses_of(258, 0));
    EXPECT_EQ(get32(&frame[34]), 0x0001'0000u);
    EXPECT_EQ(get32(&frame[50]), 0x0001'0102u);
    EXPECT_EQ(get32(&frame[2]), 0x0001'0102u);
}

TEST(Host, JoinsEachGroupOnceItsStreamHasRun) {
    Host host(10, 4, 1000);  // every 100 ticks
    EXPECT_EQ(host.group(), 1u);
    EXPECT_FALSE(host.reports(1000));
    EXPECT_EQ(host.saw(1, 1050), std::nullopt) << "not joined yet";
    EXPECT_FALSE(host.reports(1099));
    EXPECT_TRUE(host.reports(1100));
    EXPECT_FALSE(host.reports(1300)) << "one report each";
    EXPECT_EQ(host.saw(3, 1310), std::nullopt) << "another group's";
    EXPECT_EQ(host.saw(1, 1320), 220u);
    EXPECT_EQ(host.saw(1, 1330), std::nullopt) << "not the first copy";
    EXPECT_EQ(host.group(), 2u);
    EXPECT_FALSE(host.reports(1419));
    EXPECT_TRUE(host.reports(1420));
}

TEST(Host, GivesUpAfterASecondAndEndsWithTheLastGroup) {
    Host host(10, 3, 1000);
    EXPECT_FALSE(host.reports(100));
    EXPECT_TRUE(host.reports(200));
    EXPECT_FALSE(host.reports(1200));
    EXPECT_EQ(host.lost(), 0u);
    EXPECT_FALSE(host.reports(1201));
    EXPECT_EQ(host.lost(), 1u);
    EXPECT_EQ(host.group(), 2u);
    EXPECT_FALSE(host.reports(1'000'000)) << "there is no group 3 to stream to next";
}

TEST(Host, ItsReportIsWhole) {
    Frame frame{};
    write_report(frame.data(), 0x0102);
    EXPECT_EQ(internet_checksum(octets(frame, 14, 24)).host(), 0);
    EXPECT_EQ(internet_checksum(octets(frame, 38, 16)).host(), 0);
    EXPECT_EQ(get32(&frame[14]) & 0xffff, 24u + 16u) << "total length";
    EXPECT_EQ(frame[22], std::byte{1}) << "TTL";
    EXPECT_EQ(frame[38], std::byte{0x22});
    EXPECT_EQ(frame[46], std::byte{4}) << "CHANGE_TO_EXCLUDE_MODE";
    EXPECT_EQ(get32(&frame[50]), 0xef40'0102u);
}

TEST(FlowWriter, NewFlowsNeverShareASourceWithOthers) {
    const auto established = addresses_of(0x3fff, 14);
    const auto wanted = addresses_of(kExtraFlow | 0x3fff, 14);
    const auto unwanted = addresses_of(kExtraFlow | kUnwantedFlow | 0x3fff, 14);
    EXPECT_NE(established.source, wanted.source);
    EXPECT_EQ(wanted.group, 0u);
    EXPECT_NE(unwanted.group, 0u);
}

constexpr std::uint64_t kHz = 1'000'000'000;

TEST(Arrivals, ComeAtTheirMeanRate) {
    Arrivals arrivals(1'000'000, kHz);
    std::uint64_t count = 0;
    std::uint64_t previous = 0;
    for (std::uint64_t now = kHz; now < 2 * kHz; now += 1000) {
        while (const auto arrival = arrivals.take(now)) {
            EXPECT_LE(previous, arrival);
            EXPECT_LE(arrival, now);
            previous = arrival;
            ++count;
        }
    }
    EXPECT_NEAR(static_cast<double>(count), 1e6, 1e4);
}

TEST(Arrivals, ThatFindTheQueueFullAreMissed) {
    Arrivals arrivals(1'000'000, kHz);
    (void)arrivals.take(kHz);
    const auto missed = arrivals.overflow(2 * kHz, 1'000'000);
    EXPECT_NEAR(static_cast<double>(missed), 0.999e6, 1e4);
    EXPECT_GE(arrivals.take(2 * kHz), 2 * kHz - 1'000'000);
}

TEST(Options, AreReadFromOneLine) {
    const auto options = parse_options(
        "device=net_pcap0 report=r flows=100 source_bits=14 learn=1 extra_rate=5 timed=extra");
    EXPECT_EQ(options.device, "net_pcap0");
    EXPECT_EQ(options.report, "r");
    EXPECT_EQ(options.flows, 100u);
    EXPECT_EQ(options.source_bits, 14u);
    EXPECT_TRUE(options.learn);
    EXPECT_EQ(options.extra_rate, 5u);
    EXPECT_EQ(options.timed, Timed::extra);
}

TEST(OptionsDeathTest, ThatAreNotUnderstoodEndTheProgram) {
    for (const char* text :
         {"device=d report=r flow=1", "device=d report=r flows=many",
          "device=d report=r timed=some", "device=d report=r rate=1", "report=r", "device"}) {
        EXPECT_EXIT(parse_options(text), ExitedWithCode(EXIT_FAILURE), "can't use") << text;
    }
}

TEST(HistogramTest, BucketsNeverGoBackAndAreNeverWide) {
    std::size_t previous = 0;
    for (std::uint64_t value = 1; value < std::uint64_t{1} << 40; value += 1 + value / 40) {
        const auto bucket = Histogram::bucket(value);
        EXPECT_GE(bucket, previous);
        EXPECT_LE(bucket, previous + 2);
        previous = bucket;
    }
}

}  // namespace
}  // namespace mgmd::probe
