// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <benchmark/benchmark.h>
#include <rte_cycles.h>

#include "tests/support/sample_flow.hpp"

/// What a flow without an entry costs its worker, in TSC cycles for each: when its first packet
/// comes, and when control's answer does. Bursts of 32 packets, some of new flows, the others of
/// one that is known. The control thread's part is played between the two and not timed.
namespace mgmd::test {
namespace {

using namespace dataplane;

constexpr std::size_t kBurst = 32;
constexpr std::uint32_t kFlows = 4096;  ///< one after the other, then again from the first

enum Answer { refused, negative, wanted };

std::uint16_t free_all(void*, rte_mbuf** frames, std::uint16_t count) {
    for (std::uint16_t i = 0; i < count; ++i) {
        rte_pktmbuf_free(frames[i]);
    }
    return count;
}

/// A worker without a thread, that knows the sample flow and no other.
template <class F>
class MissBench {
public:
    explicit MissBench(Answer answer) : answer_(answer) {
        auto& ctx = bench_.ctx();
        const HoldLimits limits{kFlows, 4096, 100, 4, ~std::uint64_t{0} / 2};
        ctx.hold_budget = HoldBudget(limits);
        ctx.family<F>().held = Hold<F>(limits, ctx.hold_budget);
        ctx.no_entry.assign(3, TokenBucket{Rate{1, 1'000'000}});
        for (auto& buffer : ctx.tx) {
            buffer.queue = {free_all, nullptr};
        }
        bench_.install(forward_entry(sample_route<F>(), arrival_, {leaving_}));
    }
    ~MissBench() { drop_all_held<F>(bench_.ctx()); }

    /// `unknown` of its packets are of flows that come for the first time.
    std::array<rte_mbuf*, kBurst> burst(std::size_t unknown) {
        std::array<rte_mbuf*, kBurst> mbufs;
        rte_pktmbuf_alloc_bulk(bench_.pool(), mbufs.data(), kBurst);
        for (std::size_t i = 0; i < kBurst; ++i) {
            const auto& frame = i < unknown ? frames_[next_++ % kFlows] : known_;
            std::memcpy(rte_pktmbuf_append(mbufs[i], static_cast<std::uint16_t>(frame.size())),
                        frame.data(), frame.size());
        }
        return mbufs;
    }

    [[gnu::noinline]] void offer(std::span<rte_mbuf*> mbufs) {
        bench_.ctx().now = rte_rdtsc();
        bench_.process()(bench_.ctx(), 0, mbufs);
    }

    /// What the control thread does.
    void answer() {
        asked_.clear();
        bench_.ctx().events->drain([&](const Event& event) {
            asked_.push_back(
                {event.table, event.source.template as<F>(), event.group.template as<F>()});
        });
        for (const auto& flow : asked_) {
            auto entry = forward_entry<F>(route_of(flow), arrival_, {leaving_});
            if (answer_ == Answer::refused) {
                bench_.template table<F>().refuse(0, flow);
                continue;
            }
            if (answer_ == Answer::negative) {
                entry.action = Action::drop;
                entry.outgoing.clear();
            }
            (void)bench_.template table<F>().install(entry);
        }
    }

    /// As a worker does it between two polls.
    [[gnu::noinline]] void housekeep() {
        sweep_held<F>(bench_.ctx());
        expire_held<F>(bench_.ctx());
        flush(bench_.ctx());
    }

    /// Entries for which the flows are to be new again.
    void forget() {
        for (const auto& flow : asked_) {
            (void)bench_.template table<F>().remove(route_of(flow));
        }
    }

private:
    static RouteKey<F> route_of(const FlowKey<F>& flow) {
        RouteKey<F> key;
        key.source = flow.source;
        key.group = flow.group;
        return key;
    }
    static Bytes frame_of(const std::string& source) {
        PacketBuilder packet;
        packet.ip<F>(source, SampleFlow<F>::group).udp(1000, 2000).payload(18);
        return packet.bytes();
    }
    static std::string new_source(std::uint32_t n) {
        return F::family == Family::ipv4
                   ? "10.2." + std::to_string(n / 256) + "." + std::to_string(n % 256)
                   : "2001:db8:2::" + std::to_string(n);
    }
    static std::vector<Bytes> new_frames() {
        std::vector<Bytes> frames;
        for (std::uint32_t n = 0; n < kFlows; ++n) {
            frames.push_back(frame_of(new_source(n)));
        }
        return frames;
    }

    Answer answer_;
    Topology topology_;
    InterfaceIndex arrival_ = topology_.add();
    InterfaceIndex leaving_ = topology_.add();
    WorkerBench bench_{topology_,
                       {.buffers = 8191,
                        .headers = 8191,
                        .pool_cache = 512,
                        .table_capacity = 65'536,
                        .check = false}};
    Bytes known_ = frame_of(std::string(SampleFlow<F>::source));
    std::vector<Bytes> frames_ = new_frames();
    std::uint32_t next_ = 0;
    std::vector<FlowKey<F>> asked_;
};

/// The median: when somebody else had the core says nothing.
double median_of(std::vector<std::uint64_t>& cycles) {
    std::nth_element(cycles.begin(), cycles.begin() + cycles.size() / 2, cycles.end());
    return static_cast<double>(cycles[cycles.size() / 2]);
}

template <class F>
void misses(benchmark::State& state) {
    start_eal();
    const auto unknown = static_cast<std::size_t>(state.range(0));
    MissBench<F> bench(static_cast<Answer>(state.range(1)));
    std::vector<std::uint64_t> asking;
    std::vector<std::uint64_t> answered;
    for (auto _ : state) {
        auto mbufs = bench.burst(unknown);
        const auto begin = rte_rdtsc_precise();
        bench.offer(mbufs);
        asking.push_back(rte_rdtsc_precise() - begin);
        bench.answer();
        const auto after = rte_rdtsc_precise();
        bench.housekeep();
        answered.push_back(rte_rdtsc_precise() - after);
        bench.forget();
        state.SetIterationTime(static_cast<double>(asking.back() + answered.back()) /
                               static_cast<double>(rte_get_tsc_hz()));
    }
    const auto flows = static_cast<double>(std::max<std::size_t>(unknown, 1));
    state.counters["burst"] = median_of(asking);
    state.counters["answers"] = median_of(answered);
    state.counters["cycles/flow"] = (median_of(asking) + median_of(answered)) / flows;
}

void scenarios(benchmark::internal::Benchmark* bench) {
    // As many in each run, so that instructions can be compared.
    bench->ArgNames({"unknown", "answer"})->UseManualTime()->Iterations(4096);
    bench->Args({0, Answer::wanted});  // what the others would cost without new flows
    for (const int unknown : {1, 32}) {
        for (const int answer : {Answer::refused, Answer::negative, Answer::wanted}) {
            bench->Args({unknown, answer});
        }
    }
}

BENCHMARK(misses<V4>)->Apply(scenarios);
BENCHMARK(misses<V6>)->Apply(scenarios);

}  // namespace
}  // namespace mgmd::test

BENCHMARK_MAIN();
