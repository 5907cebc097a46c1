// SPDX-License-Identifier: Apache-2.0
#include "dataplane/driver_table.hpp"

#include <algorithm>
#include <array>

namespace mgmd::dataplane {
namespace {

struct Driver {
    std::string_view name;
    DriverTraits traits;
};

constexpr DriverTraits kPhysical{.shares_frames = true, .rx_interrupts = true};

constexpr std::array kDrivers{
    Driver{"net_i40e", kPhysical},
    Driver{"net_ice", kPhysical},
    Driver{"net_ixgbe", kPhysical},
    Driver{"mlx5_pci", kPhysical},
    Driver{"mlx5_auxiliary", kPhysical},
    // They pad short frames in place, but no shorter one than 60 octets is ever shared.
    Driver{"net_bnxt", kPhysical},
    Driver{"net_hns3", kPhysical},
    Driver{"net_ark", {.shares_frames = true}},
    Driver{"net_virtio", kPhysical},
    Driver{"net_virtio_user", {.shares_frames = true, .spreads_by_itself = true}},
    Driver{"net_vhost", {.shares_frames = true, .spreads_by_itself = true}},
    Driver{"net_null",
           {.shares_frames = true,
            .chains = Chains::always,
            .spreads_by_itself = true,
            .any_mac = true}},
    Driver{"net_pcap",
           {.shares_frames = true,
            .chains = Chains::always,
            .queues_are_sources = true,
            .any_mac = true}},
    Driver{"net_tap", {.shares_frames = true, .spreads_by_itself = true, .rx_interrupts = true}},
    Driver{"net_af_packet", {.shares_frames = true, .spreads_by_itself = true}},
    // A chain is read past the end of its first segment. Its rings have 2048 places whatever it is
    // asked for, and with fewer buffers it receives nothing at all.
    Driver{"net_af_xdp",
           {.shares_frames = true,
            .chains = Chains::never,
            .spreads_by_itself = true,
            .queue_keeps = 2048,
            .loses_buffers = true}},
    Driver{"net_memif", {.shares_frames = true, .spreads_by_itself = true, .any_mac = true}},
    // The peer gets the very same buffer.
    Driver{"net_ring",
           {.chains = Chains::always,
            .spreads_by_itself = true,
            .any_mac = true,
            .keeps_frames = true}},
};

/// "key=value" among the comma-separated arguments.
bool has_argument(std::string_view device, std::string_view argument) {
    while (!device.empty()) {
        const auto end = std::min(device.find(','), device.size());
        if (device.substr(0, end) == argument) {
            return true;
        }
        device.remove_prefix(std::min(end + 1, device.size()));
    }
    return false;
}

}  // namespace

DriverTraits traits_of(std::string_view driver, std::string_view device) {
    const auto found = std::find_if(kDrivers.begin(), kDrivers.end(),
                                    [&](const Driver& known) { return known.name == driver; });
    DriverTraits traits = found == kDrivers.end() ? DriverTraits{} : found->traits;
    if (driver == "net_memif" && has_argument(device, "zero-copy=yes")) {
        traits.shares_frames = false;  // the peer gets the very same buffer
    }
    return traits;
}

DriverTraits traits_by_device(std::string_view device) {
    // The rule of DPDK's virtual bus: a device is the driver's whose name its own begins with.
    std::string_view longest;
    for (const auto& driver : kDrivers) {
        if (device.starts_with(driver.name) && driver.name.size() > longest.size()) {
            longest = driver.name;
        }
    }
    return traits_of(longest, device);
}

}  // namespace mgmd::dataplane
