// SPDX-License-Identifier: Apache-2.0
#include "dataplane/packet_taps.hpp"

#include <array>

#include <gtest/gtest.h>

#include "tests/support/atomic_qsbr.hpp"

namespace mgmd::dataplane {
namespace {

template <class F>
FrameFacts frame(InterfaceIndex interface, std::string_view source, std::string_view destination) {
    return {interface, F::family, RawAddress::from(parse_address<F>(source).value()),
            RawAddress::from(parse_address<F>(destination).value())};
}

const FrameFacts kIpv4 = frame<V4>(3, "10.1.0.10", "239.1.1.1");
const FrameFacts kIpv6 = frame<V6>(3, "fd00:1::10", "ff1e::1:1");
const FrameFacts kArp{3, std::nullopt, {}, {}};

bool takes(const TapFilter& filter, const FrameFacts& facts) {
    return FrameFilter(filter).takes(facts);
}

TEST(FrameFilter, TakesAllUnlessToldOtherwise) {
    for (const auto& facts : {kIpv4, kIpv6, kArp, FrameFacts{}}) {
        EXPECT_TRUE(takes({}, facts));
    }
}

TEST(FrameFilter, ComparesInterfaceFamilySourceAndGroup) {
    TapFilter filter;
    filter.interface = 3;
    filter.ipv4.sources = parse_prefix<V4>("10.1.0.0/24").value();
    filter.ipv4.groups = parse_prefix<V4>("239.1.1.1").value();
    filter.ipv6.any = false;
    filter.others = false;
    EXPECT_TRUE(takes(filter, kIpv4));
    EXPECT_FALSE(takes(filter, kIpv6));
    EXPECT_FALSE(takes(filter, kArp));
    EXPECT_FALSE(takes(filter, frame<V4>(4, "10.1.0.10", "239.1.1.1")));
    EXPECT_FALSE(takes(filter, frame<V4>(3, "10.1.1.10", "239.1.1.1")));
    EXPECT_FALSE(takes(filter, frame<V4>(3, "10.1.0.10", "239.1.1.2")));
}

TEST(FrameFilter, TakesOneOfSoManyThatMatch) {
    TapFilter filter;
    filter.one_in = 3;
    filter.others = false;
    FrameFilter sampled(filter);
    std::vector<int> taken;
    for (int i = 1; i <= 7; ++i) {
        EXPECT_FALSE(sampled.takes(kArp)) << "does not match, does not count";
        if (sampled.takes(kIpv4)) {
            taken.push_back(i);
        }
    }
    EXPECT_EQ(taken, (std::vector<int>{3, 6}));
}

TEST(WorkerCapture, KeepsOnlyWhatTheDriverTook) {
    WorkerCapture capture({}, 4096);
    CaptureNote note;
    for (std::uint16_t i = 0; i < 4; ++i) {
        note.length = i + 1u;
        EXPECT_EQ(capture.stage(note, i).size(), i + 1u);
    }
    capture.commit(2);
    std::vector<std::uint8_t> octets;
    EXPECT_EQ(capture.ring.pop(octets)->length, 1u);
    EXPECT_EQ(capture.ring.pop(octets)->length, 2u);
    EXPECT_FALSE(capture.ring.pop(octets));
    EXPECT_EQ(capture.missed.get(), 0u);
}

TEST(WorkerCapture, CutsFramesAndCountsWhatFindsNoRoom) {
    CaptureRequest request;
    request.snap_length = 10;
    constexpr std::size_t kEach = sizeof(CaptureNote) + 10;
    WorkerCapture capture(request, 8 * kEach);
    CaptureNote note;
    note.length = 1000;
    for (int i = 0; i < 12; ++i) {
        EXPECT_EQ(capture.stage(note, 0).size(), 10u);
        capture.commit(1);
    }
    EXPECT_EQ(capture.missed.get(), 4u);
    std::vector<std::uint8_t> octets;
    const auto kept = capture.ring.pop(octets);
    EXPECT_EQ(kept->length, 1000u);
    EXPECT_EQ(octets.size(), 10u);
}

/// Two workers, which the test plays.
class PacketTapsTest : public testing::Test {
protected:
    void capture_on(WorkerIndex worker, std::uint64_t timestamp) {
        CaptureNote note;
        note.timestamp = timestamp;
        auto* capture = slots_[worker].load()->captures[0];
        capture->stage(note, 0);
        capture->commit(1);
    }

