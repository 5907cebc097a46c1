// SPDX-License-Identifier: Apache-2.0
#include "dataplane/interface_versions.hpp"

#include <gtest/gtest.h>

#include "tests/support/atomic_qsbr.hpp"
#include "tests/support/table_fixture.hpp"

namespace mgmd::dataplane {
namespace {

constexpr WorkerIndex kWorkers = 2;

std::unique_ptr<InterfaceVersion> version(std::uint8_t ttl_threshold) {
    auto settings = test::settings_with_interfaces(2);
    settings.interfaces[1].ttl_threshold = ttl_threshold;
    const std::vector<PortFacts> ports(settings.ports.size());
    return std::make_unique<InterfaceVersion>(settings, ports);
}

std::uint8_t threshold_in(const InterfaceVersion& version) {
    return version.interfaces[2].ttl_threshold;
}

class InterfaceVersionsTest : public testing::Test {
protected:
    const InterfaceVersion& seen() const { return *versions_.slot().load(); }
    void all_quiescent() {
        for (WorkerIndex worker = 0; worker < kWorkers; ++worker) {
            grace_.quiescent(worker);
        }
    }

    test::AtomicQsbr grace_{kWorkers};
    InterfaceVersions versions_{grace_, version(1)};
};

TEST_F(InterfaceVersionsTest, AVersionStaysUntilEveryWorkerHasLetGoOfIt) {
    all_quiescent();
    const auto& first = seen();
    versions_.publish(version(2));
    EXPECT_EQ(threshold_in(seen()), 2);
    EXPECT_EQ(&seen(), &versions_.current());
    grace_.quiescent(0);
    versions_.reclaim();
    EXPECT_EQ(versions_.retired(), 1u);
    EXPECT_EQ(threshold_in(first), 1) << "worker 1 may still read it";
    grace_.quiescent(1);
    versions_.reclaim();
    EXPECT_EQ(versions_.retired(), 0u);
}

TEST_F(InterfaceVersionsTest, WorkersThatSleepHoldNothingUp) {
    versions_.publish(version(2));
    versions_.reclaim();
    EXPECT_EQ(versions_.retired(), 0u);
}

TEST_F(InterfaceVersionsTest, EachHasANumberOfItsOwn) {
    const auto first = seen().number;
    versions_.publish(version(2));
    versions_.reclaim();
    const auto second = seen().number;
    versions_.publish(version(3));
    EXPECT_LT(first, second);
    EXPECT_LT(second, seen().number) << "also where the memory of the first one is used again";
}

TEST_F(InterfaceVersionsTest, AWorkerThatIsStuckIsNamedBeforeTheMemoryIsGone) {
    all_quiescent();
    for (std::size_t i = 0; i < InterfaceVersions::kMostRetired; ++i) {
        ASSERT_FALSE(versions_.laggard());
        versions_.publish(version(2));
        grace_.quiescent(0);
    }
    EXPECT_EQ(versions_.laggard(), WorkerIndex{1});
    grace_.quiescent(1);
    EXPECT_FALSE(versions_.laggard());
    EXPECT_EQ(versions_.retired(), 0u);
}

}  // namespace
}  // namespace mgmd::dataplane
