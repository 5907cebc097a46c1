// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "common/headers.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/burst.hpp"
#include "dataplane/classifier.hpp"
#include "dataplane/ingress_context.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/plain_data.hpp"
#include "dataplane/plain_frame.hpp"

/// The first stage: sorts what a port received into multicast data of either family, ready for
/// lookup, and everything else, which gets its verdict here (forwarding rules 1).
namespace mgmd::dataplane {

/// What of a burst from one port is plain data, which is put into its place at once; everything
/// else is left to a Classifier.
template <IngressFeatures kFeatures, class OnData>
class PlainClassifier {
public:
    PlainClassifier(IngressContext& ctx, PortIndex port, OnData on_data)
        : arrivals_(*ctx.arrivals),
          tags_(arrivals_.tags(port)),
          untagged_(arrivals_[tags_.find(0, 0)]),
          takes_all_(ctx.interfaces->all_enabled()),
          tally_(ctx),
          on_data_(on_data) {}

    /// False: the frame is as it was.
    [[gnu::always_inline]] bool take(rte_mbuf& frame, Burst<V4>& ipv4, Burst<V6>& ipv6) {
        constexpr be16 kVlan{static_cast<std::uint16_t>(EtherType::vlan)};
        constexpr std::uint16_t kTagged = sizeof(EthernetHeader) + sizeof(VlanTag);
        if (!is_plain(frame) || frame.data_len < sizeof(EthernetHeader) || !takes_all_)
            [[unlikely]] {
            return false;
        }
        const auto& ethernet = *rte_pktmbuf_mtod(&frame, const EthernetHeader*);
        const Arrival* arrival = &untagged_;
        be16 ether_type = ethernet.ether_type;
        std::uint16_t l2_length = sizeof(EthernetHeader);
        if constexpr (kFeatures.vlans) {
            if (ether_type == kVlan && frame.data_len >= kTagged) {
                const auto& tag = *reinterpret_cast<const VlanTag*>(&ethernet + 1);
                arrival = &arrivals_[tags_.find(0, tag.vid())];
                ether_type = tag.ether_type;
                l2_length = kTagged;
            }
        }
        if (ether_type == be16{V4::ether_type}) [[likely]] {
            return take_data(frame, *arrival, l2_length, ipv4);
        }
        return ether_type == be16{V6::ether_type} && take_data(frame, *arrival, l2_length, ipv6);
    }

private:
    template <class F>
    [[gnu::always_inline]] bool take_data(rte_mbuf& frame, const Arrival& arrival,
                                          std::uint16_t l2_length, Burst<F>& burst) {
        const auto ip_length =
            plain_data<F, kFeatures.boundaries>(arrivals_, arrival, frame, l2_length);
        if (ip_length == 0 || arrival.index == kNoInterface) [[unlikely]] {
            return false;
        }
        tally_.count(arrival.index, frame.pkt_len);
        const auto& header = *rte_pktmbuf_mtod_offset(&frame, const IpHeader<F>*, l2_length);
        append<F>(burst, frame, arrival, l2_length, header, ip_length, sizeof(header));
        strip(frame, l2_length, ip_length);
        on_data_(F{});
        return true;
    }

    const ArrivalTable& arrivals_;
    const PortTags& tags_;
    const Arrival& untagged_;
    const bool takes_all_;
    ArrivalTally tally_;
    OnData on_data_;
};

/// One frame, the complete way.
template <IngressFeatures kFeatures, class OnData>
[[gnu::noinline]] void classify_any(IngressContext& ctx, PortIndex port, rte_mbuf* frame,
                                    Burst<V4>& ipv4, Burst<V6>& ipv6, OnData on_data) {
    Classifier<kFeatures, OnData>(ctx, port, ipv4, ipv6, on_data).classify(frame);
}

/// Sorts the frames that one receive call on `port` returned, at most kMaxBurst: data goes into
/// the bursts, in order of arrival, everything else gets its verdict. Counts `received`.
/// `on_data(F{})` is called whenever a packet has been put into a burst.
template <IngressFeatures kFeatures, class OnData>
void classify(IngressContext& ctx, PortIndex port, std::span<rte_mbuf*> frames, Burst<V4>& ipv4,
              Burst<V6>& ipv6, OnData on_data) {
    constexpr std::size_t kAhead = 4;
    const auto prefetch = [&](std::size_t index) {
        rte_prefetch0(rte_pktmbuf_mtod(frames[index], const void*));
    };
    ctx.counters->received.add(frames.size());
    PlainClassifier<kFeatures, OnData> plain(ctx, port, on_data);
    for (std::size_t i = 0; i < std::min(kAhead, frames.size()); ++i) {
        prefetch(i);
    }
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (i + kAhead < frames.size()) {
            prefetch(i + kAhead);
        }
        if (!plain.take(*frames[i], ipv4, ipv6)) [[unlikely]] {
            classify_any<kFeatures>(ctx, port, frames[i], ipv4, ipv6, on_data);
        }
    }
}

template <IngressFeatures kFeatures>
void classify(IngressContext& ctx, PortIndex port, std::span<rte_mbuf*> frames, Burst<V4>& ipv4,
              Burst<V6>& ipv6) {
    classify<kFeatures>(ctx, port, frames, ipv4, ipv6, [](auto) {});
}

}  // namespace mgmd::dataplane
