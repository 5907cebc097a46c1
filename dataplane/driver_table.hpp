// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mgmd::dataplane {

/// Whether a driver sends frames of several segments.
enum class Chains : std::uint8_t { never, if_advertised, always };

/// What DPDK does not tell about a driver, or tells wrongly. Checked against DPDK 22.11.
struct DriverTraits {
    /// A frame that it sends may be sent by other ports too: it writes to no frame whose reference
    /// count is above 1, and hands none to a peer.
    bool shares_frames = false;
    Chains chains = Chains::if_advertised;
    /// Each receive queue is a source of its own: all of them must be polled.
    bool queues_are_sources = false;
    /// Frames come to all its queues without a hash that needs to be configured.
    bool spreads_by_itself = false;
    /// It neither filters by MAC address nor has one anybody knows: any will do.
    bool any_mac = false;
    /// A worker may sleep until a packet comes. DPDK tells only once the queues are set up, and a
    /// port that is asked for interrupts it can't have does not start.
    bool rx_interrupts = false;
    /// Frames that nobody received stay in it: they are taken out before it is closed.
    bool keeps_frames = false;
    /// Buffers that each of its queues may keep, where that is more than its descriptors.
    std::uint16_t queue_keeps = 0;
    /// What its queues keep does not come back when it is closed.
    bool loses_buffers = false;
};

/// Whether a device sends frames of several segments, which it has `advertised` if it was asked to.
constexpr bool takes_segments(const DriverTraits& traits, bool advertised) {
    return traits.chains == Chains::always ||
           (traits.chains == Chains::if_advertised && advertised);
}

/// Of a driver by its name (rte_eth_dev_info::driver_name), with the device string for what depends
/// on arguments. An unknown driver shares nothing.
DriverTraits traits_of(std::string_view driver, std::string_view device);

/// Of the driver that a device string asks for by its first word ("net_tap0,..."), before there is
/// a device. For a PCI address that is not known yet: as of an unknown driver.
DriverTraits traits_by_device(std::string_view device);

}  // namespace mgmd::dataplane
