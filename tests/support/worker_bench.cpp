// SPDX-License-Identifier: Apache-2.0
#include "tests/support/worker_bench.hpp"

#include <algorithm>
#include <cstring>

#include "dataplane/grace_clock.hpp"
#include "tests/support/accounting.hpp"

namespace mgmd::test {
namespace {

std::uint16_t tag_type(const Bytes& frame, std::size_t at) {
    return static_cast<std::uint16_t>(frame.at(at) << 8 | frame.at(at + 1));
}

std::uint16_t vid(const Bytes& frame, std::size_t at) {
    return static_cast<std::uint16_t>(tag_type(frame, at) & 0x0fff);
}

/// The interface whose tags a frame of this port carries.
InterfaceIndex interface_of(const dataplane::ArrivalTable& arrivals, PortIndex port,
                            const Bytes& frame) {
    constexpr std::size_t kTagAt = 2 * sizeof(MacAddress);
    std::uint16_t outer = 0;
    std::size_t at = kTagAt;
    if (tag_type(frame, at) == static_cast<std::uint16_t>(EtherType::qinq)) {
        outer = vid(frame, at + 2);
        at += sizeof(VlanTag);
    }
    const bool tagged = tag_type(frame, at) == static_cast<std::uint16_t>(EtherType::vlan);
    return arrivals.tags(port).find(outer, tagged ? vid(frame, at + 2) : std::uint16_t{0});
}

/// Leaves more headroom than usual, which is no mistake and makes nothing else of the frame.
void move_up(rte_mbuf& mbuf) {
    const auto* octets = rte_pktmbuf_mtod(&mbuf, const std::uint8_t*);
    mbuf.data_off = static_cast<std::uint16_t>(mbuf.data_off + 2);
    std::memmove(rte_pktmbuf_mtod(&mbuf, std::uint8_t*), octets, mbuf.data_len);
}

}  // namespace

PortIndex Topology::add_port() {
    const auto index = static_cast<PortIndex>(ports.size());
    settings.ports.emplace_back().name = "port" + std::to_string(index);
    auto& facts = ports.emplace_back();
    facts.mac = {{0x02, 0, 0, 0, 0, static_cast<std::uint8_t>(index)}};
    return index;
}

InterfaceSettings& Topology::add_interface(PortIndex port, std::uint16_t vlan,
                                           std::uint16_t outer_vlan) {
    auto& interface = settings.interfaces.emplace_back();
    interface.index = static_cast<InterfaceIndex>(settings.interfaces.size());
    interface.name = "if" + std::to_string(interface.index);
    interface.port = port;
    interface.vlan = vlan;
    interface.outer_vlan = outer_vlan;
    return interface;
}

InterfaceIndex Topology::add() {
    return add_interface(add_port()).index;
}

std::vector<InterfaceIndex> Topology::add(std::size_t count) {
    std::vector<InterfaceIndex> added(count);
    std::generate(added.begin(), added.end(), [this] { return add(); });
    return added;
}

CollectingPort::~CollectingPort() {
    take();
}

std::uint16_t CollectingPort::send(void* device, rte_mbuf** frames, std::uint16_t count) {
    auto& self = *static_cast<CollectingPort*>(device);
    std::uint16_t taken = 0;
    for (; taken < count && self.room > 0; ++taken, --self.room) {
        rte_mbuf* mbuf = frames[taken];
        EXPECT_EQ(mbuf->ol_flags, 0u) << "no offload is ever asked for";
        self.kept_.push_back(
            {mbuf, {bytes_of(mbuf), mbuf, mbuf->nb_segs, rte_mbuf_refcnt_read(mbuf)}});
    }
    return taken;
}

std::vector<SentFrame> CollectingPort::take() {
    std::vector<SentFrame> frames;
    for (auto& kept : kept_) {
        EXPECT_EQ(bytes_of(kept.mbuf), kept.frame.bytes) << "somebody wrote to a sent frame";
        rte_pktmbuf_free(kept.mbuf);
        frames.push_back(std::move(kept.frame));
    }
    kept_.clear();
    return frames;
}

/// There is no worker thread: what control has unlinked nobody uses.
class WorkerBench::NoReaders final : public dataplane::GraceClock {
public:
    Token start() override { return ++last_; }
    bool passed(Token) override { return true; }
    std::optional<WorkerIndex> laggard(Token) const override { return std::nullopt; }

private:
    Token last_ = 0;
};

WorkerBench::WorkerBench(const Topology& topology, const BenchOptions& options)
    : topology_(topology),
      packets_(options.buffers, options.data_room, options.pool_cache),
      headers_(options.headers, 0, options.pool_cache),
      interfaces_(topology_.settings, topology_.ports),
      arrivals_(topology_.settings, topology_.ports),
      grace_(std::make_unique<NoReaders>()),
      counters_(std::make_unique<dataplane::WorkerCounters>()),
      events_(std::make_unique<EventRing>()),
      control_packets_(std::make_unique<ControlPacketRing>()),
      process_(dataplane::choose_process(arrivals_.features(), options.complete_ways)),
      complete_ways_(options.complete_ways),
      check_(options.check) {
    const dataplane::TableOptions sizes{options.table_capacity, 1, 65'536};
    table4_ = dataplane::Table<V4>::create(sizes, interfaces_, *grace_, clock_).value();
    table6_ = dataplane::Table<V6>::create(sizes, interfaces_, *grace_, clock_).value();
    ctx_ = std::make_unique<dataplane::WorkerContext>(table4_->reader(0), table6_->reader(0));
    ctx_->interfaces = &interfaces_;
    ctx_->arrivals = &arrivals_;
    ctx_->counters = counters_.get();
    ctx_->events = events_.get();
    ctx_->control_packets = control_packets_.get();
    ctx_->now = 1;
    ctx_->pools = {packets_.get(), headers_.get()};
    ctx_->replication = options.replication;
    ctx_->kernel.resize(topology_.ports.size());
    ctx_->no_entry.resize(interfaces_.size());
    ctx_->ipv4.wrong_interface = dataplane::WrongInterfaceMeter<V4>{1'000'000};
    ctx_->ipv6.wrong_interface = dataplane::WrongInterfaceMeter<V6>{1'000'000};
    ctx_->packet_too_big =
        dataplane::TokenBucket{dataplane::Rate{1'000'000, options.packet_too_big_burst}};
    ctx_->tx.resize(topology_.ports.size());
    for (auto& buffer : ctx_->tx) {
        ports_.push_back(std::make_unique<CollectingPort>());
        buffer.queue = ports_.back()->queue();
    }
}

WorkerBench::~WorkerBench() {
    if (check_) {
        check();
    }
}

void WorkerBench::receive(InterfaceIndex arrival, std::vector<PacketBuilder> packets) {
    const auto& interface = interfaces_[arrival];
    std::vector<rte_mbuf*> frames;
    for (auto& packet : packets) {
        if (interface.outer_vlan != 0) {
            packet.service_vlan(interface.outer_vlan);
        }
        if (interface.vlan != 0) {
            packet.vlan(interface.vlan);
        }
        frames.push_back(make_mbuf(packets_.get(), packet));
        ASSERT_NE(frames.back(), nullptr) << "the bench has too few buffers";
        if (complete_ways_) {
            move_up(*frames.back());
        }
    }
    process_(*ctx_, interface.port, frames);
}

std::vector<Event> WorkerBench::events() {
    std::vector<Event> drained;
    events_->drain([&](const Event& event) { drained.push_back(event); });
    return drained;
}

std::vector<ControlPacket> WorkerBench::control_packets() {
    std::vector<ControlPacket> drained;
    control_packets_->drain([&](const ControlPacket& packet) { drained.push_back(packet); });
    return drained;
}

std::vector<SentFrame> WorkerBench::sent(InterfaceIndex interface) {
    collect(interfaces_[interface].port);
    return std::exchange(sent_[interface], {});
}

std::vector<Bytes> WorkerBench::sent_bytes(InterfaceIndex interface) {
    std::vector<Bytes> bytes;
    for (auto& frame : sent(interface)) {
        bytes.push_back(std::move(frame.bytes));
    }
    return bytes;
}

void WorkerBench::collect(PortIndex port) {
    for (auto& frame : ports_[port]->take()) {
        const auto interface = interface_of(arrivals_, port, frame.bytes);
        EXPECT_NE(interface, kNoInterface) << "port " << port << " sent tags of no interface";
        all_sent_[interface].push_back(frame.bytes);
        sent_[interface].push_back(std::move(frame));
    }
}

void WorkerBench::check() {
    for (PortIndex port = 0; port < ports_.size(); ++port) {
        collect(port);
        EXPECT_EQ(ctx_->tx[port].size, 0) << "port " << port << " was not flushed";
    }
    std::vector<EntryCounters> entries;
    for (const auto& [key, _] : keys4_) {
        entries.push_back(counters<V4>(key));
    }
    for (const auto& [key, _] : keys6_) {
        entries.push_back(counters<V6>(key));
    }
    expect_one_verdict_each(*counters_);
    expect_one_fate_each(*counters_, entries, all_sent_, interfaces_.size());
    EXPECT_EQ(buffers_in_use(), 0u) << "packet buffers leaked";
}

}  // namespace mgmd::test
