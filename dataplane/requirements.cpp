// SPDX-License-Identifier: Apache-2.0
#include "dataplane/requirements.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <linux/capability.h>
#include <span>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

#include "dataplane/eal_arguments.hpp"

namespace mgmd::dataplane {
namespace {

struct Capability {
    unsigned number;
    std::string_view name;
};
constexpr Capability kNetRaw{CAP_NET_RAW, "CAP_NET_RAW"};
constexpr Capability kNetAdmin{CAP_NET_ADMIN, "CAP_NET_ADMIN"};
constexpr Capability kSysAdmin{CAP_SYS_ADMIN, "CAP_SYS_ADMIN"};

constexpr std::array kForAfPacket{kNetRaw, kNetAdmin};
constexpr std::array kForTap{kNetAdmin};
// libxdp looks up programs and maps by their numbers, which CAP_BPF does not allow.
constexpr std::array kForAfXdp{kNetRaw, kNetAdmin, kSysAdmin};

constexpr const char* kTun = "/dev/net/tun";

bool is_of(std::string_view device, std::string_view driver) {
    return device.starts_with(driver);
}

std::span<const Capability> capabilities_for(std::string_view device) {
    if (is_of(device, "net_af_packet")) {
        return kForAfPacket;
    }
    if (is_of(device, "net_af_xdp")) {
        return kForAfXdp;
    }
    if (is_of(device, "net_tap")) {
        return kForTap;
    }
    return {};
}

std::string reason(int error) {
    return std::generic_category().message(error);
}

void append(std::string& text, const std::string& more) {
    text += (text.empty() ? "" : "; ") + more;
}

bool has(const Privileges& privileges, unsigned capability) {
    return ((privileges.capabilities >> capability) & 1) != 0;
}

std::string missing_capabilities(std::string_view device, const Privileges& privileges) {
    std::string names;
    for (const auto& needed : capabilities_for(device)) {
        if (!has(privileges, needed.number)) {
            names += (names.empty() ? "" : " and ") + std::string(needed.name);
        }
    }
    return names.empty() ? names
                         : "it needs " + names +
                               ", which this process lacks: start it as root, or give it these "
                               "capabilities (AmbientCapabilities= of a service)";
}

std::string locked_memory() {
    return "it locks memory, and this process may lock little: raise the limit (ulimit -l "
           "unlimited, or LimitMEMLOCK=infinity of a service)";
}

bool may_lock(const Privileges& privileges) {
    return privileges.unlimited_lock || has(privileges, CAP_IPC_LOCK);
}

std::string link_name(const std::filesystem::path& link) {
    std::error_code ignored;
    return std::filesystem::read_symlink(link, ignored).filename().string();
}

/// "0000:03:00.0" of "03:00.0,argument=1".
std::string card_address(std::string_view device) {
    const auto name = device.substr(0, device.find(','));
    const bool has_domain = std::count(name.begin(), name.end(), ':') == 2;
    return (has_domain ? "" : "0000:") + std::string(name);
}

}  // namespace

Privileges read_privileges() {
    Privileges privileges;
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == "CapEff:") {
            status >> std::hex >> privileges.capabilities;
            break;
        }
    }
    rlimit limit{};
    privileges.unlimited_lock =
        getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
    return privileges;
}

int try_file(const char* path) {
    const int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (descriptor == -1) {
        return errno;
    }
    close(descriptor);
    return 0;
}

std::optional<Card> find_card(const std::string& address) {
    const auto directory = std::filesystem::path("/sys/bus/pci/devices") / address;
    std::error_code ignored;
    if (!std::filesystem::exists(directory, ignored)) {
        return std::nullopt;
    }
    return Card{link_name(directory / "driver"), link_name(directory / "iommu_group")};
}

std::string missing_for(std::string_view device, const Privileges& privileges, TryFile try_open) {
    std::string missing;
    if (is_of(device, "net_tap")) {
        if (const int error = try_open(kTun); error != 0) {
            append(missing,
                   std::string(kTun) + ": " + reason(error) +
                       (error == EACCES || error == EPERM ? ": this user must be allowed to open it"
                                                          : ": load it with modprobe tun"));
        }
    }
    if (const auto lacks = missing_capabilities(device, privileges); !lacks.empty()) {
        append(missing, lacks);
    }
    if (is_of(device, "net_af_xdp") && !may_lock(privileges)) {
        append(missing, locked_memory());
    }
    return missing;
}

std::string missing_for_card(const std::string& address, const std::optional<Card>& card,
                             const Privileges& privileges, TryFile try_open) {
    if (!card) {
        return "there is no such card (lspci -D lists those there are)";
    }
    const auto bind = "dpdk-devbind.py --bind=vfio-pci " + address;
    if (card->driver.starts_with("mlx")) {
        return {};  // they stay with their kernel driver
    }
    if (card->driver.starts_with("uio") || card->driver.starts_with("igb_uio")) {
        return {};
    }
    if (card->driver != "vfio-pci") {
        const auto has =
            card->driver.empty() ? "no driver has it" : "kernel driver " + card->driver + " has it";
        return has + ": give it to DPDK with modprobe vfio-pci, then " + bind;
    }
    if (card->group.empty()) {
        return "it has no IOMMU group: turn the IOMMU on (intel_iommu=on or amd_iommu=on on the "
               "kernel's command line)";
    }
    std::string missing;
    for (const auto& file : {std::string("/dev/vfio/vfio"), "/dev/vfio/" + card->group}) {
        if (const int error = try_open(file.c_str()); error != 0) {
            append(missing, file + ": " + reason(error) +
                                (error == ENOENT ? ": load it with modprobe vfio-pci"
                                                 : ": this user must be allowed to open it, and "
                                                   "nobody else may have it open"));
        }
    }
    if (!may_lock(privileges)) {
        append(missing, locked_memory());
    }
    return missing;
}

std::string missing_for(std::string_view device) {
    if (is_pci_address(device)) {
        const auto address = card_address(device);
        return missing_for_card(address, find_card(address), read_privileges(), try_file);
    }
    return missing_for(device, read_privileges(), try_file);
}

}  // namespace mgmd::dataplane
