// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "dataplane/table.hpp"
#include "tests/support/table_fixture.hpp"

/// What the forwarding table costs: lookups with entry, plan and counters touched, and changes.
namespace mgmd::dataplane {
namespace {

constexpr std::size_t kBurst = 32;
constexpr InterfaceIndex kInterfaces = 31;

template <class F>
ForwardingEntry<F> entry(std::uint32_t n, InterfaceIndex fan_out = 4) {
    std::vector<InterfaceIndex> outgoing;
    for (InterfaceIndex i = 0; i < fan_out; ++i) {
        outgoing.push_back(static_cast<InterfaceIndex>(2 + n % 8 + i));
    }
    return test::entry_for(test::key_of<F>(test::source<F>(n / 7), test::group<F>(n)), 1, outgoing);
}

/// A table of one worker. A single thread is both sides: no grace period lasts.
template <class F>
struct Bench {
    explicit Bench(std::size_t capacity)
        : table({.capacity = capacity, .workers = 1, .exceptions_per_worker = 16}, interfaces,
                grace, clock) {}

    void fill(std::uint32_t entries) {
        for (std::uint32_t n = 0; n < entries; ++n) {
            if (!table.install(entry<F>(n))) {
                std::abort();
            }
        }
    }

    InterfaceTable interfaces{test::interface_table(test::settings_with_interfaces(kInterfaces))};
    test::AtomicQsbr grace{1};
    SteadyClock clock;
    Table<F> table;
    TableReader<F> reader = table.reader(0);
};

template <class F>
std::vector<FlowKey<F>> random_flows(std::uint32_t entries, std::size_t count) {
    test::Random random(6);
    std::vector<FlowKey<F>> flows(count);
    for (auto& flow : flows) {
        const auto key = entry<F>(random() % entries).key;
        flow = {key.table, key.source, key.group};
    }
    return flows;
}

/// Per packet: bulk lookup, accept check, first member of the plan, counters.
template <class F>
void lookup(benchmark::State& state) {
    const auto entries = static_cast<std::uint32_t>(state.range(0));
    Bench<F> bench(entries);
    bench.fill(entries);
    const auto flows = random_flows<F>(entries, std::size_t{1} << 20);
    std::array<const Entry<F>*, kBurst> found;
    std::size_t first = 0;
    std::uint64_t sum = 0;
    for (auto _ : state) {
        bench.reader.lookup(
            {&flows[first], kBurst}, [](std::size_t) { return InterfaceIndex{1}; }, found);
        for (const auto* each : found) {
            sum += bench.reader.accepts(*each, 1) ? bench.reader.plan(*each).members()[0].port : 0u;
            bench.reader.counters().accepted(bench.reader.index(*each), 1, 100);
        }
        first = (first + kBurst) % flows.size();
    }
    benchmark::DoNotOptimize(sum);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBurst));
    state.counters["octets/entry"] =
        static_cast<double>(bench.table.usage().octets) / static_cast<double>(entries);
}
BENCHMARK(lookup<V4>)->Arg(256)->Arg(1'000'000);
BENCHMARK(lookup<V6>)->Arg(256)->Arg(1'000'000);

/// New keys into a table that is emptied outside the measured time.
template <class F>
void install(benchmark::State& state) {
    const auto entries = static_cast<std::uint32_t>(state.range(0));
    std::vector<ForwardingEntry<F>> all;
    for (std::uint32_t n = 0; n < entries; ++n) {
        all.push_back(entry<F>(n, static_cast<InterfaceIndex>(state.range(1))));
    }
    auto bench = std::make_unique<Bench<F>>(entries);
    for (auto _ : state) {
        for (const auto& each : all) {
            benchmark::DoNotOptimize(bench->table.install(each));
        }
        state.PauseTiming();
        bench = std::make_unique<Bench<F>>(entries);
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * entries);
}
BENCHMARK(install<V4>)->Args({100'000, 4})->Args({1'000'000, 4})->Args({100'000, 16});
BENCHMARK(install<V6>)->Args({1'000'000, 4});

/// Replacements of random entries, each with another plan.
template <class F>
void replace(benchmark::State& state) {
    const auto entries = static_cast<std::uint32_t>(state.range(0));
    Bench<F> bench(entries);
    bench.fill(entries);
    test::Random random(7);
    std::vector<ForwardingEntry<F>> changed;
    for (std::size_t i = 0; i < 100'000; ++i) {
        changed.push_back(entry<F>(random() % entries, static_cast<InterfaceIndex>(1 + i % 5)));
    }
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(bench.table.install(changed[next]));
        next = (next + 1) % changed.size();
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(replace<V4>)->Arg(256)->Arg(1'000'000);

}  // namespace
}  // namespace mgmd::dataplane

BENCHMARK_MAIN();
