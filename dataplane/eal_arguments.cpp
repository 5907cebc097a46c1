// SPDX-License-Identifier: Apache-2.0
#include "dataplane/eal_arguments.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dataplane/mempool.hpp"

namespace mgmd::dataplane {
namespace {

constexpr std::size_t kMebibyte = 1024 * 1024;
/// For what is not packet buffers: rings, devices' own structures, DPDK's tables.
constexpr std::size_t kOtherMemory = 64 * kMebibyte;

std::string mebibytes(std::size_t octets) {
    return std::to_string((octets + kMebibyte - 1) / kMebibyte) + " MiB";
}

std::size_t read_number(const std::filesystem::path& file) {
    std::size_t number = 0;
    std::ifstream(file) >> number;
    return number;
}

/// The sum over page sizes. Directories are called hugepages-2048kB.
std::size_t free_hugepages() {
    constexpr std::string_view kPrefix = "hugepages-";
    std::size_t octets = 0;
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator("/sys/kernel/mm/hugepages", ignored)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(kPrefix)) {
            const auto kibibytes = std::strtoull(name.c_str() + kPrefix.size(), nullptr, 10);
            octets += kibibytes * 1024 * read_number(entry.path() / "free_hugepages");
        }
    }
    return octets;
}

std::size_t available_memory() {
    std::ifstream file("/proc/meminfo");
    for (std::string line; std::getline(file, line);) {
        std::istringstream fields(line);
        std::string name;
        std::size_t kibibytes = 0;
        if (fields >> name >> kibibytes && name == "MemAvailable:") {
            return kibibytes * 1024;
        }
    }
    return 0;
}

std::string dpdk_log_level(LogLevel level) {
    switch (level) {
        case LogLevel::trace:
            return "debug";
        case LogLevel::debug:
            return "info";
        case LogLevel::error:
            return "error";
        case LogLevel::off:
            return "critical";
        default:
            return "warning";
    }
}

}  // namespace

FreeMemory read_free_memory() {
    return {free_hugepages(), available_memory()};
}

Expected<MemoryPlan> plan_memory(const Settings& settings, const FreeMemory& free) {
    const auto pools = plan_pools(settings);
    const auto huge = pools.octets_huge() + kOtherMemory;
    const auto ordinary = pools.octets_no_huge() + kOtherMemory;
    const auto wanted = settings.memory.hugepages;
    const std::string remedy =
        "; fewer packet buffers (memory.mbufs, or workers.count and rx_descriptors and "
        "tx_descriptors of the ports) need less";
    if (wanted == Hugepages::yes && free.hugepages < huge) {
        return fail(ExitCode::system, "memory.hugepages: yes, but " + mebibytes(huge) +
                                          " are needed and " + mebibytes(free.hugepages) +
                                          " of hugepages are free: raise vm.nr_hugepages, or set "
                                          "memory.hugepages: auto" +
                                          remedy);
    }
    if (wanted != Hugepages::no && free.hugepages >= huge) {
        return MemoryPlan{true, huge};
    }
    if (free.ordinary < ordinary) {
        return fail(ExitCode::system, "memory: " + mebibytes(ordinary) +
                                          " are needed without hugepages and " +
                                          mebibytes(free.ordinary) + " are available" + remedy);
    }
    return MemoryPlan{false, ordinary};
}

bool is_pci_address(std::string_view device) {
    const auto name = device.substr(0, device.find(','));
    // [domain:]bus:device.function
    const auto dot = name.rfind('.');
    const auto colons = std::count(name.begin(), name.end(), ':');
    return dot != std::string_view::npos && (colons == 1 || colons == 2) &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return std::isxdigit(c) != 0 || c == ':' || c == '.';
           });
}

std::vector<std::string> eal_arguments(const Settings& settings, const CorePlan& cores,
                                       const MemoryPlan& memory, const std::string& prefix) {
    std::vector<std::string> arguments{"mgmd", "--lcores=" + cores.lcores(), "--main-lcore=0",
                                       "--file-prefix=" + prefix,
                                       "--log-level=" + dpdk_log_level(settings.log.level),
                                       // It warns of a socket that nobody needs.
                                       "--log-level=lib.telemetry:error"};
    if (memory.hugepages) {
        arguments.emplace_back("--in-memory");
    } else {
        arguments.insert(arguments.end(),
                         {"--no-huge", "--no-shconf", "-m",
                          std::to_string((memory.octets + kMebibyte - 1) / kMebibyte)});
    }
    const bool has_pci = std::any_of(settings.ports.begin(), settings.ports.end(),
                                     [](const auto& port) { return is_pci_address(port.device); });
    if (has_pci) {
        // An allow list, of no device there is, keeps EAL from taking every card it finds.
        // Whether a card needs physical addresses is left to EAL.
        arguments.emplace_back("--allow=ffff:ff:1f.7");
    } else {
        arguments.insert(arguments.end(), {"--no-pci", "--iova-mode=va"});
    }
    arguments.insert(arguments.end(), settings.memory.eal_args.begin(),
                     settings.memory.eal_args.end());
    return arguments;
}

}  // namespace mgmd::dataplane
