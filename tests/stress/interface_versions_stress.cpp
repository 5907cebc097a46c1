// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/interface_versions.hpp"
#include "tests/stress/grace_periods.hpp"
#include "tests/support/table_fixture.hpp"

/// Workers that read interfaces at full speed while control puts one version in the place of
/// another at full speed. Each version is whole. Meant for the thread sanitizer too.
namespace mgmd::dataplane {
namespace {

constexpr WorkerIndex kWorkers = 2;
constexpr InterfaceIndex kInterfaces = 8;
constexpr unsigned kRounds = 2000;

/// All interfaces have the threshold, and a boundary for 239.<threshold>.0.0/16.
std::unique_ptr<InterfaceVersion> version(std::uint8_t threshold) {
    auto settings = test::settings_with_interfaces(kInterfaces);
    for (auto& interface : settings.interfaces) {
        interface.ttl_threshold = threshold;
        interface.boundaries.ipv4 = {{{{239, threshold, 0, 0}}, 16}};
    }
    const std::vector<PortFacts> ports(settings.ports.size());
    return std::make_unique<InterfaceVersion>(settings, ports);
}

/// As a worker's loop does it: bursts of one version, another one after a quiescent state.
void work(WorkerIndex worker, const InterfaceSlot& slot, test::GracePeriods& grace,
          const std::atomic<bool>& stop) {
    std::uint64_t last = 0;
    grace.online(worker);
    while (!stop.load(std::memory_order_relaxed)) {
        const auto& seen = *slot.load(std::memory_order_acquire);
        ASSERT_GE(seen.number, last);
        last = seen.number;
        const auto threshold = seen.interfaces[1].ttl_threshold;
        for (InterfaceIndex index = 1; index <= kInterfaces; ++index) {
            ASSERT_EQ(seen.interfaces[index].ttl_threshold, threshold);
            const Ipv4Address group{{239, threshold, 1, 1}};
            ASSERT_TRUE(seen.arrivals[index].boundaries<V4>().blocks(group));
        }
        grace.quiescent(worker);
    }
    grace.offline(worker);
}

TEST(InterfaceVersionsStress, WorkersSeeWholeVersions) {
    test::GracePeriods grace(kWorkers);
    InterfaceVersions versions(grace, version(0));
    std::atomic<bool> stop{false};
    std::vector<std::thread> workers;
    for (WorkerIndex worker = 0; worker < kWorkers; ++worker) {
        workers.emplace_back([&, worker] { work(worker, versions.slot(), grace, stop); });
    }
    for (unsigned round = 0; round < kRounds; ++round) {
        while (versions.laggard()) {
            std::this_thread::yield();
        }
        versions.publish(version(static_cast<std::uint8_t>(round)));
    }
    stop = true;
    for (auto& worker : workers) {
        worker.join();
    }
    versions.reclaim();
    EXPECT_EQ(versions.retired(), 0u);
}

}  // namespace
}  // namespace mgmd::dataplane
