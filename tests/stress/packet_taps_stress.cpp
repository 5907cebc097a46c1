// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/packet_taps.hpp"
#include "tests/stress/grace_periods.hpp"

/// Workers that capture and trace at full speed while control begins and ends captures and traces
/// at full speed. What is read must be whole. Meant for the thread sanitizer too.
namespace mgmd::dataplane {
namespace {

constexpr WorkerIndex kWorkers = 2;
constexpr unsigned kRounds = 100;
constexpr std::size_t kRingOctets = 64 * 1024;
constexpr std::uint16_t kFrames = 8;  // of a burst, whose last two the driver refuses

/// As a worker's loop does it: who looks is renewed after each quiescent state.
void work(WorkerIndex worker, ObserverSlot& slot, test::GracePeriods& grace,
          const std::atomic<bool>& stop) {
    std::uint32_t number = 0;
    grace.online(worker);
    while (!stop.load(std::memory_order_relaxed)) {
        const auto* observers = slot.load(std::memory_order_acquire);
        for (unsigned burst = 0; observers != nullptr && burst < 4; ++burst) {
            for (auto* capture : observers->all_captures()) {
                for (std::uint16_t i = 0; i < kFrames; ++i) {
                    CaptureNote note;
                    note.timestamp = ++number;
                    note.length = 1 + number % 500;
                    for (auto& octet : capture->stage(note, i)) {
                        octet = static_cast<std::uint8_t>(note.length);
                    }
                }
                capture->commit(kFrames - 2);
            }
            if (auto* trace = observers->trace; trace != nullptr && trace->takes({})) {
                TraceRecord record;
                record.length = ++number;
                record.ip_length = static_cast<std::uint16_t>(number);
                trace->ring.push(record);
            }
        }
        grace.quiescent(worker);
    }
    grace.offline(worker);
}

/// Reads so much, however long it takes to come.
template <class Record, class Check>
void read(PacketTap<Record>& tap, unsigned count, Check&& check) {
    while (count > 0) {
        if (const auto record = tap.next()) {
            check(*record);
            --count;
        }
    }
}

TEST(PacketTapsStress, BeginAndEndUnderTraffic) {
    test::GracePeriods grace(kWorkers);
    std::array<ObserverSlot, kWorkers> slots{};
    std::atomic<bool> stop{false};
    std::vector<PacketTaps::WorkerDoor> doors;
    for (auto& slot : slots) {
        doors.push_back({&slot, [] {}});
    }
    PacketTaps taps(
        grace, doors, [](std::uint64_t timestamp) { return static_cast<std::int64_t>(timestamp); },
        kRingOctets);
    std::vector<std::thread> workers;
    for (WorkerIndex worker = 0; worker < kWorkers; ++worker) {
        workers.emplace_back([&, worker] { work(worker, slots[worker], grace, stop); });
    }
    bool whole = true;
    std::uint64_t captured = 0;
    const auto check_packet = [&](const CapturedPacket& packet) {
        ++captured;
        whole = whole && packet.octets.size() == packet.note.length &&
                packet.octets.back() == static_cast<std::uint8_t>(packet.note.length);
    };
    for (unsigned round = 0; round < kRounds; ++round) {
        auto kept = taps.capture({});
        auto dropped = taps.capture({});  // ends unread
        auto trace = taps.trace({}, 10);
        if (!kept || !dropped || !trace) {
            taps.reclaim();
            std::this_thread::yield();
            continue;  // a worker that has not run for a while
        }
        read(**kept, 50, check_packet);
        read(**trace, 2, [&](const TraceRecord& record) {
            whole = whole && record.ip_length == static_cast<std::uint16_t>(record.length);
        });
        dropped->reset();
        (*kept)->stop();
        while (!(*kept)->has_stopped()) {
            std::this_thread::yield();
        }
        while (const auto packet = (*kept)->next()) {
            check_packet(*packet);
        }
        EXPECT_TRUE((*kept)->empty()) << "nothing comes after the end";
    }
    stop = true;
    for (auto& worker : workers) {
        worker.join();
    }
    EXPECT_TRUE(whole);
    EXPECT_GT(captured, 0u);
}

}  // namespace
}  // namespace mgmd::dataplane
