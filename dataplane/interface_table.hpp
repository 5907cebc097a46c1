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
#include "dataplane/scope.hpp"

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
    /// Where ICMPv6 errors come from (RFC 4443 2.2). Unspecified: there is no suitable address.
    Ipv6Address icmpv6_source{};
    Boundaries<V4> ipv4_boundaries;  ///< groups that may not leave by it
    Boundaries<V6> ipv6_boundaries;

    template <class F>
    const Boundaries<F>& boundaries() const {
        if constexpr (F::family == Family::ipv4) {
            return ipv4_boundaries;
        } else {
            return ipv6_boundaries;
        }
    }
};

/// A yes or no for each interface that control changes while workers read it. All say yes at first.
class InterfaceFlags {
public:
    explicit InterfaceFlags(std::size_t size) : flags_(size) {
        for (auto& flag : flags_) {
            flag.store(true, std::memory_order_relaxed);
        }
    }

    bool test(InterfaceIndex index) const { return flags_[index].load(std::memory_order_relaxed); }
    bool all() const { return cleared_.load(std::memory_order_relaxed) == 0; }
    void set(InterfaceIndex index, bool value) {  // control
        if (flags_[index].exchange(value, std::memory_order_relaxed) != value) {
            cleared_.fetch_add(value ? -1u : 1u, std::memory_order_relaxed);
        }
    }

private:
    std::vector<std::atomic<bool>> flags_;   // worker: ro, control: wo
    std::atomic<std::uint32_t> cleared_{0};  // worker: ro, control: rw; how many say no
};

/// The interfaces by index. Made by the control thread; afterwards only whether they are enabled
/// and up changes. What else changes comes with another table (InterfaceVersions).
class InterfaceTable {
public:
    InterfaceTable() : interfaces_(1), enabled_(1), up_(1) {}
    /// `ports` by PortIndex, one for each of `settings.ports`.
    InterfaceTable(const Settings& settings, std::span<const PortFacts> ports);

    /// An index that is not configured, or too large, gives an entry that says so.
    const InterfaceInfo& operator[](InterfaceIndex index) const {
        return interfaces_[index < interfaces_.size() ? index : kNoInterface];
    }
    /// Indices are 1 .. size() - 1.
    std::size_t size() const { return interfaces_.size(); }

    /// Whether what arrives on it is looked at. The link has no say in that: it may have come up
    /// after control looked, and a packet that arrives proves that it has.
    /// Precondition, as for all that follow: 0 < index < size().
    bool is_enabled(InterfaceIndex index) const { return enabled_.test(index); }
    /// No interface is disabled: none need be asked.
    bool all_enabled() const { return enabled_.all(); }
    /// Whether anything leaves by it: enabled, and its link was up when control looked.
    bool is_up(InterfaceIndex index) const { return up_.test(index); }
    bool all_up() const { return up_.all(); }

    // The control thread.

    void set_enabled(InterfaceIndex index, bool enabled) { enabled_.set(index, enabled); }
    void set_up(InterfaceIndex index, bool up) { up_.set(index, up); }

private:
    std::vector<InterfaceInfo> interfaces_;  // worker: ro, control: wo before it is published
    InterfaceFlags enabled_;
    InterfaceFlags up_;
};

}  // namespace mgmd::dataplane
