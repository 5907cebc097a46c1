// SPDX-License-Identifier: Apache-2.0
// A protocol for tools/bench, loaded by mgmd as any other: it installs the routes of established
// flows, and then others at a set rate from the control thread, the oldest of which it removes
// again. What it has done is to be read in a file meanwhile.
#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <mgmd/plugin.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr DWORD kProtocolId = (1u << 30) | (0x7e << 16) | 0xbe;
/// Changes in one turn of the router's loop.
constexpr std::uint64_t kMostAtOnce = 512;
/// Routes that come and go have numbers below: then the addresses are used again.
constexpr std::uint64_t kNumbers = 1u << 22;
constexpr DWORD kFlowGroup = 0xef40'0000;      // 239.64.0.0, as tools/benchmark/traffic.py
constexpr DWORD kFlowSource = 0x0a01'0000;     // 10.1.0.0
constexpr DWORD kPassingGroup = 0xefc0'0000;   // 239.192.0.0
constexpr DWORD kPassingSource = 0x0a80'0000;  // 10.128.0.0

/// What the file says; read by tools/benchmark/timing.py.
struct Report {
    std::uint64_t installed;
    std::uint64_t removed;
    std::uint64_t refused;
    std::uint64_t nanoseconds;  ///< since the first of them
    /// The most CPU time, in ns, that the control thread has taken between two turns of the timer:
    /// the plugin's milliseconds are let through after so long. The reader sets it back to 0.
    std::uint64_t longest_turn;
};

struct Plugin {
    HANDLE protocol = nullptr;
    HANDLE timer = nullptr;
    DWORD arrival = 0;
    std::vector<DWORD> outgoing;
    std::uint64_t rate = 0;  ///< installed a second; 0: none
    std::uint64_t live = 0;  ///< of those at one time
    Report* report = nullptr;
    Clock::time_point begin{};
    std::uint64_t next = 0;
    std::uint64_t cpu = 0;  ///< at the end of the last turn
};

Plugin& plugin() {
    static Plugin instance;
    return instance;
}

std::uint64_t number(const char* name) {
    return std::strtoull(mgmd_argument_value(name, "0"), nullptr, 10);
}

DWORD install(DWORD source, DWORD group) {
    auto& self = plugin();
    const mgmd_route route{.dwSourceAddr = htonl(source),
                           .dwSourceMask = ~DWORD{0},
                           .dwGroupAddr = htonl(group),
                           .dwGroupMask = ~DWORD{0},
                           .accept = &self.arrival,
                           .accept_count = 1,
                           .outgoing = self.outgoing.data(),
                           .outgoing_count = self.outgoing.size()};
    return mgmd_install_route(self.protocol, &route);
}

DWORD passing_source(std::uint64_t n) {
    return kPassingSource + static_cast<DWORD>(n % kNumbers & 0xffff);
}
DWORD passing_group(std::uint64_t n) {
    return kPassingGroup + static_cast<DWORD>(n % kNumbers >> 16);
}

void install_next() {
    auto& self = plugin();
    const auto n = self.next++;
    const bool done = install(passing_source(n), passing_group(n)) == NO_ERROR;
    ++(done ? self.report->installed : self.report->refused);
    if (n >= self.live) {
        const auto oldest = n - self.live;
        const auto error = mgmd_remove_route(self.protocol, htonl(passing_source(oldest)),
                                             ~DWORD{0}, htonl(passing_group(oldest)), ~DWORD{0});
        ++(error == NO_ERROR ? self.report->removed : self.report->refused);
    }
}

std::uint64_t thread_cpu() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000u +
           static_cast<std::uint64_t>(time.tv_nsec);
}

void turn(void*);

void turn_again(std::uint64_t milliseconds) {
    plugin().cpu = thread_cpu();
    mgmd_start_timer(milliseconds, turn, nullptr, &plugin().timer);
}

/// As many as are due by now, in portions: the router has other things to do.
void turn(void*) {
    auto& self = plugin();
    self.report->longest_turn = std::max(self.report->longest_turn, thread_cpu() - self.cpu);
    const std::chrono::nanoseconds elapsed = Clock::now() - self.begin;
    const auto due = static_cast<std::uint64_t>(static_cast<double>(elapsed.count()) / 1e9 *
                                                static_cast<double>(self.rate));
    const auto count = std::min(due - std::min(due, self.next), kMostAtOnce);
    for (std::uint64_t i = 0; i < count; ++i) {
        install_next();
    }
    self.report->nanoseconds = static_cast<std::uint64_t>(elapsed.count());
    turn_again(count == kMostAtOnce ? 0 : 1);
}

bool map_report() {
    const int file = open(mgmd_argument_value("report", ""), O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || ftruncate(file, sizeof(Report)) != 0) {
        return false;
    }
    void* memory = mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    plugin().report = memory == MAP_FAILED ? nullptr : static_cast<Report*>(memory);
    return plugin().report != nullptr;
}

/// Its own interface is where the flows arrive; they leave by the others, 1 to `fan_out` besides.
bool take_interfaces() {
    auto& self = plugin();
    if (mgmd_host->interface_count != 1) {
        return false;
    }
    self.arrival = mgmd_host->interfaces[0].index;
    for (DWORD index = 1; self.outgoing.size() < number("fan_out"); ++index) {
        if (index != self.arrival) {
            self.outgoing.push_back(index);
        }
    }
    return MgmTakeInterfaceOwnership(self.protocol, self.arrival, 0) == NO_ERROR;
}

int init() {
    auto& self = plugin();
    const ROUTING_PROTOCOL_CONFIG callbacks{};
    self.rate = number("rate");
    self.live = number("live");
    if (!map_report() ||
        MgmRegisterMProtocol(&callbacks, kProtocolId, 0, &self.protocol) != NO_ERROR ||
        !take_interfaces()) {
        return MGMD_BAD_CONFIGURATION;
    }
    for (DWORD flow = 0; flow < number("established"); ++flow) {
        if (install(kFlowSource, kFlowGroup + flow) != NO_ERROR) {
            return MGMD_BAD_CONFIGURATION;
        }
    }
    self.begin = Clock::now();
    turn_again(1);
    return 0;
}

void stop() {
    auto& self = plugin();
    MgmReleaseInterfaceOwnership(self.protocol, self.arrival, 0);
    MgmDeRegisterMProtocol(self.protocol);
}

}  // namespace

extern "C" const mgmd_plugin_descriptor mgmd_plugin = {
    MGMD_PLUGIN_ABI, &mgmd_host, "routes", init, stop, nullptr};
