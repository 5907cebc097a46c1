// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/drop_reason.hpp"
#include "common/ids.hpp"
#include "common/mac_address.hpp"

/// The door by which control reads what the dataplane counts. Every value is a sum of per-worker
/// counters taken while they run: each is exact, together they are a moment's blur.
namespace mgmd {

/// Of one logical interface.
struct InterfaceCounters {
    std::uint64_t rx_packets = 0;
    std::uint64_t rx_octets = 0;   ///< frames as received, without FCS
    std::uint64_t tx_packets = 0;  ///< handed to the driver
    std::uint64_t tx_octets = 0;
    std::uint64_t ttl_too_low = 0;
    std::uint64_t too_big = 0;
    std::uint64_t discarded = 0;  ///< copies that could not be made or sent
    std::uint64_t unreported_wrong_interface = 0;
};

/// Verdicts. received = forwarded + dropped + punted + held, at any quiet moment.
struct VerdictCounters {
    std::uint64_t received = 0;
    std::uint64_t forwarded = 0;
    std::uint64_t punted = 0;       ///< ended with control or the kernel's port
    std::uint64_t punt_copies = 0;  ///< copies beside another verdict; not part of the sum
    std::uint64_t held = 0;         ///< waiting now
    std::array<std::uint64_t, kDropReasons> dropped{};

    std::uint64_t dropped_total() const {
        std::uint64_t total = 0;
        for (const auto count : dropped) {
            total += count;
        }
        return total;
    }
};

/// What a worker's time goes into: each part of its loop, in order, and rounds that brought no
/// packet.
enum class Stage : std::uint8_t {
    receive,       ///< from the driver; frames of other workers and of the kernel, passed on
    classify,      ///< header checks, and everything that is not multicast data
    lookup,        ///< the entry of each packet
    resolve,       ///< packets without one, and those that waited for it
    accept,        ///< the accept check, the entry's counters, events about packets
    ttl,           ///< one hop less
    replicate,     ///< copies and their headers, into the ports' buffers
    transmit,      ///< to the drivers
    housekeeping,  ///< between bursts: timeouts, control's packets, quiescent states
    idle,          ///< rounds without a packet: polls, housekeeping, sleep
};
inline constexpr std::array<std::string_view, 10> kStageNames{
    "receive", "classify",  "lookup",   "resolve",      "accept",
    "ttl",     "replicate", "transmit", "housekeeping", "idle"};
inline constexpr std::size_t kStages = kStageNames.size();

/// TSC cycles by Stage. They add up to the time that the worker has run.
using StageCycles = std::array<std::uint64_t, kStages>;

struct WorkerView {
    unsigned lcore = 0;
    std::uint64_t polls = 0;                  ///< loop iterations
    std::uint64_t busy_polls = 0;             ///< iterations that received something
    std::uint64_t busy_cycles = 0;            ///< TSC cycles spent in those
    std::optional<StageCycles> stage_cycles;  ///< if workers.stage_cycles is set
    std::uint64_t events_refused = 0;
    std::uint64_t control_packets_refused = 0;
    std::uint64_t injected = 0;
    std::uint64_t inject_errors = 0;
    std::uint64_t packet_too_big_sent = 0;
    std::uint64_t packet_too_big_suppressed = 0;  ///< by the rate, for want of an address, ...
    std::uint64_t held_flows = 0;
    std::uint64_t from_kernel = 0;            ///< frames of the kernel's that left by a port
    std::uint64_t from_kernel_discarded = 0;  ///< those that the port did not take
    VerdictCounters verdicts;
};

enum class ReceiveFilter : std::uint8_t { all_multicast, promiscuous, as_is };

struct PortView {
    std::string name;
    std::string driver;
    MacAddress mac;
    std::uint16_t mtu = 0;
    bool link_up = false;
    bool shares_frames = false;  ///< may send shared mbufs
    ReceiveFilter filter = ReceiveFilter::as_is;
    std::uint16_t rx_queues = 0;
    std::uint16_t tx_queues = 0;
    std::uint64_t rx_packets = 0;  ///< the device's own counts from here on
    std::uint64_t tx_packets = 0;
    std::uint64_t rx_missed = 0;
    std::uint64_t rx_errors = 0;
    std::uint64_t tx_errors = 0;
    std::uint64_t rx_no_mbuf = 0;
};

/// Buffers of the packet pools.
struct PoolView {
    std::string name;
    std::uint32_t size = 0;
    std::uint32_t in_use = 0;
};

class DataplaneView {
public:
    virtual ~DataplaneView() = default;

    virtual InterfaceCounters interface_counters(InterfaceIndex interface) const = 0;
    virtual VerdictCounters verdicts() const = 0;  ///< of all workers
    virtual std::vector<WorkerView> workers() const = 0;
    virtual std::vector<PortView> ports() const = 0;
    virtual std::vector<PoolView> pools() const = 0;
    /// How long no worker has received anything; from the launch of the workers on.
    virtual std::chrono::milliseconds idle_for() const = 0;
    /// TSC cycles per second.
    virtual std::uint64_t cycles_per_second() const = 0;
};

}  // namespace mgmd
