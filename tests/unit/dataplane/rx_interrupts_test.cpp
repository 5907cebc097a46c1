// SPDX-License-Identifier: Apache-2.0
#include "dataplane/rx_interrupts.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <set>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/waker.hpp"

namespace mgmd::dataplane {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::uint16_t kDevices = 3;
constexpr std::uint16_t kWithoutInterrupts = 2;
constexpr milliseconds kForever{60'000};

/// Devices with one queue each, whose interrupt is an eventfd, as with vfio; one has none.
class FakeDevices {
public:
    FakeDevices() {
        for (auto& descriptor : descriptors) {
            descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        }
    }
    ~FakeDevices() {
        for (const auto descriptor : descriptors) {
            close(descriptor);
        }
    }
    void packet(std::uint16_t device) { (void)eventfd_write(descriptors[device], 1); }

    std::array<int, kDevices> descriptors{};
    std::array<rte_epoll_event, kDevices> watched{};
    std::set<std::uint16_t> added;
    std::set<std::uint16_t> enabled;
    int error = 0;  ///< of enabling device 1
};

FakeDevices& devices() {
    static FakeDevices fake;
    return fake;
}

int control(std::uint16_t device, std::uint16_t /*queue*/, int epoll, int operation, void* data) {
    auto& fake = devices();
    if (device == kWithoutInterrupts) {
        return -ENOTSUP;
    }
    auto& event = fake.watched[device];
    event.epdata.event = EPOLLIN;
    event.epdata.data = data;
    const bool adds = operation == RTE_INTR_EVENT_ADD;
    adds ? (void)fake.added.insert(device) : (void)fake.added.erase(device);
    return rte_epoll_ctl(epoll, adds ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fake.descriptors[device],
                         &event);
}

int enable(std::uint16_t device, std::uint16_t /*queue*/) {
    if (devices().error != 0 && device == 1) {
        return devices().error;
    }
    devices().enabled.insert(device);
    return 0;
}

int disable(std::uint16_t device, std::uint16_t /*queue*/) {
    eventfd_t ignored = 0;
    (void)eventfd_read(devices().descriptors[device], &ignored);
    devices().enabled.erase(device);
    return 0;
}

class RxInterruptsTest : public ::testing::Test {
protected:
    ~RxInterruptsTest() override { devices().error = 0; }

    const std::array<RxQueue, 2> queues_{RxQueue{0, 0, 0}, RxQueue{1, 0, 1}};
    Waker waker_;
    RxInterrupts interrupts_{{control, enable, disable}};
};

TEST_F(RxInterruptsTest, APacketEndsTheWait) {
    ASSERT_TRUE(interrupts_.attach(queues_, waker_.descriptor()));
    for (std::uint16_t device = 0; device < 2; ++device) {
        ASSERT_TRUE(interrupts_.arm());
        EXPECT_THAT(devices().enabled, UnorderedElementsAre(0, 1));
        std::thread sender([device] { devices().packet(device); });
        interrupts_.wait(kForever);
        sender.join();
        interrupts_.disarm();
        EXPECT_THAT(devices().enabled, IsEmpty());
    }
}

TEST_F(RxInterruptsTest, TheWakerEndsTheWait) {
    ASSERT_TRUE(interrupts_.attach(queues_, waker_.descriptor()));
    for (int round = 0; round < 3; ++round) {
        ASSERT_TRUE(interrupts_.arm());
        waker_.prepare_sleep();
        std::thread other([this] { waker_.wake(); });
        interrupts_.wait(kForever);
        other.join();
        waker_.awake();
        interrupts_.disarm();
    }
}

TEST_F(RxInterruptsTest, TheWaitIsBounded) {
    ASSERT_TRUE(interrupts_.attach(queues_, waker_.descriptor()));
    ASSERT_TRUE(interrupts_.arm());
    interrupts_.wait(milliseconds(1));
    interrupts_.disarm();
}

TEST_F(RxInterruptsTest, OneDeviceWithoutInterruptsIsEnoughToDoWithout) {
    const std::array<RxQueue, 2> mixed{RxQueue{0, 0, 0}, RxQueue{kWithoutInterrupts, 0, 2}};
    EXPECT_FALSE(interrupts_.attach(mixed, waker_.descriptor()));
    EXPECT_THAT(devices().added, IsEmpty());
    EXPECT_FALSE(interrupts_.arm());
    EXPECT_THAT(devices().enabled, IsEmpty());
}

TEST_F(RxInterruptsTest, ADeviceThatRefusesLeavesNoneEnabledAndIsNotAskedAgain) {
    ASSERT_TRUE(interrupts_.attach(queues_, waker_.descriptor()));
    devices().error = -EIO;
    EXPECT_FALSE(interrupts_.arm());
    EXPECT_THAT(devices().enabled, IsEmpty());
    EXPECT_THAT(devices().added, IsEmpty());
    devices().error = 0;
    EXPECT_FALSE(interrupts_.arm());
}

TEST_F(RxInterruptsTest, ADeviceMayTellOfPacketsAllTheTime) {
    ASSERT_TRUE(interrupts_.attach(queues_, waker_.descriptor()));
    devices().error = -ENOTSUP;
    ASSERT_TRUE(interrupts_.arm());
    devices().packet(1);
    interrupts_.wait(kForever);
    interrupts_.disarm();
}

TEST_F(RxInterruptsTest, TheEndTakesTheDescriptorsOut) {
    {
        RxInterrupts other({control, enable, disable});
        ASSERT_TRUE(other.attach(queues_, waker_.descriptor()));
        EXPECT_THAT(devices().added, SizeIs(2));
    }
    EXPECT_THAT(devices().added, IsEmpty());
    EXPECT_TRUE(interrupts_.attach(queues_, waker_.descriptor()));
}

}  // namespace
}  // namespace mgmd::dataplane
