// SPDX-License-Identifier: Apache-2.0
#include "control/metrics/exchange.hpp"

#include <atomic>
#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace mgmd::metrics {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Snapshot> snapshot_of(std::uint64_t mark) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->resident_octets = mark;
    return snapshot;
}

TEST(Exchange, GivesWhatIsPublishedAfterItHasAsked) {
    std::promise<void> asked;
    Exchange exchange([&] { asked.set_value(); });
    exchange.publish(snapshot_of(1));
    auto scraper = std::async(std::launch::async, [&] { return exchange.get(1h); });
    asked.get_future().wait();
    exchange.publish(snapshot_of(2));
    EXPECT_EQ(scraper.get()->resident_octets, 2u);
}

TEST(Exchange, FallsBackOnTheOneBeforeWhenControlIsSlow) {
    Exchange exchange([] {});
    EXPECT_EQ(exchange.get(0ms), nullptr);
    exchange.publish(snapshot_of(1));
    EXPECT_EQ(exchange.get(0ms)->resident_octets, 1u);
}

TEST(Exchange, LetsEverybodyGoWhenItCloses) {
    std::atomic<int> asked{0};
    Exchange exchange([&] { ++asked; });
    std::vector<std::future<Exchange::Pointer>> scrapers;
    for (int i = 0; i < 4; ++i) {
        scrapers.push_back(std::async(std::launch::async, [&] { return exchange.get(1h); }));
    }
    while (asked < 4) {
        std::this_thread::yield();
    }
    exchange.close();
    for (auto& scraper : scrapers) {
        EXPECT_EQ(scraper.get(), nullptr);
    }
    EXPECT_EQ(exchange.get(1h), nullptr) << "nor waits afterwards";
    EXPECT_EQ(asked, 4);
}

}  // namespace
}  // namespace mgmd::metrics
