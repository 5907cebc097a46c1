// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include <rte_mbuf.h>

#include "common/headers.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/burst.hpp"
#include "dataplane/control_packets.hpp"
#include "dataplane/drop.hpp"
#include "dataplane/ingress_context.hpp"
#include "dataplane/ip_checks.hpp"
#include "dataplane/link_header.hpp"
#include "dataplane/martians.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/plain_frame.hpp"
#include "dataplane/punt.hpp"

/// The complete way through classify: every check, in its order, and a verdict for each frame.
namespace mgmd::dataplane {

/// A frame on its way through classify.
struct ArrivedFrame {
    rte_mbuf* mbuf;
    const Arrival* arrival;
    LinkHeader link;

    std::span<const std::uint8_t> bytes() const {  // the contiguous part
        return {rte_pktmbuf_mtod(mbuf, const std::uint8_t*), mbuf->data_len};
    }
    const EthernetHeader& ethernet() const { return *rte_pktmbuf_mtod(mbuf, EthernetHeader*); }
};

/// What few frames need. Functions of their own, which see nothing of the Classifier: its state can
/// then stay in registers.
namespace detail {

/// The frame's verdict. False, so that checks are one branch.
[[gnu::noinline, gnu::cold]] inline bool refuse(IngressContext& ctx, rte_mbuf* mbuf,
                                                DropReason reason) {
    drop(ctx, mbuf, reason);
    return false;
}

/// nullptr: there was no buffer to make it one, and it has its verdict.
[[gnu::noinline, gnu::cold]] inline rte_mbuf* plain_or_refuse(IngressContext& ctx, rte_mbuf* mbuf) {
    rte_mbuf* plain = make_plain(mbuf, ctx.pools.packets);
    if (plain == nullptr) {
        drop(ctx, mbuf, DropReason::receive_no_mbuf);
    }
    return plain;
}

/// False: the packet was something else and has its verdict.
template <class F>
[[gnu::noinline]] bool inspected_is_data(IngressContext& ctx, PortIndex port,
                                         const ArrivedFrame frame, const IpFacts<F> facts) {
    const auto bytes = frame.bytes().subspan(frame.link.length);
    const auto packet = bytes.first(std::min<std::size_t>(bytes.size(), facts.ip_length));
    const auto inspection =
        inspect<F>(*ctx.arrivals, *frame.arrival, facts, packet.subspan(facts.header_length));
    switch (inspection.destiny) {
        case Destiny::data:
            return true;
        case Destiny::control:
            punt_control(ctx, frame.mbuf, frame.arrival->index, port, inspection.protocol,
                         {frame.link.length, facts.ip_length});
            break;
        case Destiny::dropped:
            drop(ctx, frame.mbuf, inspection.reason);
            break;
        case Destiny::other:
            punt_other(ctx, frame.mbuf, port);
            break;
    }
    return false;
}

/// What is no IP.
[[gnu::noinline]] inline void classify_other(IngressContext& ctx, PortIndex port,
                                             const ArrivedFrame frame) {
    constexpr std::uint32_t kArpLength = 28;  // RFC 826, for Ethernet and IPv4
    if (frame.link.ether_type != static_cast<std::uint16_t>(EtherType::arp)) {
        return punt_other(ctx, frame.mbuf, port);
    }
    if (frame.mbuf->pkt_len < frame.link.length + kArpLength) {
        return drop(ctx, frame.mbuf, DropReason::control_malformed);
    }
    punt_control(ctx, frame.mbuf, frame.arrival->index, port, ControlProtocol::arp,
                 {frame.link.length, kArpLength});
}

}  // namespace detail

/// Puts the frames of one burst from one port where they belong. `kFeatures` says which cases the
/// configuration knows; the others cost nothing.
template <IngressFeatures kFeatures, class OnData>
class Classifier {
public:
    Classifier(IngressContext& ctx, PortIndex port, Burst<V4>& ipv4, Burst<V6>& ipv6,
               OnData& on_data)
        : ctx_(ctx),
          port_(port),
          ipv4_(ipv4),
          ipv6_(ipv6),
          on_data_(on_data),
          arrivals_(*ctx.arrivals),
          tags_(arrivals_.tags(port)),
          untagged_(arrivals_[tags_.find(0, 0)]),
          all_enabled_(ctx.interfaces->all_enabled()),
          tally_(ctx) {}

    /// Gives one frame its verdict, or its place in a burst.
    [[gnu::always_inline]] void classify(rte_mbuf* mbuf) {
        ArrivedFrame frame{mbuf, &untagged_, {}};
        if (!receive(frame)) [[unlikely]] {
            return;
        }
        switch (frame.link.ether_type) {
            case V4::ether_type:
                return classify_ip(frame, ipv4_);
            case V6::ether_type:
                return classify_ip(frame, ipv6_);
            default:
                return detail::classify_other(ctx_, port_, frame);
        }
    }

private:
    bool refuse(const ArrivedFrame& frame, DropReason reason) {
        return detail::refuse(ctx_, frame.mbuf, reason);
    }

