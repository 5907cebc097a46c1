// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>
#include <rte_cycles.h>

#include "common/checksum.hpp"
#include "tests/support/sample_flow.hpp"

/// What a packet costs from classify to the driver, in TSC cycles, on ports that free what they
/// are given: bursts of 32 packets of 256 groups in turn, or each of a random one of many groups.
/// Only `process` is timed.
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

/// Below 2^24.
void set_group(Ipv4Address& group, std::uint32_t n) {
    group = {{239, static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8),
              static_cast<std::uint8_t>(n)}};
}
void set_group(Ipv6Address& group, std::uint32_t n) {
    group = {{0xff, 0x3e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, static_cast<std::uint8_t>(n >> 16),
              static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}};
}

void set_checksum(Ipv4Header& header) {
    header.checksum = be16(0);
    header.checksum =
        internet_checksum({reinterpret_cast<const std::uint8_t*>(&header), sizeof(header)});
}
void set_checksum(Ipv6Header&) {}

/// Sends a frame's packet to another group.
template <class F>
void change_group(std::uint8_t* frame, std::uint32_t n) {
    auto& ethernet = *reinterpret_cast<EthernetHeader*>(frame);
    auto& header = *reinterpret_cast<IpHeader<F>*>(frame + sizeof(ethernet));
    set_group(header.destination, n);
    ethernet.destination = multicast_mac(header.destination);
    set_checksum(header);
}

/// A router whose ports have one MAC address or one each.
template <class F>
struct Router {
    Topology topology;
    InterfaceIndex arrival = topology.add();
    std::vector<InterfaceIndex> outgoing;
    std::unique_ptr<WorkerBench> bench;
    Bytes frame;

    Router(std::size_t fan_out, bool one_mac, std::size_t frame_length, bool chain,
           std::uint32_t groups = kGroups) {
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
                                   .table_capacity = groups,
                                   .check = false});
        for (auto& buffer : bench->ctx().tx) {
            buffer.queue = {free_all, nullptr};
        }
        auto key = route<F>(SampleFlow<F>::source, SampleFlow<F>::group);
        for (std::uint32_t n = 0; n < groups; ++n) {
            set_group(key.group, n);
            bench->install(forward_entry(key, arrival, outgoing));
        }
        const auto headers = sizeof(EthernetHeader) + kSampleHeaders<F>;
        frame = sample_packet<F>(std::max(frame_length, headers) - headers).bytes();
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

    /// A burst of packets to the groups that `next()` gives.
    template <class Next>
    std::array<rte_mbuf*, kBurst> burst(Next&& next) const {
        std::array<rte_mbuf*, kBurst> mbufs;
        rte_pktmbuf_alloc_bulk(bench->pool(), mbufs.data(), kBurst);
        for (auto* mbuf : mbufs) {
            auto* octets = reinterpret_cast<std::uint8_t*>(
                rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size())));
            std::memcpy(octets, frame.data(), frame.size());
            change_group<F>(octets, next());
        }
        return mbufs;
    }
};

template <class F, class Next>
void measure(benchmark::State& state, Router<F>& router, Next&& next) {
    const auto process = router.bench->process();
    std::vector<std::uint64_t> cycles;
    for (auto _ : state) {
        auto mbufs = router.burst(next);
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
    state.counters["cycles/out"] =
        median / static_cast<double>(std::max<std::int64_t>(state.range(0), 1));
}

template <class F>
void pipeline(benchmark::State& state) {
    start_eal();
    Router<F> router(static_cast<std::size_t>(state.range(0)), state.range(1) != 0,
                     static_cast<std::size_t>(state.range(2)), state.range(3) != 0);
    measure(state, router, [n = 0u]() mutable { return n++ % kGroups; });
}

template <class F>
void random_flows(benchmark::State& state) {
    start_eal();
    constexpr std::size_t kFrame = 64;
    const auto groups = static_cast<std::uint32_t>(state.range(1));
    Router<F> router(static_cast<std::size_t>(state.range(0)), true, kFrame, false, groups);
    std::minstd_rand random;
    measure(state, router, [&] { return static_cast<std::uint32_t>(random()) % groups; });
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

void scales(benchmark::internal::Benchmark* bench) {
    bench->ArgNames({"fan_out", "entries"})->UseManualTime();
    for (const int fan_out : {1, 16}) {
        for (const int entries : {256, 100'000, 1'000'000}) {
            bench->Args({fan_out, entries});
        }
    }
}

BENCHMARK(random_flows<V4>)->Apply(scales);
BENCHMARK(random_flows<V6>)->Apply(scales);

}  // namespace
}  // namespace mgmd::test

BENCHMARK_MAIN();
