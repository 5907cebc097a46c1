// SPDX-License-Identifier: Apache-2.0
#include "dataplane/transmit.hpp"

#include <algorithm>

namespace mgmd::dataplane {
namespace {

/// Sums what was sent, so that neighbours of one interface cost one addition to its counters.
class SentCount {
public:
    explicit SentCount(WorkerContext& ctx) : ctx_(ctx) {}
    ~SentCount() { store(); }
    SentCount(const SentCount&) = delete;
    SentCount& operator=(const SentCount&) = delete;

    void add(InterfaceIndex interface, std::uint64_t packets, std::uint64_t octets) {
        if (interface != interface_) {
            store();
            interface_ = interface;
            packets_ = octets_ = 0;
        }
        packets_ += packets;
        octets_ += octets;
    }

private:
    void store() {
        if (packets_ != 0) {
            auto& counters = ctx_.interface_counters(interface_);
            counters.tx_packets.add(packets_);
            counters.tx_octets.add(octets_);
        }
    }

    WorkerContext& ctx_;
    InterfaceIndex interface_ = kNoInterface;
    std::uint64_t packets_ = 0;
    std::uint64_t octets_ = 0;
};

/// Frees and counts what the driver left of `buffer`: all frames from `sent` on.
void refuse(WorkerContext& ctx, TxBuffer& buffer, std::uint16_t sent) {
    SentCount count(ctx);
    std::uint32_t first = 0;
    for (std::uint16_t i = 0; i < buffer.run_count; ++i) {
        const TxRun& run = buffer.runs[i];
        const std::uint32_t end = first + run.frames;
        const std::uint32_t first_refused = std::clamp<std::uint32_t>(sent, first, end);
        std::uint32_t octets = run.octets;
        for (auto at = first_refused; at < end; ++at) {
            octets -= buffer.frames[at]->pkt_len;
        }
        count.add(run.owner.interface, first_refused - first, octets);
        if (first_refused != end) {
            count_discarded(ctx, run.owner, run.fragments ? 1 : end - first_refused);
        }
        first = end;
    }
    rte_pktmbuf_free_bulk(buffer.frames.data() + sent, buffer.size - unsigned{sent});
}

template <class F>
void count_exception(WorkerContext& ctx, const TxOwner& owner, std::uint64_t copies) {
    ctx.family<F>().table.counters().exception(owner.entry, owner.interface,
                                               CopyException::discarded, copies);
}

}  // namespace

void flush(WorkerContext& ctx, TxBuffer& buffer) {
    const auto& queue = buffer.queue;
    const std::uint16_t sent = queue.send == nullptr
                                   ? std::uint16_t{0}
                                   : queue.send(queue.device, buffer.frames.data(), buffer.size);
    if (sent != buffer.size) [[unlikely]] {
        refuse(ctx, buffer, sent);
    } else {
        SentCount count(ctx);
        for (std::uint16_t i = 0; i < buffer.run_count; ++i) {
            const TxRun& run = buffer.runs[i];
            count.add(run.owner.interface, run.frames, run.octets);
        }
    }
    buffer.size = 0;
    buffer.run_count = 0;
}

void count_discarded(WorkerContext& ctx, const TxOwner& owner, std::uint64_t copies) {
    ctx.interface_counters(owner.interface).discarded.add(copies);
    if (owner.entry == TxOwner::kNoOwner) {
        return;
    }
    if (owner.family == Family::ipv4) {
        count_exception<V4>(ctx, owner, copies);
    } else {
        count_exception<V6>(ctx, owner, copies);
    }
}

}  // namespace mgmd::dataplane