    std::array<ObserverSlot, 2> slots_{};
    test::AtomicQsbr grace_{2};
    unsigned woken_ = 0;
    PacketTaps taps_{grace_,
                     {{&slots_[0], [this] { ++woken_; }}, {&slots_[1], [this] { ++woken_; }}},
                     [](std::uint64_t timestamp) { return static_cast<std::int64_t>(timestamp); }};
};

TEST_F(PacketTapsTest, WorkersSeeNothingBeforeAndAfter) {
    EXPECT_EQ(slots_[0].load(), nullptr);
    auto tap = taps_.capture({}).value();
    ASSERT_NE(slots_[0].load(), nullptr);
    ASSERT_NE(slots_[1].load(), nullptr);
    EXPECT_NE(slots_[0].load()->captures[0], slots_[1].load()->captures[0]);
    EXPECT_EQ(woken_, 2u);
    tap->stop();
    EXPECT_EQ(slots_[0].load(), nullptr);
    EXPECT_EQ(slots_[1].load(), nullptr);
}

TEST_F(PacketTapsTest, ReadsTheWorkersInTheOrderOfTime) {
    auto tap = taps_.capture({}).value();
    EXPECT_TRUE(tap->empty());
    for (const std::uint64_t at : {10u, 30u}) {
        capture_on(0, at);
    }
    for (const std::uint64_t at : {20u, 40u}) {
        capture_on(1, at);
    }
    std::vector<std::pair<std::int64_t, WorkerIndex>> read;
    EXPECT_FALSE(tap->empty());
    while (const auto packet = tap->next()) {
        read.emplace_back(packet->time_ns, packet->worker);
    }
    EXPECT_EQ(read, (decltype(read){{10, 0}, {20, 1}, {30, 0}, {40, 1}}));
    EXPECT_TRUE(tap->empty());
}

TEST_F(PacketTapsTest, HasStoppedOnceEveryWorkerHasLetGo) {
    grace_.online(0);
    grace_.online(1);
    auto tap = taps_.capture({}).value();
    EXPECT_FALSE(tap->has_begun());
    grace_.quiescent(0);
    grace_.quiescent(1);
    EXPECT_TRUE(tap->has_begun());
    EXPECT_FALSE(tap->has_stopped());
    tap->stop();
    grace_.quiescent(0);
    EXPECT_FALSE(tap->has_stopped());
    grace_.offline(1);
    EXPECT_TRUE(tap->has_stopped());
}

TEST_F(PacketTapsTest, ThereAreOnlySoManyAtOnce) {
    std::vector<std::unique_ptr<PacketTap<CapturedPacket>>> running;
    for (std::size_t i = 0; i < kMaxCaptures; ++i) {
        running.push_back(taps_.capture({}).value());
    }
    EXPECT_EQ(taps_.capture({}).error().message, "4 captures run already, which is the most");
    running.pop_back();
    EXPECT_TRUE(taps_.capture({}));
    auto trace = taps_.trace({}, 1).value();
    EXPECT_EQ(taps_.trace({}, 1).error().message, "another trace runs already");
    trace.reset();
    EXPECT_TRUE(taps_.trace({}, 1));
}

TEST_F(PacketTapsTest, AWorkerThatLetsGoOfNothingDoesNotMakeItHoardMemory) {
    grace_.online(0);
    unsigned begun = 0;
    while (begun < 100 && taps_.capture({})) {
        ++begun;
    }
    EXPECT_LT(begun, 10u);
    grace_.quiescent(0);
    EXPECT_TRUE(taps_.capture({}));
}

TEST_F(PacketTapsTest, ATraceTakesSoManyOnEachWorker) {
    auto tap = taps_.trace({}, 2).value();
    for (const auto& slot : slots_) {
        auto* trace = slot.load()->trace;
        EXPECT_TRUE(trace->takes(kIpv4));
        EXPECT_TRUE(trace->takes(kIpv6));
        EXPECT_FALSE(trace->takes(kIpv4));
    }
}

}  // namespace
}  // namespace mgmd::dataplane
