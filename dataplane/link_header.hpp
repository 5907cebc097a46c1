// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/headers.hpp"
#include "common/wire_reader.hpp"

namespace mgmd::dataplane {

/// A VID that no interface can have (IEEE 802.1Q 9.6: reserved).
inline constexpr std::uint16_t kReservedVid = 0xfff;

/// What stands before the network header.
struct LinkHeader {
    std::uint16_t length = sizeof(EthernetHeader);  ///< octets of Ethernet header and tags
    std::uint16_t ether_type = 0;                   ///< of what follows the tags
    std::uint16_t outer_vid = 0;                    ///< 0: at most one tag
    std::uint16_t vid = 0;                          ///< 0: untagged
};

constexpr bool is_tag(std::uint16_t ether_type) {
    return ether_type == static_cast<std::uint16_t>(EtherType::vlan) ||
           ether_type == static_cast<std::uint16_t>(EtherType::qinq);
}

/// The usual tag, read fast: one of 802.1Q with a VID, `link.ether_type` being that of the Ethernet
/// header. False: it is something else, and nothing has changed.
inline bool read_single_tag(std::span<const std::uint8_t> frame, LinkHeader& link) {
    constexpr std::size_t kLength = sizeof(EthernetHeader) + sizeof(VlanTag);
    if (link.ether_type != static_cast<std::uint16_t>(EtherType::vlan) || frame.size() < kLength) {
        return false;
    }
    const auto& tag = *reinterpret_cast<const VlanTag*>(frame.data() + sizeof(EthernetHeader));
    if (is_tag(tag.ether_type.host())) {
        return false;
    }
    link = {kLength, tag.ether_type.host(), 0, tag.vid()};
    return true;
}

/// Reads the tags behind an Ethernet header. nullopt: the frame ends inside them. A stack that no
/// interface can be configured for (a third tag, a service tag alone) gets kReservedVid.
///
/// A VID of 0 is a priority tag (IEEE 802.1Q 6.9): as if it were not there. A single tag must be an
/// 802.1Q one; of two, the types are not compared, since both orders of 802.1Q and 802.1ad are met.
[[gnu::noinline]] inline std::optional<LinkHeader> read_tags(std::span<const std::uint8_t> frame) {
    LinkHeader link;
    WireReader reader(frame);
    const auto ethernet = reader.read<EthernetHeader>();
    if (!ethernet) {
        return std::nullopt;
    }
    link.ether_type = ethernet->ether_type.host();
    bool from_service_tag = false;
    for (unsigned tags = 0; tags < 2 && is_tag(link.ether_type); ++tags) {
        const auto tag = reader.read<VlanTag>();
        if (!tag) {
            return std::nullopt;
        }
        const bool service = link.ether_type == static_cast<std::uint16_t>(EtherType::qinq);
        link.ether_type = tag->ether_type.host();
        if (tag->vid() == 0) {
            continue;
        }
        link.outer_vid = link.vid;
        link.vid = tag->vid();
        from_service_tag = service;
    }
    if (is_tag(link.ether_type) || (from_service_tag && link.outer_vid == 0)) {
        link.vid = kReservedVid;
    }
    link.length = static_cast<std::uint16_t>(reader.position());
    return link;
}

}  // namespace mgmd::dataplane
