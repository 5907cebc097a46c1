// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "common/ids.hpp"
#include "common/mac_address.hpp"
#include "common/settings.hpp"
#include "dataplane/interface_table.hpp"
#include "dataplane/local_addresses.hpp"
#include "dataplane/scope.hpp"

namespace mgmd::dataplane {

/// Which pieces of classify a configuration needs at all: chosen with each version of the tables.
struct IngressFeatures {
    bool vlans = true;       ///< some interface is tagged
    bool boundaries = true;  ///< some interface has boundaries
};

/// A logical interface as a packet that arrives on it needs to know it.
struct alignas(64) Arrival {
    MacAddress mac;
    TableId table = 0;
    PortIndex port = 0;
    InterfaceIndex index = kNoInterface;  ///< kNoInterface: not an interface
    bool check_igmp_source = true;        ///< IGMP from off the subnet is dropped
    bool check_igmp_ttl = true;           ///< IGMP with a TTL other than 1 is dropped
    Boundaries<V4> ipv4_boundaries;
    Boundaries<V6> ipv6_boundaries;
    std::vector<Prefix<V4>> ipv4_subnets;

    template <class F>
    const Boundaries<F>& boundaries() const {
        if constexpr (F::family == Family::ipv4) {
            return ipv4_boundaries;
        } else {
            return ipv6_boundaries;
        }
    }
};

/// The interfaces of one port by tags. VIDs are 12 bits; 0 stands for no tag.
class PortTags {
public:
    /// kNoInterface: none is configured for frames like that.
    InterfaceIndex find(std::uint16_t outer_vid, std::uint16_t vid) const {
        if (outer_vid == 0) {
            return single_[vid];
        }
        const auto block = block_of_outer_.empty() ? kNoBlock : block_of_outer_[outer_vid];
        return block == kNoBlock ? kNoInterface : stacked_[block][vid];
    }
    void set(std::uint16_t outer_vid, std::uint16_t vid, InterfaceIndex interface);

private:
    static constexpr std::size_t kVids = 4096;
    static constexpr std::uint16_t kNoBlock = 0xffff;
    using Block = std::array<InterfaceIndex, kVids>;

    Block single_{};
    std::vector<std::uint16_t> block_of_outer_;  ///< empty, or by outer VID
    std::vector<Block> stacked_;
};

/// Interfaces by what a frame shows of them: the port it came from and its tags. Made by the
/// control thread, immutable afterwards. What changes comes with another table (InterfaceVersions).
class ArrivalTable {
public:
    ArrivalTable() : ArrivalTable(Settings{}, {}) {}
    /// `ports` by PortIndex, one for each of `settings.ports`.
    ArrivalTable(const Settings& settings, std::span<const PortFacts> ports);

    const PortTags& tags(PortIndex port) const { return ports_[port]; }
    /// For kNoInterface one whose `index` says so.
    const Arrival& operator[](InterfaceIndex index) const { return arrivals_[index]; }

    template <class F>
    const LocalAddresses<F>& local() const {
        if constexpr (F::family == Family::ipv4) {
            return ipv4_local_;
        } else {
            return ipv6_local_;
        }
    }

    IngressFeatures features() const { return features_; }

private:
    void add(const InterfaceSettings& from, const PortFacts& port);
    template <class F>
    static LocalAddresses<F> local_addresses(const Settings& settings);

    std::vector<Arrival> arrivals_;
    std::vector<PortTags> ports_;
    LocalAddresses<V4> ipv4_local_;
    LocalAddresses<V6> ipv6_local_;
    IngressFeatures features_{false, false};
};

}  // namespace mgmd::dataplane
