// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/probe/source.hpp"

#include <rte_mbuf.h>

namespace mgmd::probe {
namespace {

std::uint16_t keep(std::span<rte_mbuf*> frames, std::size_t count) {
    if (count < frames.size()) {
        rte_pktmbuf_free_bulk(frames.data() + count, static_cast<unsigned>(frames.size() - count));
    }
    return static_cast<std::uint16_t>(count);
}

std::byte* end_of(const rte_mbuf& frame) {
    return rte_pktmbuf_mtod_offset(&frame, std::byte*, frame.data_len);
}

}  // namespace

Source::Source(const Options& options, std::uint64_t hz)
    : options_(options), hz_(hz), learning_(options.learn && options.flows != 0) {
    if (learning_) {
        seen_.resize(options.flows);
    }
    if (options.rate != 0) {
        arrivals_.emplace(options.rate, hz);
    }
    if (options.timed == Timed::joins) {
        host_.emplace(options.join_rate, options.flows, hz);
    }
}

std::uint16_t Source::receive(std::span<rte_mbuf*> frames, std::uint64_t now) {
    if (!frames.empty()) {
        pool_ = frames.front()->pool;
    }
    if (learning_) {
        return teach(frames, now);
    }
    if (arrivals_) {
        return arrive(frames, now);
    }
    if (options_.flows != 0) {
        for (auto* frame : frames) {
            write(*frame, next_flow(now), now);
        }
    }
    return static_cast<std::uint16_t>(frames.size());
}

std::uint16_t Source::receive_from_host(std::uint16_t port, std::span<rte_mbuf*> frames,
                                        std::uint16_t count, std::uint64_t now) {
    if (!host_ || pool_ == nullptr || count == frames.size() || !host_->reports(now)) {
        return count;
    }
    auto* frame = rte_pktmbuf_alloc(pool_);
    if (frame == nullptr) {
        return count;  // lost, like any frame that finds no buffer
    }
    frame->port = port;
    frame->data_len = kReportOctets;
    frame->pkt_len = kReportOctets;
    write_report(rte_pktmbuf_mtod(frame, std::byte*), host_->group());
    frames[count] = frame;
    return static_cast<std::uint16_t>(count + 1);
}

/// The next flows in turn of which no copy has been seen yet, no more at a time than the window. A
/// flow whose report got lost has its turn again.
std::uint16_t Source::teach(std::span<rte_mbuf*> frames, std::uint64_t now) {
    const std::uint64_t patience = hz_ / 100;
    if (now - last_progress_ > patience) {
        waiting_ = 0;
        last_progress_ = now;
    }
    std::size_t count = 0;
    while (count < frames.size() && waiting_ < options_.window) {
        std::uint32_t looked_at = 0;
        while (seen_[next_taught_] && ++looked_at < options_.flows) {
            next_taught_ = next_taught_ + 1 < options_.flows ? next_taught_ + 1 : 0;
        }
        if (looked_at == options_.flows) {
            learning_ = false;
            seen_ = {};
            break;
        }
        write(*frames[count++], next_taught_, now);
        ++waiting_;
        next_taught_ = next_taught_ + 1 < options_.flows ? next_taught_ + 1 : 0;
    }
    return keep(frames, count);
}

std::uint16_t Source::arrive(std::span<rte_mbuf*> frames, std::uint64_t now) {
    missed_ += arrivals_->overflow(now, Arrivals::kQueue * hz_ / options_.rate);
    std::size_t count = 0;
    while (count < frames.size()) {
        const auto arrival = arrivals_->take(now);
        if (arrival == 0) {
            break;
        }
        write(*frames[count++], next_flow(now), arrival);
    }
    return keep(frames, count);
}

std::uint32_t Source::next_flow(std::uint64_t now) {
    if (host_) {
        return host_->group();
    }
    if (options_.extra_rate != 0 && now >= next_extra_) {
        const auto gap = hz_ / options_.extra_rate;
        next_extra_ = next_extra_ + 1024 * gap < now ? now + gap : next_extra_ + gap;
        const auto serial = static_cast<std::uint32_t>(extra_++ & 0x3f'ffff);
        return kExtraFlow | (options_.extra_wanted ? 0 : kUnwantedFlow) | serial;
    }
    return random_.below(options_.flows);
}

void Source::write(rte_mbuf& frame, std::uint32_t flow, std::uint64_t arrival) const {
    auto* data = rte_pktmbuf_mtod(&frame, std::byte*);
    const auto addresses = addresses_of(flow, options_.source_bits);
    if (options_.family == 4) {
        write_ipv4(data, addresses);
    } else {
        write_ipv6(data, addresses);
    }
    std::memcpy(end_of(frame) - Trailer::kFlowOctets, &flow, sizeof flow);
    if (is_timed(flow)) {
        std::memcpy(end_of(frame) - Trailer::kOctets, &arrival, sizeof arrival);
    }
}

bool Source::is_timed(std::uint32_t flow) const {
    return options_.timed == Timed::all ||
           (options_.timed == Timed::extra && (flow & kExtraFlow) != 0);
}

void Source::saw(const rte_mbuf& frame, std::uint64_t now, Histogram& times) {
    const rte_mbuf* segment = &frame;
    while (segment->next != nullptr) {
        segment = segment->next;
    }
    const auto* end = end_of(*segment);
    std::uint32_t flow;
    std::memcpy(&flow, end - Trailer::kFlowOctets, sizeof flow);
    if (host_) {
        if (const auto waited = host_->saw(flow, now)) {
            times.add(*waited);
        }
        return;
    }
    if (learning_ && flow < seen_.size() && !seen_[flow]) {
        seen_[flow] = true;
        ++learned_;
        waiting_ -= waiting_ != 0 ? 1 : 0;
        last_progress_ = now;
    }
    if (!learning_ && is_timed(flow)) {
        std::uint64_t arrival;
        std::memcpy(&arrival, end - Trailer::kOctets, sizeof arrival);
        times.add(now > arrival ? now - arrival : 0);
    }
}

}  // namespace mgmd::probe
