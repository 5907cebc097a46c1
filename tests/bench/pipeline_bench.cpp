// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <rte_cycles.h>

#include "tests/support/sample_flow.hpp"

/// What a packet costs from classify to the driver, in TSC cycles, on ports that free what they
/// are given: bursts of 32 packets of 256 groups in turn. Only `process` is timed.
namespace mgmd::test {
namespace {

constexpr std::size_t kBurst = 32;
constexpr std::uint32_t kGroups = 256;

std::uint16_t free_all(void*, rte_mbuf** frames, std::uint16_t count) {
    for (std::uint16_t i = 0; i < count; ++i) {
        rte_pktmbuf_free(frames[i]);
    }
    return count;
}

template <class F>
std::string group_of(std::uint32_t n) {
    return (F::family == Family::ipv4 ? "239.1.1." : "ff3e::") +
           (F::family == Family::ipv4 ? std::to_string(n) : std::to_string(1000 + n));
}

/// A router whose ports have one MAC address or one each.
template <class F>
struct Router {
    Topology topology;
    InterfaceIndex arrival = topology.add();
    std::vector<InterfaceIndex> outgoing;
    std::unique_ptr<WorkerBench> bench;
    std::vector<Bytes> frames;

    Router(std::size_t fan_out, bool one_mac, std::size_t frame_length, bool chain) {
        outgoing = add_outgoing(fan_out);
        for (auto& port : topology.ports) {
            port.takes_segments = true;
            if (one_mac) {
                port.mac = {{0x02, 0xaa, 0, 0, 0, 1}};
            }
        }
        bench = std::make_unique<WorkerBench>(
            topology, BenchOptions{.buffers = 8191,
                                   .headers = 8191,
                                   .replication = {.copy_max_octets = 0, .chain = chain},
                                   .pool_cache = 512,
                                   .check = false});
        for (auto& buffer : bench->ctx().tx) {
            buffer.queue = {free_all, nullptr};
        }
        for (std::uint32_t n = 0; n < kGroups; ++n) {
            const auto group = group_of<F>(n);
            bench->install(
                forward_entry(route<F>(SampleFlow<F>::source, group), arrival, outgoing));
            const auto headers = sizeof(EthernetHeader) + kSampleHeaders<F>;
            PacketBuilder packet;
            packet.ip<F>(SampleFlow<F>::source, group).udp(1, 2);
            packet.payload(std::max(frame_length, headers) - headers);
            frames.push_back(packet.bytes());
        }
    }

    /// A port each, or VLANs of sixteen ports where there are more.
    std::vector<InterfaceIndex> add_outgoing(std::size_t fan_out) {
        constexpr std::size_t kPorts = 16;
        if (fan_out <= kPorts) {
            return topology.add(fan_out);
        }
        std::vector<InterfaceIndex> added;
        for (std::size_t i = 0; i < fan_out; ++i) {
            const auto port =
                i < kPorts ? topology.add_port() : static_cast<PortIndex>(1 + i % kPorts);
            const auto vlan = static_cast<std::uint16_t>(1 + i / kPorts);
            added.push_back(topology.add_interface(port, vlan).index);
        }
        return added;
    }

    std::array<rte_mbuf*, kBurst> burst(std::size_t first) const {
        std::array<rte_mbuf*, kBurst> mbufs;
        rte_pktmbuf_alloc_bulk(bench->pool(), mbufs.data(), kBurst);
        for (std::size_t i = 0; i < kBurst; ++i) {
            const auto& frame = frames[(first + i) % frames.size()];
            std::memcpy(rte_pktmbuf_append(mbufs[i], static_cast<std::uint16_t>(frame.size())),
                        frame.data(), frame.size());
        }
        return mbufs;
    }
};

template <class F>
void pipeline(benchmark::State& state) {
    start_eal();
    const auto fan_out = static_cast<std::size_t>(state.range(0));
    Router<F> router(fan_out, state.range(1) != 0, static_cast<std::size_t>(state.range(2)),
                     state.range(3) != 0);
    const auto process = router.bench->process();
    std::vector<std::uint64_t> cycles;
    std::size_t first = 0;
    for (auto _ : state) {
        auto mbufs = router.burst(first);
        first += kBurst;
        const auto begin = rte_rdtsc_precise();
        process(router.bench->ctx(), 0, mbufs);
        cycles.push_back(rte_rdtsc_precise() - begin);
        state.SetIterationTime(static_cast<double>(cycles.back()) /
                               static_cast<double>(rte_get_tsc_hz()));
    }
    // The median: a burst during which somebody else had the core says nothing.
    std::nth_element(cycles.begin(), cycles.begin() + cycles.size() / 2, cycles.end());
    const auto median = static_cast<double>(cycles[cycles.size() / 2]) / kBurst;
    state.counters["cycles/in"] = median;
    state.counters["cycles/out"] = median / static_cast<double>(std::max<std::size_t>(fan_out, 1));
}

void scenarios(benchmark::internal::Benchmark* bench) {
    bench->ArgNames({"fan_out", "one_mac", "octets", "chain"})->UseManualTime();
    for (const int octets : {64, 1400}) {
        for (const int fan_out : {1, 4, 16}) {
            bench->Args({fan_out, 1, octets, 0});
        }
        bench->Args({4, 0, octets, 0});
    }
    bench->Args({64, 0, 64, 0});  // a VLAN each
    // Where sharing the payload begins to pay.
    for (const int octets : {128, 256, 512, 1400}) {
        for (const int fan_out : {2, 4, 16}) {
            bench->Args({fan_out, 0, octets, 0});
            bench->Args({fan_out, 0, octets, 1});
        }
    }
}

BENCHMARK(pipeline<V4>)->Apply(scenarios);
BENCHMARK(pipeline<V6>)->Apply(scenarios);

}  // namespace
}  // namespace mgmd::test

BENCHMARK_MAIN();
