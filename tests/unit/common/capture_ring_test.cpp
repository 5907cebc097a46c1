// SPDX-License-Identifier: Apache-2.0
#include "common/capture_ring.hpp"

#include <cstring>
#include <thread>

#include <gtest/gtest.h>

namespace mgmd {
namespace {

std::vector<std::uint8_t> record(std::uint32_t number, std::uint16_t octets) {
    CaptureNote note;
    note.length = number;
    note.captured = octets;
    std::vector<std::uint8_t> bytes(sizeof note + octets, static_cast<std::uint8_t>(number));
    std::memcpy(bytes.data(), &note, sizeof note);
    return bytes;
}

TEST(CaptureRing, RefusesWhatItHasNoRoomForAsAWhole) {
    const auto each = record(0, 60).size();
    CaptureRing ring(3 * each);
    for (std::uint32_t i = 0; i < 5; ++i) {
        EXPECT_EQ(ring.push(record(i, 60)), i < 3);
    }
    std::vector<std::uint8_t> octets;
    for (std::uint32_t i = 0; i < 3; ++i) {
        const auto note = ring.pop(octets);
        ASSERT_TRUE(note);
        EXPECT_EQ(note->length, i);
        EXPECT_EQ(octets, std::vector<std::uint8_t>(60, static_cast<std::uint8_t>(i)));
    }
    EXPECT_FALSE(ring.pop(octets));
    EXPECT_TRUE(ring.empty());
    EXPECT_FALSE(ring.push(record(0, static_cast<std::uint16_t>(3 * each))));
    EXPECT_TRUE(ring.empty());
}

TEST(CaptureRing, KeepsRecordsWholeBetweenTwoThreads) {
    constexpr std::uint32_t kRecords = 100'000;
    CaptureRing ring(4096);
    std::thread producer([&] {
        for (std::uint32_t i = 0; i < kRecords;) {
            i += ring.push(record(i, static_cast<std::uint16_t>(i % 200))) ? 1 : 0;
        }
    });
    bool whole = true;
    std::vector<std::uint8_t> octets;
    for (std::uint32_t expected = 0; expected < kRecords;) {
        if (const auto note = ring.pop(octets)) {
            whole = whole && note->length == expected && octets.size() == expected % 200 &&
                    (octets.empty() || octets.back() == static_cast<std::uint8_t>(expected));
            ++expected;
        }
    }
    producer.join();
    EXPECT_TRUE(whole);
}

}  // namespace
}  // namespace mgmd
