// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/ids.hpp"
#include "common/mac_address.hpp"
#include "common/settings.hpp"

namespace mgmd::dataplane {

/// What a started port is like: its address may be the device's own.
struct PortFacts {
    MacAddress mac;
    std::uint16_t mtu = 1500;     ///< octets of IP
    bool shares_frames = true;    ///< may send a frame that other ports send too
    bool takes_segments = false;  ///< may send frames of several segments
};

/// A logical interface as a copy that leaves by it needs to know it.
struct InterfaceInfo {
    bool configured = false;
    std::uint8_t ttl_threshold = 0;
    PortIndex port = 0;
    TableId table = 0;
    std::uint16_t mtu = 0;         ///< octets of IP; never above the port's
    std::uint16_t vlan = 0;        ///< 802.1Q VID, 0: untagged
    std::uint16_t outer_vlan = 0;  ///< 802.1ad service VID around `vlan`, 0: none
    /// Equal for interfaces whose frames to a group are the same and may be one buffer: the same
    /// MAC and tags, and ports that share frames and agree on segments.
    std::uint16_t rewrite_class = 0;
    MacAddress mac;
    bool shares_frames = true;    ///< as the port
    bool takes_segments = false;  ///< as the port
    bool has_boundaries = false;  ///< some groups may not leave by it
    /// Where ICMPv6 errors come from (RFC 4443 2.2). Unspecified: there is no suitable address.
    Ipv6Address icmpv6_source{};
};

/// The interfaces by index. Made at start by the control thread; afterwards only whether they are
/// up changes.
class InterfaceTable {
public:
    InterfaceTable() : interfaces_(1), up_(1) {}
    /// `ports` by PortIndex, one for each of `settings.ports`.
    InterfaceTable(const Settings& settings, std::span<const PortFacts> ports);

    /// An index that is not configured, or too large, gives an entry that says so.
    const InterfaceInfo& operator[](InterfaceIndex index) const {
        return interfaces_[index < interfaces_.size() ? index : kNoInterface];
    }
    /// Indices are 1 .. size() - 1.
    std::size_t size() const { return interfaces_.size(); }

    /// Whether anything is forwarded in and out of it. Precondition: index < size().
    bool is_up(InterfaceIndex index) const { return up_[index].load(std::memory_order_relaxed); }
    /// No interface is down: none need be asked.
    bool all_up() const { return down_.load(std::memory_order_relaxed) == 0; }
    /// The control thread. Precondition: 0 < index < size().
    void set_up(InterfaceIndex index, bool up) {
        if (up_[index].exchange(up, std::memory_order_relaxed) != up) {
            down_.fetch_add(up ? -1u : 1u, std::memory_order_relaxed);
        }
    }

private:
    std::vector<InterfaceInfo> interfaces_;  // worker: ro, control: wo before the workers start
    std::vector<std::atomic<bool>> up_;      // worker: ro, control: wo
    std::atomic<std::uint32_t> down_{0};     // worker: ro, control: rw; interfaces that are down
};

}  // namespace mgmd::dataplane
