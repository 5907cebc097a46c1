// SPDX-License-Identifier: Apache-2.0
#include "dataplane/eal.hpp"

#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rte_eal.h>
#include <rte_log.h>

#include "tests/support/dataplane_fixture.hpp"

namespace mgmd::dataplane {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

WorkerSettings workers(std::uint16_t count, std::vector<unsigned> cores = {},
                       std::optional<unsigned> control = {}) {
    WorkerSettings settings;
    settings.count = count;
    settings.cores = std::move(cores);
    settings.control_core = control;
    return settings;
}

TEST(Cores, GivesControlTheFirstCpuAndWorkersTheNext) {
    const auto plan = plan_cores(workers(2), {2, 5, 6, 7}).value();
    EXPECT_EQ(plan.control, 2u);
    EXPECT_THAT(plan.workers, ElementsAre(5, 6));
    EXPECT_EQ(plan.lcores(), "0@2,1@5,2@6");
    EXPECT_FALSE(plan.is_shared(0));
}

TEST(Cores, SharesCpusWhenThereAreTooFew) {
    const auto plan = plan_cores(workers(3), {0, 1}).value();
    EXPECT_EQ(plan.control, 0u);
    EXPECT_THAT(plan.workers, ElementsAre(1, 1, 1));
    EXPECT_TRUE(plan.is_shared(1));
}

TEST(Cores, ManagesWithOneCpu) {
    const auto plan = plan_cores(workers(1), {3}).value();
    EXPECT_EQ(plan.lcores(), "0@3,1@3");
    EXPECT_TRUE(plan.is_shared(0));
}

TEST(Cores, TakesWhatIsConfiguredAndKeepsControlOffIt) {
    const auto plan = plan_cores(workers(2, {0, 1}), {0, 1, 2}).value();
    EXPECT_EQ(plan.control, 2u);
    EXPECT_THAT(plan.workers, ElementsAre(0, 1));
    const auto fixed = plan_cores(workers(1, {}, 1), {0, 1}).value();
    EXPECT_EQ(fixed.control, 1u);
    EXPECT_THAT(fixed.workers, ElementsAre(0));
}

TEST(Cores, NamesWhatCannotBe) {
    EXPECT_THAT(plan_cores(workers(1, {9}), {0, 1}).error().message,
                AllOf(HasSubstr("workers.cores"), HasSubstr("CPU 9"), HasSubstr("0, 1")));
    EXPECT_THAT(plan_cores(workers(1, {}, 9), {0, 1}).error().message,
                HasSubstr("workers.control_core"));
    EXPECT_EQ(plan_cores(workers(2, {0}), {0, 1}).error().exit_code, ExitCode::configuration);
}

constexpr std::size_t kPlenty = std::size_t{1} << 40;

TEST(Memory, UsesHugepagesWhenEnoughAreFree) {
    Settings settings;
    settings.ports.resize(2);
    EXPECT_TRUE(plan_memory(settings, {kPlenty, kPlenty})->hugepages);
    EXPECT_FALSE(plan_memory(settings, {1 << 20, kPlenty})->hugepages);
    settings.memory.hugepages = Hugepages::no;
    EXPECT_FALSE(plan_memory(settings, {kPlenty, kPlenty})->hugepages);
}

TEST(Memory, NeedsAPageForEachBufferWithoutHugepages) {
    Settings settings;
    settings.memory.mbufs = 10'000;
    const auto plan = plan_memory(settings, {0, kPlenty}).value();
    EXPECT_GE(plan.octets, 10'000u * 4096);
}

TEST(Memory, SaysHowMuchIsMissingAndWhatToChange) {
    Settings settings;
    settings.memory.mbufs = 100'000;
    EXPECT_THAT(plan_memory(settings, {0, 1 << 20}).error().message,
                AllOf(HasSubstr("MiB are needed"), HasSubstr("1 MiB are available"),
                      HasSubstr("memory.mbufs")));
    settings.memory.hugepages = Hugepages::yes;
    const auto error = plan_memory(settings, {1 << 20, kPlenty}).error();
    EXPECT_EQ(error.exit_code, ExitCode::system);
    EXPECT_THAT(error.message, HasSubstr("vm.nr_hugepages"));
}

TEST(Memory, SeesWhatIsFree) {
    EXPECT_GT(read_free_memory().ordinary, std::size_t{1} << 20);
}

TEST(EalArguments, TellPciAddressesFromDeviceNames) {
    for (const auto* address : {"0000:03:00.0", "03:00.1", "10000:e1:00.0,arg=1"}) {
        EXPECT_TRUE(is_pci_address(address)) << address;
    }
    for (const auto* name : {"net_null0", "net_pcap0,rx_pcap=a:b.pcap", "fe.0", "", "net:a.b"}) {
        EXPECT_FALSE(is_pci_address(name)) << name;
    }
}

std::vector<std::string> arguments_for(const Settings& settings, bool hugepages) {
    return eal_arguments(settings, {0, {1}}, {hugepages, 100 << 20}, "mgmd_1");
}

TEST(EalArguments, ShareNothingWithOtherProcesses) {
    const Settings settings;
    EXPECT_THAT(arguments_for(settings, false),
                AllOf(Contains("--no-huge"), Contains("--no-shconf"), Contains("100"),
                      Contains("--file-prefix=mgmd_1"), Not(Contains("--in-memory"))));
    EXPECT_THAT(arguments_for(settings, true),
                AllOf(Contains("--in-memory"), Not(Contains("--no-huge"))));
}

TEST(EalArguments, LeaveDevicesForLaterAndTakeNoCardUnasked) {
    Settings settings;
    settings.ports.resize(2);
    settings.ports[0].device = "net_null0";
    EXPECT_THAT(arguments_for(settings, true),
                AllOf(Contains("--no-pci"), Contains("--iova-mode=va")));
    settings.ports[1].device = "0000:03:00.0";
    const auto arguments = arguments_for(settings, true);
    EXPECT_THAT(arguments, AllOf(Not(Contains("--no-pci")), Not(Contains(HasSubstr("03:00"))),
                                 Contains(HasSubstr("--allow="))));
}

TEST(EalArguments, EndWithTheUsers) {
    Settings settings;
    settings.memory.eal_args = {"--force-max-simd-bitwidth=512"};
    EXPECT_EQ(arguments_for(settings, true).back(), "--force-max-simd-bitwidth=512");
}

TEST(EalTest, RunsWithItsOwnFilesAndLeavesSignalsAsTheyWere) {
    sigset_t before, after;
    pthread_sigmask(SIG_SETMASK, nullptr, &before);
    const auto& eal = test::shared_eal();
    pthread_sigmask(SIG_SETMASK, nullptr, &after);
    EXPECT_EQ(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
    EXPECT_FALSE(eal.memory().hugepages);
    EXPECT_EQ(eal.cores().workers.size(), test::kMostWorkers);
    EXPECT_THAT(rte_eal_get_runtime_dir(), HasSubstr("mgmd_" + std::to_string(getpid())));
}

TEST(EalTest, CannotBeStartedTwice) {
    test::shared_eal();
    Settings settings;
    settings.memory.hugepages = Hugepages::no;
    const auto second = Eal::initialise(settings, [](LogLevel, std::string_view) {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().exit_code, ExitCode::system);
}

TEST(EalLogTest, PassesMessagesOnAndRemembersComplaints) {
    test::shared_eal();
    std::vector<std::pair<LogLevel, std::string>> lines;
    EalLog log([&](LogLevel level, std::string_view text) { lines.emplace_back(level, text); });
    rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER1, "net_x: no such %s\n", "thing");
    rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "odd\n");
    rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "tap: Failed to send start req to secondary 95\n");
    using Line = std::pair<LogLevel, std::string>;
    EXPECT_THAT(lines, ElementsAre(Line{LogLevel::error, "dpdk: net_x: no such thing"},
                                   Line{LogLevel::warning, "dpdk: odd"},
                                   Line{LogLevel::debug,
                                        "dpdk: tap: Failed to send start req to secondary 95"}));
    EXPECT_EQ(log.take_complaints(), " (net_x: no such thing; odd)");
    EXPECT_EQ(log.take_complaints(), "");
}

TEST(EalLogTest, PassesOnNoFloodOfComplaints) {
    test::shared_eal();
    std::size_t lines = 0;
    EalLog log([&](LogLevel, std::string_view) { ++lines; });
    for (std::uint32_t i = 0; i < 10 * EalLog::kBurst; ++i) {
        rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER1, "net_x: frame too long\n");
    }
    EXPECT_GE(lines, EalLog::kBurst);
    EXPECT_LT(lines, 5 * EalLog::kBurst);
}

}  // namespace
}  // namespace mgmd::dataplane
