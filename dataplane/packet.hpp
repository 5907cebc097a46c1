// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <rte_mbuf.h>

#include "common/forwarding_table.hpp"
#include "common/headers.hpp"
#include "common/ids.hpp"
#include "dataplane/packed_key.hpp"

namespace mgmd::dataplane {

/// Most packets that one receive call may return (Settings::workers.burst is at most this).
inline constexpr std::uint16_t kMaxBurst = 64;

/// A multicast data packet on its way from classify to transmit. After classify the mbuf's data
/// starts at the IP header, the header with its options lies in the first segment, that segment is
/// direct and private, and the data is trimmed to the IP length, or padded with zeros to the 46
/// octets of an Ethernet payload (IEEE 802.3 3.2.7). At least kL2Headroom octets stand before it;
/// the last `l2_length` of them are the link header as it was received.
struct Packet {
    rte_mbuf* mbuf;
    InterfaceIndex interface;     ///< arrival
    std::uint16_t ip_length;      ///< octets from the IP header on: what octet counters count
    std::uint16_t header_length;  ///< IPv4 with options; IPv6 with hop-by-hop header
    std::uint8_t ttl;             ///< TTL or hop limit as received
    std::uint8_t l2_length;       ///< octets of Ethernet header and tags as received
};
static_assert(sizeof(Packet) == 16);

/// Shortest frame that may be sent, without FCS, and its payload untagged.
inline constexpr std::uint16_t kMinFrame = 60;
inline constexpr std::uint16_t kMinPayload = kMinFrame - sizeof(EthernetHeader);

/// Room that rewrite needs in front of the IP header: Ethernet and two tags.
inline constexpr std::uint16_t kL2Headroom = sizeof(EthernetHeader) + 2 * sizeof(VlanTag);
static_assert(kL2Headroom <= RTE_PKTMBUF_HEADROOM);

/// The packets of one family out of one received burst, in arrival order, with their lookup keys.
template <class F>
struct Burst {
    std::uint16_t size = 0;
    std::array<Packet, kMaxBurst> packets;
    std::array<PackedKey<F>, kMaxBurst> keys;
};

template <class F>
struct Entry;

/// Packets of one flow that arrived on one interface one after the other: what an entry costs is
/// paid once for all of them.
template <class F>
struct Run {
    std::span<Packet> packets;  ///< at least one
    const PackedKey<F>* key;
    const Entry<F>* entry;  ///< nullptr: none matches
    // Of the packets, so that most stages need not look at each.
    std::uint32_t octets;   ///< of all of them: the sum of their IP lengths
    std::uint16_t longest;  ///< greatest IP length
    std::uint8_t lowest_ttl;

    static Run of(std::span<Packet> packets, const PackedKey<F>* key, const Entry<F>* entry) {
        const Packet& first = packets.front();
        Run run{packets, key, entry, first.ip_length, first.ip_length, first.ttl};
        for (std::size_t i = 1; i < packets.size(); ++i) {
            run.octets += packets[i].ip_length;
            run.longest = std::max(run.longest, packets[i].ip_length);
            run.lowest_ttl = std::min(run.lowest_ttl, packets[i].ttl);
        }
        return run;
    }

    InterfaceIndex interface() const { return packets.front().interface; }  ///< arrival
    FlowKey<F> flow() const { return key->flow(); }

    /// Calls `visit(packet)` for each. Most runs are of one.
    template <class Visit>
    [[gnu::always_inline]] void for_each(Visit&& visit) const {
        const Packet* packet = packets.data();
        visit(*packet);
        if (packets.size() != 1) [[unlikely]] {
            const Packet* const end = packet + packets.size();
            while (++packet != end) {
                visit(*packet);
            }
        }
    }
};

/// Those of `runs` that `chosen(run)` is true for, in order, at their front.
template <class F, class Chosen>
std::span<Run<F>> keep(std::span<Run<F>> runs, Chosen&& chosen) {
    std::size_t kept = 0;
    for (auto& run : runs) {
        if (chosen(run)) [[likely]] {
            runs[kept++] = run;
        }
    }
    return runs.first(kept);
}

/// The IP header of a packet after classify.
template <class F>
IpHeader<F>* ip_header(rte_mbuf* mbuf) {
    return rte_pktmbuf_mtod(mbuf, IpHeader<F>*);
}

}  // namespace mgmd::dataplane
