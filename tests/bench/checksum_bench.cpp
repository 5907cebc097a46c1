// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <benchmark/benchmark.h>

#include "common/checksum.hpp"

/// What the Internet checksum costs: of a whole header or packet, and after a change of one word.
namespace mgmd {
namespace {

void whole(benchmark::State& state) {
    const std::vector<std::uint8_t> bytes(static_cast<std::size_t>(state.range(0)), 0x5a);
    for (auto _ : state) {
        benchmark::DoNotOptimize(bytes.data());
        benchmark::DoNotOptimize(internet_checksum(bytes));
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(whole)->Arg(20)->Arg(60)->Arg(1400);

void incremental(benchmark::State& state) {
    auto checksum = be16::from_raw(0x1234);
    for (auto _ : state) {
        benchmark::DoNotOptimize(checksum = checksum_of_less(checksum, be16{0x100}));
    }
}
BENCHMARK(incremental);

}  // namespace
}  // namespace mgmd

BENCHMARK_MAIN();
