// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "common/headers.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/control_packets.hpp"
#include "dataplane/drop.hpp"
#include "dataplane/ingress_context.hpp"
#include "dataplane/ip_checks.hpp"
#include "dataplane/link_header.hpp"
#include "dataplane/martians.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/plain_frame.hpp"
#include "dataplane/punt.hpp"

/// The first stage: sorts what a port received into multicast data of either family, ready for
/// lookup, and everything else, which gets its verdict here (forwarding rules 1).
namespace mgmd::dataplane {

/// Counts received packets per interface, in registers while the interface stays the same.
class ArrivalTally {
public:
    explicit ArrivalTally(IngressContext& ctx) : ctx_(ctx) {}
    ~ArrivalTally() { flush(); }
    ArrivalTally(const ArrivalTally&) = delete;
    ArrivalTally& operator=(const ArrivalTally&) = delete;

    void count(InterfaceIndex interface, std::uint32_t octets) {
        if (interface != interface_) [[unlikely]] {
            flush();
            interface_ = interface;
        }
        ++packets_;
        octets_ += octets;
    }

private:
    void flush() {
        if (packets_ != 0) {
            auto& counters = ctx_.interface_counters(interface_);
            counters.rx_packets.add(packets_);
            counters.rx_octets.add(octets_);
            packets_ = 0;
            octets_ = 0;
        }
    }

    IngressContext& ctx_;
    InterfaceIndex interface_ = kNoInterface;
    std::uint64_t packets_ = 0;
    std::uint64_t octets_ = 0;
};

/// Puts the frames of one burst from one port where they belong. `kFeatures` says which cases the
/// configuration knows; the others cost nothing.
template <IngressFeatures kFeatures>
class Classifier {
public:
    Classifier(IngressContext& ctx, PortIndex port, Burst<V4>& ipv4, Burst<V6>& ipv6)
        : ctx_(ctx),
          port_(port),
          ipv4_(ipv4),
          ipv6_(ipv6),
          arrivals_(*ctx.arrivals),
          tags_(arrivals_.tags(port)),
          untagged_(arrivals_[tags_.find(0, 0)]),
          all_enabled_(ctx.interfaces->all_enabled()),
          tally_(ctx) {}

    /// Gives one frame its verdict, or its place in a burst.
    [[gnu::always_inline]] void classify(rte_mbuf* mbuf) {
        Frame frame{mbuf, &untagged_, {}};
        if (!receive(frame)) [[unlikely]] {
            return;
        }
        switch (frame.link.ether_type) {
            case V4::ether_type:
                return classify_ip(frame, ipv4_);
            case V6::ether_type:
                return classify_ip(frame, ipv6_);
            default:
                return classify_other(frame);
        }
    }

private:
    struct Frame {
        rte_mbuf* mbuf;
        const Arrival* arrival;
        LinkHeader link;

        std::span<const std::uint8_t> bytes() const {  // the contiguous part
            return {rte_pktmbuf_mtod(mbuf, const std::uint8_t*), mbuf->data_len};
        }
        const EthernetHeader& ethernet() const {
            return *rte_pktmbuf_mtod(mbuf, const EthernetHeader*);
        }
    };

    /// The frame's verdict. As a function of its own, and false, so that checks are one branch.
    [[gnu::noinline, gnu::cold]] bool refuse(rte_mbuf* mbuf, DropReason reason) {
        drop(ctx_, mbuf, reason);
        return false;
    }

