// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/settings.hpp"
#include "dataplane/cores.hpp"

/// The command line that DPDK's EAL is started with, as a function of the settings.
namespace mgmd::dataplane {

/// Where packet buffers lie.
struct MemoryPlan {
    bool hugepages = false;
    std::size_t octets = 0;  ///< what DPDK is going to need
};

/// What the machine has to offer, in octets.
struct FreeMemory {
    std::size_t hugepages = 0;
    std::size_t ordinary = 0;
};
FreeMemory read_free_memory();

/// Hugepages if wanted and there. Fails when there is too little of the memory that is asked for,
/// and says how much is needed and which setting to change.
Expected<MemoryPlan> plan_memory(const Settings& settings, const FreeMemory& free);

/// "0000:03:00.0" or "03:00.0", with or without arguments behind a comma.
bool is_pci_address(std::string_view device);

/// `prefix` names the process's files. The devices of the settings are not among the arguments:
/// EAL ignores those that fail, so that they are probed one by one later.
std::vector<std::string> eal_arguments(const Settings& settings, const CorePlan& cores,
                                       const MemoryPlan& memory, const std::string& prefix);

}  // namespace mgmd::dataplane
