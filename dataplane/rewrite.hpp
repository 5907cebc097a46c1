// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include <rte_mbuf.h>

#include "common/headers.hpp"
#include "common/mac_address.hpp"
#include "dataplane/interface_table.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/plan.hpp"

namespace mgmd::dataplane {

/// The link header that one rewrite class gives a packet: destination, source, tags, EtherType.
/// Kept so that it ends where the IP header begins: writing it is then one copy of constant size,
/// whatever its length; what lies before it is headroom that nobody reads.
class FrameHeader {
public:
    /// Of copies of one class; `group_mac` is their destination unless they have a next hop.
    FrameHeader(const PlanClass& rewrite_class, const MacAddress& group_mac)
        : length_(rewrite_class.header_length) {
        std::memcpy(start(), rewrite_class.header.data(), rewrite_class.header.size());
        if (rewrite_class.destination_is_group) {
            std::memcpy(start(), &group_mac, sizeof(group_mac));
        }
    }

    /// Of a frame that the router itself sends out of an interface.
    FrameHeader(const InterfaceInfo& interface, const MacAddress& destination,
                std::uint16_t ether_type) {
        append(destination);
        append(interface.mac);
        if (interface.outer_vlan != 0) {
            append(be16{static_cast<std::uint16_t>(EtherType::qinq)});
            append(be16{interface.outer_vlan});
        }
        if (interface.vlan != 0) {
            append(be16{static_cast<std::uint16_t>(EtherType::vlan)});
            append(be16{interface.vlan});
        }
        append(be16{ether_type});
        std::memmove(start(), bytes_.data() + kL2Headroom, length_);
    }

    std::uint16_t length() const { return length_; }

    /// Puts the header in front of a packet, or into an empty segment with kL2Headroom octets of
    /// headroom. Nobody else may reference the segment.
    void write(rte_mbuf& mbuf) const {
        std::memcpy(rte_pktmbuf_mtod(&mbuf, std::uint8_t*) - kL2Headroom, bytes_.data(),
                    kL2Headroom);
        mbuf.data_off = static_cast<std::uint16_t>(mbuf.data_off - length_);
        mbuf.data_len = static_cast<std::uint16_t>(mbuf.data_len + length_);
        mbuf.pkt_len += length_;
    }

private:
    static_assert(PlanClass::kMaxHeader == kL2Headroom);

    std::uint8_t* start() { return bytes_.data() + kL2Headroom - length_; }

    template <class Field>
    void append(const Field& field) {
        std::memcpy(bytes_.data() + kL2Headroom + length_, &field, sizeof(field));
        length_ = static_cast<std::uint16_t>(length_ + sizeof(field));
    }

    std::array<std::uint8_t, 2 * kL2Headroom> bytes_{};  ///< the header ends at kL2Headroom
    std::uint16_t length_ = 0;
};

/// The part of a group's MAC address that differs from group to group, octet for octet from where
/// it stands in the packet: put together elsewhere first, it would be read before it is written.
inline void write_group(std::uint8_t* mac, const Ipv4Address& group) {
    mac[3] = group.bytes[1] & 0x7f;
    std::memcpy(mac + 4, &group.bytes[2], 2);
}
inline void write_group(std::uint8_t* mac, const Ipv6Address& group) {
    std::memcpy(mac + 2, &group.bytes[12], 4);
}

/// The link header of one class for packets of any groups.
template <class F>
class ClassHeader {
public:
    explicit ClassHeader(const PlanClass& rewrite_class)
        : header_(rewrite_class, multicast_mac(typename F::Address{})),
          to_group_(rewrite_class.destination_is_group) {}

    /// Puts the header in front of a packet whose first segment nobody else references.
    void write(rte_mbuf& packet) const { write(packet, ip_header<F>(&packet)->destination); }
    /// The same in front of an empty segment, for a packet to `group` that stands behind it.
    void write(rte_mbuf& mbuf, const typename F::Address& group) const {
        header_.write(mbuf);
        if (to_group_) [[likely]] {
            write_group(rte_pktmbuf_mtod(&mbuf, std::uint8_t*), group);
        }
    }

private:
    FrameHeader header_;
    bool to_group_;
};

}  // namespace mgmd::dataplane
