// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <rte_mbuf.h>

#include "common/packet_trace.hpp"
#include "dataplane/context.hpp"
#include "dataplane/packet.hpp"

namespace mgmd::dataplane {

/// Notes what each stage does with one packet: from what the stages hand on, and from what they
/// count. It decides nothing itself. Worker thread.
class PacketTracer {
public:
    /// Before the first stage. `frame` is as it was received.
    PacketTracer(WorkerContext& ctx, PortIndex port, InterfaceIndex arrival, const rte_mbuf& frame);

    /// A stage is through, and handed `runs` on: one of one packet, or none.
    template <class F>
    void end_of(WorkerContext& ctx, Stage stage, std::span<const Run<F>> runs);
    /// A packet is dropped: this one, or one that was held.
    void dropped(const rte_mbuf& packet, DropReason reason);

    const TraceRecord& record() const { return record_; }

private:
    /// What is counted, as it was at some time.
    struct Counts {
        std::uint64_t punted = 0;
        std::uint64_t punt_copies = 0;
        std::uint64_t held_out = 0;
        std::uint64_t events = 0;
    };
    struct InterfaceCounts {
        std::uint64_t sent = 0;
        std::uint64_t ttl_too_low = 0;
        std::uint64_t too_big = 0;
        std::uint64_t discarded = 0;
    };

    static Counts counts_of(const WorkerContext& ctx);
    static InterfaceCounts counts_of(WorkerContext& ctx, InterfaceIndex interface);
    void end_of_classify(WorkerContext& ctx);
    template <class F>
    void note_packet(const Burst<F>& burst);
    template <class F>
    void note_entry(const Entry<F>* entry);
    template <class F>
    void list_outgoing(WorkerContext& ctx, const Entry<F>& entry);
    void settle(const WorkerContext& ctx, Stage stage);
    void end_of_transmit(WorkerContext& ctx);

    TraceRecord record_;
    const rte_mbuf* packet_ = nullptr;  ///< behind classify
    Counts before_;                     ///< this packet, or this stage
    std::array<InterfaceCounts, kTracedCopies> copies_before_;
};

}  // namespace mgmd::dataplane
