// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "control/mgm/group_manager.hpp"
#include "control/rib.hpp"
#include "dataplane/table.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/table_fixture.hpp"

/// What the Multicast Group Manager costs with the real forwarding table behind it: a new source
/// from the event to the published entry, changes of membership, installed routes, expiry.
namespace mgmd::mgm {
namespace {

using dataplane::test::source;

constexpr InterfaceIndex kInterfaces = 31;
constexpr InterfaceIndex kArrival = 1;
constexpr InterfaceIndex kLast = 31;  ///< has receivers only while a benchmark says so

template <class F>
typename F::Address group(std::uint32_t n) {
    auto address = dataplane::test::group<F>(n);
    if (F::family == Family::ipv4) {
        address.bytes[0] = 239;  // not source-specific
    } else {
        address.bytes[1] = 0x1e;
    }
    return address;
}

template <class F>
InterfaceId<F> link(InterfaceIndex index) {
    return {index, {}};
}

void check(bool ok) {
    if (!ok) {
        std::abort();
    }
}

/// A routing protocol that takes whatever MGM proposes.
template <class F>
class Protocol final : public ProtocolClient<F> {};

/// One protocol owns every interface; `receivers` of them want group 0.
template <class F>
struct Bench {
    explicit Bench(std::uint32_t entries, InterfaceIndex receivers = 4)
        : table({.capacity = entries, .workers = 1, .exceptions_per_worker = 16}, interfaces, grace,
                clock) {
        rib.add_connected({masked(source<F>(0), 8), 8}, kArrival);
        Options options;
        options.limits.entries = entries;
        options.limits.per_interface_percent = 100;
        std::vector<InterfaceConfig<F>> links;
        for (InterfaceIndex index = 1; index <= kInterfaces; ++index) {
            links.push_back({.id = link<F>(index), .next_hop_mac = {}, .boundaries = {}});
        }
        const auto ignore = [](std::function<void()>) {};
        manager = std::make_unique<GroupManager<F>>(Dependencies<F>{clock, rib, table, ignore},
                                                    options, links);
        handle = *manager->register_protocol({100, 1}, protocol);
        for (InterfaceIndex index = 1; index <= kInterfaces; ++index) {
            check(manager->take_interface(handle, link<F>(index)).has_value());
        }
        for (InterfaceIndex index = 2; index < 2 + receivers; ++index) {
            check(manager->add_membership(handle, membership(index)).has_value());
        }
    }

    static Membership<F> membership(InterfaceIndex index) {
        return {{.group = group<F>(0), .source = {}}, link<F>(index), MembershipFlags::join, {}};
    }

    static Event first_packet(std::uint32_t flow) {
        Event event;
        event.family = F::family;
        event.interface = kArrival;
        event.source = RawAddress::from(source<F>(1 + flow));
        event.group = RawAddress::from(group<F>(0));
        return event;
    }

    void learn(std::uint32_t entries) {
        for (std::uint32_t n = 0; n < entries; ++n) {
            manager->on_no_entry(first_packet(n));
        }
        check(table.usage().entries == entries);
    }

    dataplane::InterfaceTable interfaces{
        dataplane::test::interface_table(dataplane::test::settings_with_interfaces(kInterfaces))};
    dataplane::test::AtomicQsbr grace{1};
    test::FakeClock clock;
    dataplane::Table<F> table;
    Rib<F> rib;
    Protocol<F> protocol;
    std::unique_ptr<GroupManager<F>> manager;
    ClientHandle handle;
};

/// From the worker's event to the entry that workers find.
template <class F>
void new_source(benchmark::State& state) {
    const auto entries = static_cast<std::uint32_t>(state.range(0));
    const auto receivers = static_cast<InterfaceIndex>(state.range(1));
    auto bench = std::make_unique<Bench<F>>(entries, receivers);
    for (auto _ : state) {
        bench->learn(entries);
        state.PauseTiming();
        bench = std::make_unique<Bench<F>>(entries, receivers);
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * entries);
}
BENCHMARK(new_source<V4>)->Args({100'000, 4})->Args({1'000'000, 4})->Args({100'000, 16});
BENCHMARK(new_source<V6>)->Args({100'000, 4});

/// A receiver comes and goes: every entry of its group is published anew, twice.
template <class F>
void join_and_leave(benchmark::State& state) {
    const auto entries = static_cast<std::uint32_t>(state.range(0));
    Bench<F> bench(std::max<std::uint32_t>(entries, 16));
    bench.learn(entries);
    const auto membership = Bench<F>::membership(kLast);
    for (auto _ : state) {
        check(bench.manager->add_membership(bench.handle, membership).has_value());
        check(bench.manager->delete_membership(bench.handle, membership).has_value());
    }
    state.SetItemsProcessed(state.iterations() * 2 * entries);
}
BENCHMARK(join_and_leave<V4>)->Arg(1)->Arg(100)->Arg(10'000);
BENCHMARK(join_and_leave<V6>)->Arg(100);

/// Static routes: installed, then removed.
template <class F>
void install_route(benchmark::State& state) {
    const auto entries = static_cast<std::uint32_t>(state.range(0));
    Bench<F> bench(entries, 0);
    std::vector<InstalledRoute<F>> routes(entries);
    for (std::uint32_t n = 0; n < entries; ++n) {
        routes[n].key = {.group = group<F>(n), .source = source<F>(1)};
        routes[n].accept = {link<F>(kArrival)};
        for (InterfaceIndex index = 2; index < 6; ++index) {
            routes[n].outgoing.push_back({link<F>(index), {}});
        }
    }
    for (auto _ : state) {
        for (const auto& route : routes) {
            check(bench.manager->install_route(bench.handle, route).has_value());
        }
        state.PauseTiming();
        for (const auto& route : routes) {
            check(bench.manager->remove_route(bench.handle, route.key).has_value());
        }
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * entries);
}
BENCHMARK(install_route<V4>)->Arg(100'000);
BENCHMARK(install_route<V6>)->Arg(100'000);

/// Entries that all expire, in the slices in which the control thread does it.
template <class F>
void expire(benchmark::State& state) {
    const auto entries = static_cast<std::uint32_t>(state.range(0));
    Bench<F> bench(entries);
    for (auto _ : state) {
        state.PauseTiming();
        bench.learn(entries);
        state.ResumeTiming();
        while (bench.table.usage().entries != 0) {
            bench.clock.set(std::max(bench.clock.now(), *bench.manager->next_deadline()));
            bench.manager->run_timers(bench.clock.now());
        }
    }
    state.SetItemsProcessed(state.iterations() * entries);
}
BENCHMARK(expire<V4>)->Arg(100'000);

}  // namespace
}  // namespace mgmd::mgm

BENCHMARK_MAIN();