    /// The frame itself: private, on an interface that is enabled, and addressed to it. False: it
    /// was not, and has its verdict.
    [[gnu::always_inline]] bool receive(Frame& frame) {
        if (!is_plain(*frame.mbuf)) [[unlikely]] {
            rte_mbuf* plain = make_plain(frame.mbuf, ctx_.pools.packets);
            if (plain == nullptr) {
                return refuse(frame.mbuf, DropReason::receive_no_mbuf);
            }
            frame.mbuf = plain;
        }
        if (!find_interface(frame)) [[unlikely]] {
            return false;
        }
        const Arrival& arrival = *frame.arrival;
        tally_.count(arrival.index, frame.mbuf->pkt_len);
        if (!all_enabled_ && !ctx_.interfaces->is_enabled(arrival.index)) [[unlikely]] {
            return refuse(frame.mbuf, DropReason::interface_down);
        }
        const MacAddress& destination = frame.ethernet().destination;
        if (!is_group_mac(destination) && destination != arrival.mac) [[unlikely]] {
            return refuse(frame.mbuf, DropReason::not_for_us);
        }
        return true;
    }

    [[gnu::always_inline]] bool find_interface(Frame& frame) {
        const auto bytes = frame.bytes();
        if (bytes.size() < sizeof(EthernetHeader)) [[unlikely]] {
            return refuse(frame.mbuf, DropReason::runt);
        }
        frame.link.ether_type = frame.ethernet().ether_type.host();
        if (is_tag(frame.link.ether_type)) {
            const bool simple = kFeatures.vlans && read_single_tag(bytes, frame.link);
            if (!simple) [[unlikely]] {
                const auto link = read_tags(bytes);
                if (!link) {
                    return refuse(frame.mbuf, DropReason::runt);
                }
                frame.link = *link;
            }
            frame.arrival = &arrivals_[tags_.find(frame.link.outer_vid, frame.link.vid)];
        }
        if (frame.arrival->index == kNoInterface) [[unlikely]] {
            return refuse(frame.mbuf, DropReason::unknown_vlan);
        }
        return true;
    }

    template <class F>
    [[gnu::always_inline]] void classify_ip(const Frame& frame, Burst<F>& burst) {
        IpFacts<F> facts;
        const auto l2_length = frame.link.length;
        auto reason =
            check_ip<F>(frame.bytes().subspan(l2_length), frame.mbuf->pkt_len - l2_length, facts);
        if (reason) [[unlikely]] {
            return drop(ctx_, frame.mbuf, *reason);
        }
        if (needs_inspection(facts)) [[unlikely]] {
            if (!inspected_is_data(frame, facts)) {
                return;
            }
        }
        if (!check_data(frame, *facts.header)) [[unlikely]] {
            return;
        }
        append(burst, frame, facts);
        strip(*frame.mbuf, l2_length, facts.ip_length);
    }

    /// Field by field: a whole Packet would be put together in memory first.
    template <class F>
    [[gnu::always_inline]] static void append(Burst<F>& burst, const Frame& frame,
                                              const IpFacts<F>& facts) {
        const auto at = burst.size++;
        Packet& packet = burst.packets[at];
        packet.mbuf = frame.mbuf;
        packet.interface = frame.arrival->index;
        packet.ip_length = facts.ip_length;
        packet.header_length = facts.header_length;
        packet.ttl = hop_count(*facts.header);
        packet.l2_length = static_cast<std::uint8_t>(frame.link.length);
        FlowKey<F>& key = burst.keys[at];
        key.table = frame.arrival->table;
        key.source = facts.header->source;
        key.group = facts.header->destination;
    }

    /// Multicast data: where it comes from, and whether it may come in here. False: it may not, and
    /// has its verdict.
    template <class Header>
    [[gnu::always_inline]] bool check_data(const Frame& frame, const Header& header) {
        using F = std::conditional_t<std::is_same_v<Header, Ipv4Header>, V4, V6>;
        if (const auto reason = check_source<F>(arrivals_, *frame.arrival, header.source)) {
            return refuse(frame.mbuf, *reason);
        }
        if (!maps_group(frame.ethernet().destination, header.destination)) [[unlikely]] {
            return refuse(frame.mbuf, DropReason::mac_mismatch);
        }
        if constexpr (kFeatures.boundaries) {
            if (frame.arrival->template boundaries<F>().blocks(header.destination)) {
                return refuse(frame.mbuf, DropReason::boundary);  // RFC 2365 3, RFC 4007 9
            }
        }
        return true;
    }

