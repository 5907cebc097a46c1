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
          tally_(ctx),
          on_data_(on_data) {
        tally_.arrive(untagged_.index);
    }

    /// False: no frame from there is plain.
    static bool takes_any(const IngressContext& ctx, PortIndex port) {
        return ctx.interfaces->all_enabled() &&
               (kFeatures.vlans || ctx.arrivals->tags(port).find(0, 0) != kNoInterface);
    }

    /// False: the frame is as it was.
    [[gnu::always_inline]] bool take(rte_mbuf& mbuf, Burst<V4>& ipv4, Burst<V6>& ipv6) {
        constexpr be16 kVlan{static_cast<std::uint16_t>(EtherType::vlan)};
        constexpr std::uint16_t kTagged = sizeof(EthernetHeader) + sizeof(VlanTag);
        if (!is_as_allocated(mbuf) || mbuf.data_len < kMinPlainFrame) [[unlikely]] {
            return false;
        }
        PlainFrame frame{static_cast<const std::uint8_t*>(mbuf.buf_addr) + RTE_PKTMBUF_HEADROOM,
                         mbuf.data_len, sizeof(EthernetHeader)};
        const Arrival* arrival = &untagged_;
        be16 ether_type = frame.ethernet().ether_type;
        if constexpr (kFeatures.vlans) {
            if (ether_type == kVlan) {
                const auto& tag = *reinterpret_cast<const VlanTag*>(&frame.ethernet() + 1);
                arrival = &arrivals_[tags_.find(0, tag.vid())];
                ether_type = tag.ether_type;
                frame.l2_length = kTagged;
            }
        }
        if (ether_type == be16{V4::ether_type}) [[likely]] {
            return take_data(mbuf, *arrival, frame, ipv4);
        }
        return ether_type == be16{V6::ether_type} && take_data(mbuf, *arrival, frame, ipv6);
    }

private:
    template <class F>
    [[gnu::always_inline]] bool take_data(rte_mbuf& mbuf, const Arrival& arrival,
                                          const PlainFrame& frame, Burst<F>& burst) {
        const auto ip_length = plain_data<F, kFeatures.boundaries>(arrivals_, arrival, frame);
        if (ip_length == 0) [[unlikely]] {
            return false;
        }
        if constexpr (kFeatures.vlans) {
            if (arrival.index == kNoInterface) [[unlikely]] {
                return false;
            }
            tally_.arrive(arrival.index);
        }
        tally_.count(frame.length);
        append<F>(burst, mbuf, arrival, frame.l2_length, frame.header<F>(), ip_length,
                  sizeof(IpHeader<F>));
        mbuf.data_off = static_cast<std::uint16_t>(RTE_PKTMBUF_HEADROOM + frame.l2_length);
        make_packet(mbuf, ip_length);
        on_data_(F{});
        return true;
    }

    const ArrivalTable& arrivals_;
    const PortTags& tags_;
    const Arrival& untagged_;
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
    using Plain = PlainClassifier<kFeatures, OnData>;
    constexpr std::size_t kAhead = 4;
    const auto prefetch = [&](std::size_t index) {
        rte_prefetch0(rte_pktmbuf_mtod(frames[index], const void*));
    };
    ctx.counters->received.add(frames.size());
    for (std::size_t i = 0; i < std::min(kAhead, frames.size()); ++i) {
        prefetch(i);
    }
    if (!Plain::takes_any(ctx, port)) [[unlikely]] {
        for (rte_mbuf* frame : frames) {
            classify_any<kFeatures>(ctx, port, frame, ipv4, ipv6, on_data);
        }
        return;
    }
    Plain plain(ctx, port, on_data);
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