    /// The frame itself: private, on an interface that is enabled, and addressed to it. False: it
    /// was not, and has its verdict.
    [[gnu::always_inline]] bool receive(ArrivedFrame& frame) {
        if (!is_plain(*frame.mbuf)) [[unlikely]] {
            frame.mbuf = detail::plain_or_refuse(ctx_, frame.mbuf);
            if (frame.mbuf == nullptr) {
                return false;
            }
        }
        if (!find_interface(frame)) [[unlikely]] {
            return false;
        }
        const Arrival& arrival = *frame.arrival;
        tally_.arrive(arrival.index);
        tally_.count(frame.mbuf->pkt_len);
        if (!all_enabled_ && !ctx_.interfaces->is_enabled(arrival.index)) [[unlikely]] {
            return refuse(frame, DropReason::interface_down);
        }
        const MacAddress& destination = frame.ethernet().destination;
        if (!is_group_mac(destination) && destination != arrival.mac) [[unlikely]] {
            return refuse(frame, DropReason::not_for_us);
        }
        return true;
    }

    [[gnu::always_inline]] bool find_interface(ArrivedFrame& frame) {
        const auto bytes = frame.bytes();
        if (bytes.size() < sizeof(EthernetHeader)) [[unlikely]] {
            return refuse(frame, DropReason::runt);
        }
        frame.link.ether_type = frame.ethernet().ether_type.host();
        if (!is_ip(frame.link.ether_type) && is_tag(frame.link.ether_type)) {
            const bool simple = kFeatures.vlans && read_single_tag(bytes, frame.link);
            if (!simple) [[unlikely]] {
                const auto link = read_tags(bytes);
                if (!link) {
                    return refuse(frame, DropReason::runt);
                }
                frame.link = *link;
            }
            frame.arrival = &arrivals_[tags_.find(frame.link.outer_vid, frame.link.vid)];
        }
        if (frame.arrival->index == kNoInterface) [[unlikely]] {
            return refuse(frame, DropReason::unknown_vlan);
        }
        return true;
    }

    /// Asked before anything about tags: what nearly all untagged frames are.
    static constexpr bool is_ip(std::uint16_t ether_type) {
        return ether_type == V4::ether_type || ether_type == V6::ether_type;
    }

    template <class F>
    [[gnu::always_inline]] void classify_ip(const ArrivedFrame& frame, Burst<F>& burst) {
        IpFacts<F> facts;
        const auto l2_length = frame.link.length;
        auto reason =
            check_ip<F>(frame.bytes().subspan(l2_length), frame.mbuf->pkt_len - l2_length, facts);
        if (reason) [[unlikely]] {
            refuse(frame, *reason);
            return;
        }
        if (needs_inspection(facts)) [[unlikely]] {
            if (!detail::inspected_is_data<F>(ctx_, port_, frame, facts)) {
                return;
            }
        }
        if (!check_data<F>(frame, *facts.header)) [[unlikely]] {
            return;
        }
        append<F>(burst, *frame.mbuf, *frame.arrival, l2_length, *facts.header, facts.ip_length,
                  facts.header_length);
        strip(*frame.mbuf, l2_length, facts.ip_length);
        on_data_(F{});
    }

    /// Multicast data: where it comes from, and whether it may come in here. False: it may not, and
    /// has its verdict.
    template <class F>
    [[gnu::always_inline]] bool check_data(const ArrivedFrame& frame, const IpHeader<F>& header) {
        if (const auto reason = check_source<F>(arrivals_, *frame.arrival, header.source))
            [[unlikely]] {
            return refuse(frame, *reason);
        }
        if (!maps_group(frame.ethernet().destination, header.destination)) [[unlikely]] {
            return refuse(frame, DropReason::mac_mismatch);
        }
        if constexpr (kFeatures.boundaries) {
            if (frame.arrival->template boundaries<F>().blocks(header.destination)) {
                return refuse(frame, DropReason::boundary);  // RFC 2365 3, RFC 4007 9
            }
        }
        return true;
    }

    IngressContext& ctx_;
    const PortIndex port_;
    Burst<V4>& ipv4_;
    Burst<V6>& ipv6_;
    OnData& on_data_;
    const ArrivalTable& arrivals_;
    const PortTags& tags_;
    const Arrival& untagged_;
    const bool all_enabled_;
    ArrivalTally tally_;
};

}  // namespace mgmd::dataplane