    /// False: the packet was something else and has its verdict.
    template <class F>
    [[gnu::noinline]] bool inspected_is_data(const Frame frame, const IpFacts<F> facts) {
        const auto bytes = frame.bytes().subspan(frame.link.length);
        const auto packet = bytes.first(std::min<std::size_t>(bytes.size(), facts.ip_length));
        const auto inspection =
            inspect<F>(arrivals_, *frame.arrival, facts, packet.subspan(facts.header_length));
        switch (inspection.destiny) {
            case Destiny::data:
                return true;
            case Destiny::control:
                punt_control(ctx_, frame.mbuf, frame.arrival->index, port_, inspection.protocol,
                             {frame.link.length, facts.ip_length});
                break;
            case Destiny::dropped:
                drop(ctx_, frame.mbuf, inspection.reason);
                break;
            case Destiny::other:
                punt_other(ctx_, frame.mbuf, port_);
                break;
        }
        return false;
    }

    [[gnu::noinline]] void classify_other(const Frame frame) {
        constexpr std::uint32_t kArpLength = 28;  // RFC 826, for Ethernet and IPv4
        if (frame.link.ether_type != static_cast<std::uint16_t>(EtherType::arp)) {
            return punt_other(ctx_, frame.mbuf, port_);
        }
        if (frame.mbuf->pkt_len < frame.link.length + kArpLength) {
            return drop(ctx_, frame.mbuf, DropReason::control_malformed);
        }
        punt_control(ctx_, frame.mbuf, frame.arrival->index, port_, ControlProtocol::arp,
                     {frame.link.length, kArpLength});
    }

    static std::uint8_t hop_count(const Ipv4Header& header) { return header.ttl; }
    static std::uint8_t hop_count(const Ipv6Header& header) { return header.hop_limit; }

    /// Leaves the IP packet, trimmed or padded, and nothing that a driver might act on.
    [[gnu::always_inline]] static void strip(rte_mbuf& mbuf, std::uint16_t l2_length,
                                             std::uint16_t ip_length) {
        if (mbuf.nb_segs == 1 && ip_length >= kMinPayload) [[likely]] {
            mbuf.data_off = static_cast<std::uint16_t>(mbuf.data_off + l2_length);
            mbuf.data_len = ip_length;
            mbuf.pkt_len = ip_length;
        } else {
            strip_segments(mbuf, l2_length, ip_length);
        }
        mbuf.ol_flags &= RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
        mbuf.tx_offload = 0;
        mbuf.vlan_tci = 0;
    }

    IngressContext& ctx_;
    PortIndex port_;
    Burst<V4>& ipv4_;
    Burst<V6>& ipv6_;
    const ArrivalTable& arrivals_;
    const PortTags& tags_;
    const Arrival& untagged_;
    bool all_enabled_;
    ArrivalTally tally_;
};

/// Sorts the frames that one receive call on `port` returned, at most kMaxBurst: data goes into
/// the bursts, in order of arrival, everything else gets its verdict. Counts `received`.
template <IngressFeatures kFeatures>
void classify(IngressContext& ctx, PortIndex port, std::span<rte_mbuf*> frames, Burst<V4>& ipv4,
              Burst<V6>& ipv6) {
    constexpr std::size_t kAhead = 4;
    const auto prefetch = [&](std::size_t index) {
        rte_prefetch0(rte_pktmbuf_mtod(frames[index], const void*));
    };
    ctx.counters->received.add(frames.size());
    Classifier<kFeatures> classifier(ctx, port, ipv4, ipv6);
    for (std::size_t i = 0; i < std::min(kAhead, frames.size()); ++i) {
        prefetch(i);
    }
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (i + kAhead < frames.size()) {
            prefetch(i + kAhead);
        }
        classifier.classify(frames[i]);
    }
}

}  // namespace mgmd::dataplane
