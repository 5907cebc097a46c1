// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "common/clock.hpp"
#include "common/settings.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/context.hpp"
#include "dataplane/pipeline.hpp"
#include "dataplane/table.hpp"
#include "tests/support/eal_fixture.hpp"
#include "tests/support/packet_builder.hpp"

/// One worker without a thread and without devices: frames in, frames and counters out.
namespace mgmd::test {

/// Ports and interfaces of a bench. Port n has the MAC address 02:00:00:00:00:n.
struct Topology {
    Settings settings;
    std::vector<dataplane::PortFacts> ports;

    /// A port without interfaces; change what it is like before the bench is made.
    PortIndex add_port();
    /// An interface of a port; the reference holds until the next one is added.
    InterfaceSettings& add_interface(PortIndex port, std::uint16_t vlan = 0,
                                     std::uint16_t outer_vlan = 0);
    /// A port with an untagged interface, which becomes the only one of its port.
    InterfaceIndex add();
    /// So many of those, and one interface index for each.
    std::vector<InterfaceIndex> add(std::size_t count);
};

/// One frame as a driver was given it.
struct SentFrame {
    Bytes bytes;
    const rte_mbuf* mbuf = nullptr;  ///< to compare: no longer owned
    unsigned segments = 0;
    unsigned references = 0;  ///< of the first segment when it was sent
};

/// Stands for a driver: keeps what it is given until it is taken.
class CollectingPort {
public:
    std::size_t room = std::numeric_limits<std::size_t>::max();  ///< frames taken before refusing

    CollectingPort() = default;
    ~CollectingPort();
    CollectingPort(const CollectingPort&) = delete;
    CollectingPort& operator=(const CollectingPort&) = delete;

    dataplane::TxQueue queue() { return {&CollectingPort::send, this}; }
    /// What was sent since the last call, in order; the buffers are freed. Fails the test if a
    /// frame has changed since it was sent: nobody writes to a frame that a driver has.
    std::vector<SentFrame> take();

private:
    struct Kept {
        rte_mbuf* mbuf;
        SentFrame frame;
    };
    static std::uint16_t send(void* device, rte_mbuf** frames, std::uint16_t count);

    std::vector<Kept> kept_;
};

/// What a bench is made with.
struct BenchOptions {
    unsigned buffers = 2047;
    unsigned headers = 2047;
    std::uint16_t data_room = 2048;
    ReplicationSettings replication{};
    std::uint32_t packet_too_big_burst = 1000;
    unsigned pool_cache = 0;
    std::size_t table_capacity = 4096;  ///< entries of each family
    /// Yes: every frame and every run goes the complete way through the stages, one after the
    /// other.
    bool complete_ways = false;
    /// No: nothing is checked at the end, for benchmarks that bring ports of their own.
    bool check = true;
};

/// A worker's context on tables of its own. When it ends it checks that every packet and every copy
/// was accounted for (accounting.hpp) and that no buffer is missing.
class WorkerBench {
public:
    explicit WorkerBench(const Topology& topology, const BenchOptions& options = {});
    ~WorkerBench();
    WorkerBench(const WorkerBench&) = delete;
    WorkerBench& operator=(const WorkerBench&) = delete;

    dataplane::WorkerContext& ctx() { return *ctx_; }
    dataplane::InterfaceTable& interfaces() { return interfaces_; }
    CollectingPort& port(PortIndex index) { return *ports_.at(index); }
    dataplane::Process process() const { return process_; }
    rte_mempool* pool() const { return packets_.get(); }
    /// Buffers not in the pools.
    unsigned buffers_in_use() const { return packets_.in_use() + headers_.in_use(); }

    template <class F>
    dataplane::Table<F>& table() {
        if constexpr (F::family == Family::ipv4) {
            return *table4_;
        } else {
            return *table6_;
        }
    }

    /// Installs an entry, which must succeed, and remembers it for the accounting.
    template <class F>
    void install(const ForwardingEntry<F>& entry) {
        ASSERT_TRUE(table<F>().install(entry).has_value());
        keys<F>()[entry.key] = true;
    }
    template <class F>
    EntryCounters counters(const RouteKey<F>& key) {
        return table<F>().counters(key).value_or(EntryCounters{});
    }
    const dataplane::WorkerCounters& counters() const { return *counters_; }
    const dataplane::InterfaceCounterBlock& counters(InterfaceIndex interface) const {
        return counters_->interfaces[interface];
    }
    std::uint64_t dropped(DropReason reason) const {
        return counters_->dropped[static_cast<std::size_t>(reason)].get();
    }

    /// What one receive call on the port of `arrival` returned, with the interface's tags on each.
    void receive(InterfaceIndex arrival, std::vector<PacketBuilder> packets);
    void receive(InterfaceIndex arrival, const PacketBuilder& packet) {
        receive(arrival, std::vector{packet});
    }

    /// What control was told and handed since the last call.
    std::vector<Event> events();
    std::vector<ControlPacket> control_packets();

    /// What was sent out of an interface since the last call, told by the tags.
    std::vector<SentFrame> sent(InterfaceIndex interface);
    std::vector<Bytes> sent_bytes(InterfaceIndex interface);

private:
    class NoReaders;

    template <class F>
    std::map<RouteKey<F>, bool>& keys() {
        if constexpr (F::family == Family::ipv4) {
            return keys4_;
        } else {
            return keys6_;
        }
    }
    void collect(PortIndex port);
    void check();

    Topology topology_;
    MbufPool packets_;
    MbufPool headers_;
    dataplane::InterfaceTable interfaces_;
    dataplane::ArrivalTable arrivals_;
    SteadyClock clock_;
    std::unique_ptr<NoReaders> grace_;
    std::unique_ptr<dataplane::Table<V4>> table4_;
    std::unique_ptr<dataplane::Table<V6>> table6_;
    std::unique_ptr<dataplane::WorkerCounters> counters_;
    std::unique_ptr<EventRing> events_;
    std::unique_ptr<ControlPacketRing> control_packets_;
    std::vector<std::unique_ptr<CollectingPort>> ports_;
    std::unique_ptr<dataplane::WorkerContext> ctx_;
    dataplane::Process process_;
    bool complete_ways_ = false;
    bool check_ = true;
    std::map<InterfaceIndex, std::vector<SentFrame>> sent_;
    std::map<InterfaceIndex, std::vector<Bytes>> all_sent_;  ///< for the accounting
    std::map<RouteKey<V4>, bool> keys4_;
    std::map<RouteKey<V6>, bool> keys6_;
};

/// A test on benches.
class BenchTest : public testing::Test {
protected:
    static void SetUpTestSuite() { start_eal(); }
};

/// "(source, group)", or "(*, group)" when `source` is empty.
template <class F>
RouteKey<F> route(std::string_view source, std::string_view group) {
    RouteKey<F> key;
    if (!source.empty()) {
        key.source = parse_address<F>(source).value();
    }
    key.group = parse_address<F>(group).value();
    return key;
}

/// An entry that accepts from one interface and forwards to others.
template <class F>
ForwardingEntry<F> forward_entry(const RouteKey<F>& key, InterfaceIndex accept,
                                 const std::vector<InterfaceIndex>& outgoing) {
    ForwardingEntry<F> entry;
    entry.key = key;
    entry.accept.interfaces = {accept};
    for (const auto interface : outgoing) {
        entry.outgoing.push_back({interface, {}, {}});
    }
    return entry;
}

}  // namespace mgmd::test
