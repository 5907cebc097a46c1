// SPDX-License-Identifier: Apache-2.0
#include "dataplane/dry_run.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <string>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "dataplane/frame.hpp"
#include "dataplane/link_header.hpp"
#include "dataplane/pipeline.hpp"

namespace mgmd::dataplane {
namespace {

/// Room for the frame itself and no other.
HoldLimits hold_limits() {
    return {.flows = 1,
            .buffers = ArrivingFrame::kMostOctets,
            .percent_per_interface = 100,
            .packets_per_flow = 1,
            .timeout = rte_get_tsc_hz()};
}

/// Grants what is asked for once.
TokenBucket one_token() {
    return TokenBucket{Rate{1, 1}};
}

/// As a driver would deliver it; nullptr: no buffers.
rte_mbuf* make_frame(const ArrivingFrame& from, rte_mempool& pool) {
    rte_mbuf* frame = nullptr;
    rte_mbuf** link = &frame;
    std::uint32_t done = 0;
    do {
        rte_mbuf* segment = rte_pktmbuf_alloc(&pool);
        if (segment == nullptr) {
            rte_pktmbuf_free(frame);
            return nullptr;
        }
        *link = segment;
        link = &segment->next;
        const auto size = std::min(buffer_room(pool), from.length - done);
        const auto given = static_cast<std::uint32_t>(from.octets.size());
        const auto copied = std::min(size, given - std::min(given, done));
        auto* to = rte_pktmbuf_mtod(segment, std::uint8_t*);
        std::memcpy(to, from.octets.data() + std::min(given, done), copied);
        std::memset(to + copied, 0, size - copied);
        segment->data_len = static_cast<std::uint16_t>(size);
        if (segment != frame) {
            ++frame->nb_segs;
        }
        frame->pkt_len += size;
        done += size;
    } while (done < from.length);
    return frame;
}

class DryRun {
public:
    explicit DryRun(const DryRunParts& parts);
    DryRun(const DryRun&) = delete;
    DryRun& operator=(const DryRun&) = delete;

    Explanation run(PortIndex port, rte_mbuf* frame);

private:
    /// A device that takes notes.
    struct Recorder {
        DryRun* run;
        PortIndex port;
    };

    static std::uint16_t send(void* recorder, rte_mbuf** frames, std::uint16_t count);
    static std::uint16_t send_to_kernel(void* recorder, rte_mbuf** frames, std::uint16_t count);
    void note(const TxRun& run, std::span<rte_mbuf* const> frames);

    void classify_frame(PortIndex port, rte_mbuf* frame);
    template <class F>
    void walk();
    template <class F>
    void describe(const Entry<F>& entry, const Packet& packet, EntryExplanation<F>& to);
    template <class F>
    void describe_copies(const Entry<F>& entry, const Packet& packet, EntryExplanation<F>& to);
    CopyFate fate_of(const ExceptionNode* exceptions, InterfaceIndex interface,
                     InterfaceIndex arrival) const;
    void conclude();

