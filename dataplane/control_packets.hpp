// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "common/control_packet_ring.hpp"
#include "common/drop_reason.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/ip_checks.hpp"

/// What a packet is that is not plainly multicast data (forwarding rules 1.3 and 1.5).
namespace mgmd::dataplane {

enum class Destiny : std::uint8_t {
    data,     ///< multicast data after all
    control,  ///< for the control plane, as `protocol`
    dropped,  ///< for `reason`
    other,    ///< nothing of ours: the kernel's port, if there is one
};

struct Inspection {
    Destiny destiny = Destiny::data;
    ControlProtocol protocol = ControlProtocol::link_local;
    DropReason reason = DropReason::control_malformed;
};

/// Whether `inspect` must decide; false: multicast data for sure. A Router Alert alone does not
/// make a packet control: it is not looked at.
inline bool needs_inspection(const IpFacts<V4>& facts) {
    const auto& group = facts.header->destination;
    return !is_multicast(group) || is_link_scope_group(group) || facts.protocol == IpProtocol::igmp;
}
inline bool needs_inspection(const IpFacts<V6>& facts) {
    const auto& group = facts.header->destination;
    return !is_multicast(group) || is_link_scope_group(group) ||
           facts.protocol == IpProtocol::icmpv6;
}

/// `payload`: what follows the headers that `facts` counts, as far as it is contiguous.
template <class F>
Inspection inspect(const ArrivalTable& arrivals, const Arrival& arrival, const IpFacts<F>& facts,
                   std::span<const std::uint8_t> payload);

}  // namespace mgmd::dataplane
