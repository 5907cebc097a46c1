// SPDX-License-Identifier: Apache-2.0
// Loaded in front of a DPDK program (LD_PRELOAD), this makes the port of one device receive what a
// benchmark needs, and counts and times what the program does with it. The program carries no code
// for it, and any other (testpmd, an example of DPDK) is measured in the same way.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "tests/bench/probe/source.hpp"

namespace mgmd::probe {
namespace {

/// Between two looks at the clock: a fraction of a sample, without cost for each burst.
constexpr unsigned kCallsPerLook = 64;

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(EXIT_FAILURE);
}

Report& map_report(const std::string& path) {
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || ftruncate(file, sizeof(Report)) != 0) {
        fail(path.c_str());
    }
    void* memory = mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        fail(path.c_str());
    }
    close(file);
    auto* report = new (memory) Report;
    report->tsc_hz = rte_get_tsc_hz();
    return *report;
}

/// One per process: the ports start before any thread polls them.
class Probe {
public:
    explicit Probe(Options options)
        : options_(std::move(options)),
          report_(map_report(options_.report)),
          source_(options_, rte_get_tsc_hz()),
          sample_cycles_(rte_get_tsc_hz() / Sample::kPerSecond) {}

    void port_started(std::uint16_t port) {
        char name[RTE_ETH_NAME_MAX_LEN];
        if (rte_eth_dev_get_name_by_port(port, name) != 0) {
            return;
        }
        ports_.push_back(port);
        if (options_.device == name) {
            if (rte_eth_add_rx_callback(port, 0, received, this) == nullptr) {
                fail("probe: rte_eth_add_rx_callback");
            }
            return;
        }
        const bool watch = options_.timed != Timed::nothing || source_.learning();
        if (watch && watched_ == nullptr) {
            watched_port_ = port;
            watched_ = rte_eth_add_tx_callback(port, 0, sent, this);
            if (watched_ == nullptr) {
                fail("probe: rte_eth_add_tx_callback");
            }
            if (options_.timed == Timed::joins &&
                rte_eth_add_rx_callback(port, 0, received_from_host, this) == nullptr) {
                fail("probe: rte_eth_add_rx_callback");
            }
        }
    }

private:
    static std::uint16_t received(std::uint16_t, std::uint16_t, rte_mbuf** frames,
                                  std::uint16_t count, std::uint16_t, void* self) {
        return static_cast<Probe*>(self)->receive({frames, count});
    }
    static std::uint16_t received_from_host(std::uint16_t port, std::uint16_t, rte_mbuf** frames,
                                            std::uint16_t count, std::uint16_t most, void* self) {
        return static_cast<Probe*>(self)->source_.receive_from_host(port, {frames, most}, count,
                                                                    rte_rdtsc());
    }
    static std::uint16_t sent(std::uint16_t, std::uint16_t, rte_mbuf** frames, std::uint16_t count,
                              void* self) {
        static_cast<Probe*>(self)->watch({frames, count});
        return count;
    }

    std::uint16_t receive(std::span<rte_mbuf*> frames) {
        const auto now = rte_rdtsc();
        const auto count = source_.receive(frames, now);
        total_ += count;
        if (++calls_ % kCallsPerLook == 0 && now - last_sample_ >= sample_cycles_) {
            last_sample_ = now;
            sample(now);
        }
        return count;
    }

    void watch(std::span<rte_mbuf*> frames) {
        const auto now = rte_rdtsc();
        for (const auto* frame : frames) {
            source_.saw(*frame, now, report_.times);
        }
    }

    void sample(std::uint64_t now) {
        if (!source_.learning() && options_.timed == Timed::nothing && watched_ != nullptr) {
            // What it was there for is done; nobody else sends on this queue.
            rte_eth_remove_tx_callback(watched_port_, 0, watched_);
            watched_ = nullptr;
        }
        const auto index = report_.sample_count.load(std::memory_order_relaxed);
        if (index == Report::kSamples) {
            return;
        }
        timespec cpu{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
        auto& to = report_.samples[index];
        to = {.tsc = now,
              .cpu_ns = static_cast<std::uint64_t>(cpu.tv_sec) * 1'000'000'000u +
                        static_cast<std::uint64_t>(cpu.tv_nsec),
              .received = total_,
              .extra = source_.extra(),
              .sent = sent_by_drivers(),
              .learned = source_.learned(),
              .missed = source_.missed(),
              .phase = source_.learning() ? Phase::learning : Phase::measuring};
        report_.sample_count.store(index + 1, std::memory_order_release);
    }

    std::uint64_t sent_by_drivers() const {
        std::uint64_t sum = 0;
        for (const auto port : ports_) {
            rte_eth_stats stats{};
            rte_eth_stats_get(port, &stats);
            sum += stats.opackets;
        }
        return sum;
    }

    const Options options_;
    Report& report_;
    Source source_;
    const std::uint64_t sample_cycles_;
    std::vector<std::uint16_t> ports_;
    std::uint16_t watched_port_ = 0;
    const rte_eth_rxtx_callback* watched_ = nullptr;
    std::uint64_t total_ = 0;
    std::uint64_t last_sample_ = 0;
    unsigned calls_ = 0;
};

/// Never destroyed: workers may poll until the very end.
Probe* probe() {
    static Probe* const instance = [] {
        const char* text = std::getenv("MGMD_BENCH_PROBE");
        return text == nullptr ? nullptr : new Probe(parse_options(text));
    }();
    return instance;
}

}  // namespace
}  // namespace mgmd::probe

/// Stands in front of DPDK's own.
extern "C" __attribute__((visibility("default"))) int rte_eth_dev_start(std::uint16_t port) {
    using Start = int (*)(std::uint16_t);
    static const auto next = reinterpret_cast<Start>(dlsym(RTLD_NEXT, "rte_eth_dev_start"));
    const int result = next(port);
    if (auto* probe = mgmd::probe::probe(); result == 0 && probe != nullptr) {
        probe->port_started(port);
    }
    return result;
}