    WorkerCounters counters_;
    EventRing events_;
    ControlPacketRing control_packets_;
    WorkerContext ctx_;
    std::vector<Recorder> devices_;
    std::map<InterfaceIndex, CopyExplanation::Frame> sent_;
    Explanation result_;
};

DryRun::DryRun(const DryRunParts& parts) : ctx_(parts.ipv4, parts.ipv6) {
    ctx_.interfaces = &parts.interfaces;
    ctx_.arrivals = &parts.arrivals;
    ctx_.counters = &counters_;
    ctx_.events = &events_;
    ctx_.control_packets = &control_packets_;
    ctx_.pools = parts.pools;
    ctx_.replication = parts.replication;
    ctx_.now = rte_rdtsc();
    const auto ports = static_cast<PortIndex>(parts.kernel_ports.size());
    for (PortIndex port = 0; port < ports; ++port) {
        devices_.push_back({this, port});
    }
    ctx_.tx.resize(ports);
    ctx_.kernel.resize(ports);
    for (auto& device : devices_) {
        ctx_.tx[device.port].queue = {&DryRun::send, &device};
        if (parts.kernel_ports[device.port]) {
            ctx_.kernel[device.port] = {&DryRun::send_to_kernel, &device};
        }
    }
    ctx_.no_entry.assign(parts.interfaces.size(), one_token());
    ctx_.packet_too_big = one_token();
    ctx_.hold_budget = HoldBudget(hold_limits());
    ctx_.ipv4.held = Hold<V4>(hold_limits(), ctx_.hold_budget);
    ctx_.ipv6.held = Hold<V6>(hold_limits(), ctx_.hold_budget);
}

std::uint16_t DryRun::send(void* recorder, rte_mbuf** frames, std::uint16_t count) {
    const auto& device = *static_cast<const Recorder*>(recorder);
    const TxBuffer& buffer = device.run->ctx_.tx[device.port];
    std::size_t first = 0;
    for (std::uint16_t i = 0; i < buffer.run_count; ++i) {
        device.run->note(buffer.runs[i], {frames + first, buffer.runs[i].frames});
        first += buffer.runs[i].frames;
    }
    rte_pktmbuf_free_bulk(frames, count);
    return count;
}

std::uint16_t DryRun::send_to_kernel(void* recorder, rte_mbuf** frames, std::uint16_t count) {
    static_cast<const Recorder*>(recorder)->run->result_.to_kernel = true;
    rte_pktmbuf_free_bulk(frames, count);
    return count;
}

void DryRun::note(const TxRun& run, std::span<rte_mbuf* const> frames) {
    const rte_mbuf& frame = *frames.front();
    const auto owner = owner_of(frame);
    if (owner.entry == FrameOwner::kNone) {
        return;  // ICMPv6: no copy of the packet
    }
    constexpr std::size_t kHeaders = kL2Headroom + sizeof(Ipv6Header);
    std::array<std::uint8_t, kHeaders> room;
    const auto length = std::min<std::uint32_t>(frame.pkt_len, kHeaders);
    copy_octets(frame, 0, length, room.data());
    const std::span<const std::uint8_t> headers(room.data(), length);
    const auto link = read_tags(headers);
    const bool ipv4 = owner.family == Family::ipv4;
    const std::size_t ttl = ipv4 ? offsetof(Ipv4Header, ttl) : offsetof(Ipv6Header, hop_limit);
    auto& noted = sent_[run.interface];
    if (noted.frames == 0 && link && link->length + ttl < length) {
        const auto& ethernet = *reinterpret_cast<const EthernetHeader*>(headers.data());
        noted.destination = ethernet.destination;
        noted.source = ethernet.source;
        noted.outer_vlan = link->outer_vid;
        noted.vlan = link->vid;
        noted.ttl = headers[link->length + ttl];
    }
    noted.frames = static_cast<std::uint16_t>(noted.frames + frames.size());
    noted.octets += run.octets;
}

Explanation DryRun::run(PortIndex port, rte_mbuf* frame) {
    begin_lookups(ctx_.ipv4);
    begin_lookups(ctx_.ipv6);
    classify_frame(port, frame);
    for (InterfaceIndex index = 1; index < ctx_.interfaces->size(); ++index) {
        if (counters_.interfaces[index].rx_packets.get() != 0) {
            result_.interface = index;
        }
    }
    if (ctx_.ipv4.burst.size != 0) {
        walk<V4>();
    } else if (ctx_.ipv6.burst.size != 0) {
        walk<V6>();
    }
    conclude();
    return std::move(result_);
}

/// The body that the workers run (choose_process).
void DryRun::classify_frame(PortIndex port, rte_mbuf* frame) {
    using Set = IngressFeatures;
    const auto features = ctx_.arrivals->features();
    const auto run = [&]<Set kFeatures>() {
        classify<kFeatures>(ctx_, port, {&frame, 1}, ctx_.ipv4.burst, ctx_.ipv6.burst,
                            BeginLookup{ctx_});
    };
    if (features.vlans) {
        features.boundaries ? run.operator()<Set{true, true}>()
                            : run.operator()<Set{true, false}>();
    } else {
        features.boundaries ? run.operator()<Set{false, true}>()
                            : run.operator()<Set{false, false}>();
    }
}

/// The stages of pipeline.hpp, in their order.
template <class F>
void DryRun::walk() {
    auto& family = ctx_.family<F>();
    const Packet packet = family.burst.packets[0];
    auto& flow = result_.flow.emplace<FlowExplanation<F>>();
    flow.flow = family.burst.keys[0].flow();
    flow.ttl = packet.ttl;
    flow.ip_length = packet.ip_length;
    auto runs = lookup<F>(family);
    const Entry<F>* entry = runs.front().entry;
    runs = resolve<F>(ctx_, runs);
    if (entry == nullptr) {
        return;
    }
    runs = accept<F>(ctx_, runs);
    describe<F>(*entry, packet, flow.entry.emplace());
    runs = ttl<F>(ctx_, runs);
    if (!runs.empty()) {
        replicate<F>(ctx_, runs);
        flush(ctx_);
        describe_copies<F>(*entry, packet, *flow.entry);
    }
    family.table.counters().recycle(family.table.index(*entry));
}

template <class F>
void DryRun::describe(const Entry<F>& entry, const Packet& packet, EntryExplanation<F>& to) {
    const auto& table = ctx_.family<F>().table;
    to.key = entry.key.unpack();
    to.action = entry.action;
    to.accept.any = entry.accept_kind == AcceptKind::any;
    for (InterfaceIndex index = 1; index < ctx_.interfaces->size() && !to.accept.any; ++index) {
        if (table.accepts(entry, index)) {
            to.accept.interfaces.push_back(index);
        }
    }
    to.accepted = entry.action != Action::drop && table.accepts(entry, packet.interface);
}

template <class F>
void DryRun::describe_copies(const Entry<F>& entry, const Packet& packet, EntryExplanation<F>& to) {
    const auto& table = ctx_.family<F>().table;
    std::map<InterfaceIndex, const ExceptionNode*> exceptions;
    table.counters().for_each_exception(table.index(entry), [&](const ExceptionNode& node) {
        exceptions[node.interface.load(std::memory_order_relaxed)] = &node;
    });
    const Plan& plan = table.plan(entry);
    for (std::uint16_t i = 0; i < plan.class_count; ++i) {
        for (const auto& member : plan.members(plan.classes()[i])) {
            CopyExplanation copy;
            copy.interface = member.interface;
            copy.ttl_threshold = member.ttl_threshold;
            copy.mtu = member.mtu;
            copy.rewrite_class = i;
            if (const auto sent = sent_.find(member.interface); sent != sent_.end()) {
                copy.frame = sent->second;
                copy.fate = sent->second.frames > 1 ? CopyFate::fragmented : CopyFate::sent;
            } else {
                const auto found = exceptions.find(member.interface);
                copy.fate = fate_of(found == exceptions.end() ? nullptr : found->second,
                                    member.interface, packet.interface);
            }
            to.copies.push_back(copy);
        }
    }
    std::ranges::sort(to.copies, {}, &CopyExplanation::interface);
}

/// Of a copy that did not leave: by what was counted for it.
CopyFate DryRun::fate_of(const ExceptionNode* exceptions, InterfaceIndex interface,
                         InterfaceIndex arrival) const {
    const auto counted = [&](CopyException kind) {
        return exceptions != nullptr &&
               exceptions->counts[static_cast<std::size_t>(kind)].get() != 0;
    };
    if (counted(CopyException::left_out)) {
        return interface == arrival ? CopyFate::arrival_link : CopyFate::boundary;
    }
    if (counted(CopyException::ttl_too_low)) {
        return CopyFate::ttl_too_low;
    }
    if (counted(CopyException::too_big)) {
        return CopyFate::too_big;
    }
    if (!ctx_.interfaces->is_enabled(interface)) {
        return CopyFate::disabled;
    }
    return ctx_.interfaces->is_up(interface) ? CopyFate::no_buffer : CopyFate::link_down;
}

/// The verdict, as it was counted.
void DryRun::conclude() {
    control_packets_.drain(
        [&](const ControlPacket& packet) { result_.to_control = packet.protocol; }, 1);
    result_.packet_too_big = counters_.packet_too_big_sent.get() != 0;
    if (counters_.forwarded.get() != 0) {
        result_.verdict = Verdict::forwarded;
    } else if (counters_.punted.get() != 0) {
        result_.verdict = Verdict::punted;
    } else if (counters_.held_in.get() != 0) {
        result_.verdict = Verdict::held;
    } else {
        result_.verdict = Verdict::dropped;
        const auto& dropped = counters_.dropped;
        const auto reason = std::ranges::find_if(
            dropped, [](const Counter& counter) { return counter.get() != 0; });
        result_.reason = static_cast<DropReason>(reason - dropped.begin());
    }
    drop_all_held<V4>(ctx_);
    drop_all_held<V6>(ctx_);
}

/// What this thread keeps of a pool for its next time is missing there meanwhile.
void empty_cache(rte_mempool* pool) {
    if (pool != nullptr) {
        rte_mempool_cache_flush(nullptr, pool);
    }
}

}  // namespace

Expected<Explanation> run_dry(const DryRunParts& parts, const ArrivingFrame& frame) {
    if (frame.port >= parts.kernel_ports.size()) {
        return fail(ExitCode::internal, "no port " + std::to_string(frame.port));
    }
    if (frame.length < frame.octets.size() || frame.length > ArrivingFrame::kMostOctets) {
        return fail(ExitCode::internal,
                    "a frame of " + std::to_string(frame.length) + " octets: it must be from " +
                        std::to_string(frame.octets.size()) + ", which are given, to " +
                        std::to_string(ArrivingFrame::kMostOctets));
    }
    const auto dry = std::make_unique<DryRun>(parts);
    rte_mbuf* mbuf = make_frame(frame, *parts.pools.packets);
    if (mbuf == nullptr) {
        empty_cache(parts.pools.packets);
        return fail(ExitCode::system, "no packet buffer is free: see mgmctl show memory");
    }
    auto explanation = dry->run(frame.port, mbuf);
    empty_cache(parts.pools.packets);
    empty_cache(parts.pools.headers);
    return explanation;
}

}  // namespace mgmd::dataplane
