// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <rte_mbuf.h>

#include "common/headers.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/ip_checks.hpp"
#include "dataplane/martians.hpp"
#include "dataplane/plain_frame.hpp"

/// The quick way through classify, for what nearly all frames are: multicast data about which there
/// is nothing to say. It only looks. Each of its checks is one of the complete way (classify.hpp),
/// or stricter, and what fails any of them goes that way, from its first check on.
namespace mgmd::dataplane {

/// The IP length of a packet that `check_ip` lets pass, that `needs_inspection` does not want and
/// that needs no padding, out of `available` octets, at least the header's; 0: look more closely.
[[gnu::always_inline]] inline std::uint16_t plain_length(const Ipv4Header& header,
                                                         std::size_t available) {
    constexpr std::uint32_t kFirstGroup = 0xe0000100;  // behind those of link scope
    constexpr std::uint32_t kGroups = 0xf0000000 - kFirstGroup;
    const auto group = std::bit_cast<be32>(header.destination.bytes).host();
    const auto length = header.total_length.host();
    // A sum is 0 only of a header of zeros (checksum_holds), which has not that first octet.
    const auto sum_holds = [](std::uint64_t sum) { return sum % 0xffff == 0; };
    // In the order in which a processor has them at hand.
    const bool plain = header.version_ihl == kVersionWithoutOptions &&
                       sum_holds(header_sum(header)) && header.protocol != IpProtocol::igmp &&
                       group - kFirstGroup < kGroups && length >= kMinPayload &&
                       length <= available;
    return plain ? length : std::uint16_t{0};
}
[[gnu::always_inline]] inline std::uint16_t plain_length(const Ipv6Header& header,
                                                         std::size_t available) {
    const auto length = sizeof(Ipv6Header) + header.payload_length.host();
    const bool plain = header.version() == 6 && header.next_header != IpProtocol::hop_by_hop &&
                       header.next_header != IpProtocol::icmpv6 &&
                       is_multicast(header.destination) &&
                       !is_link_scope_group(header.destination) && length >= kMinPayload &&
                       length <= available && length <= UINT16_MAX;
    return plain ? static_cast<std::uint16_t>(length) : std::uint16_t{0};
}

/// Whether `check_source` takes the source: at a glance.
template <class F>
[[gnu::always_inline]] inline bool is_plain_source(const ArrivalTable& arrivals,
                                                   const typename F::Address& source) {
    return !kMayBeSpecial<F>[source.bytes[0]] && !arrivals.local<F>().may_know(source);
}

/// Octets of a frame that has the header of either family behind at most one tag.
inline constexpr std::uint16_t kMinPlainFrame = kMinFrame;
static_assert(kMinPlainFrame >= sizeof(EthernetHeader) + sizeof(VlanTag) + sizeof(Ipv6Header));

/// A frame that is plain itself and of at least kMinPlainFrame octets, by its octets.
struct PlainFrame {
    const std::uint8_t* octets;
    std::uint16_t length;
    std::uint16_t l2_length;  ///< of the link header

    const EthernetHeader& ethernet() const {
        return *reinterpret_cast<const EthernetHeader*>(octets);
    }
    template <class F>
    const IpHeader<F>& header() const {
        return *reinterpret_cast<const IpHeader<F>*>(octets + l2_length);
    }
};

/// The IP length of a plain packet of multicast data in such a frame; 0: it may be something else.
template <class F, bool kBoundaries>
[[gnu::always_inline]] inline std::uint16_t plain_data(const ArrivalTable& arrivals,
                                                       const Arrival& arrival,
                                                       const PlainFrame& frame) {
    const auto& header = frame.header<F>();
    const auto available = static_cast<std::size_t>(frame.length - frame.l2_length);
    const auto length = plain_length(header, available);
    if (length == 0 || !is_plain_source<F>(arrivals, header.source) ||
        !is_mac_of(frame.ethernet().destination, header.destination)) [[unlikely]] {
        return 0;
    }
    if constexpr (kBoundaries) {
        return arrival.boundaries<F>().blocks(header.destination) ? std::uint16_t{0} : length;
    }
    return length;
}

}  // namespace mgmd::dataplane
