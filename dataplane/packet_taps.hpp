// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "common/error.hpp"
#include "common/packet_tap.hpp"
#include "common/packet_trace.hpp"
#include "dataplane/grace_clock.hpp"
#include "dataplane/worker_tap.hpp"

namespace mgmd::dataplane {

/// Where one worker finds who looks at its packets; null: nobody. control: wo, worker: ro
using ObserverSlot = std::atomic<const Observers*>;

/// All captures and traces. What workers see of them is published under the grace periods of the
/// tables: nothing is freed before every worker has let go of it. Control thread. No DPDK.
class PacketTaps {
public:
    /// A slot of each worker, by WorkerIndex, and how to wake that worker.
    struct WorkerDoor {
        ObserverSlot* slot;
        std::function<void()> wake;
    };
    /// What turns a worker's timestamp into nanoseconds since 1970.
    using WallTime = std::function<std::int64_t(std::uint64_t)>;

    /// Octets of one worker's ring of one capture.
    static constexpr std::size_t kRingOctets = 4 * 1024 * 1024;

    /// All it is given outlives it, and workers have ended before it does.
    PacketTaps(GraceClock& grace, std::vector<WorkerDoor> workers, WallTime wall_time,
               std::size_t ring_octets = kRingOctets);
    ~PacketTaps();
    PacketTaps(const PacketTaps&) = delete;
    PacketTaps& operator=(const PacketTaps&) = delete;

    /// Refused where there are too many, or no memory. What is returned ends before this does.
    Expected<std::unique_ptr<PacketTap<CapturedPacket>>> capture(const CaptureRequest& request);
    /// `count`: packets, on each worker. One trace at a time.
    Expected<std::unique_ptr<PacketTap<TraceRecord>>> trace(const TapFilter& filter,
                                                            std::uint32_t count);

    /// Frees what every worker has let go of.
    void reclaim();

private:
    /// What one request has of each worker.
    struct Captures {
        std::vector<std::unique_ptr<WorkerCapture>> workers;
    };
    struct Traces {
        std::vector<std::unique_ptr<WorkerTrace>> workers;
    };
    class CaptureReader;
    class TraceReader;
    using Token = GraceClock::Token;
    static_assert(kRingOctets / 4 > sizeof(CaptureNote) + 65535, "any frame can be staged");

    bool may_start();
    /// Shows workers the captures and the trace that there are. What they saw before, and `left`,
    /// is kept until they have let go of it. Returns what tells when.
    Token publish(std::shared_ptr<const void> left);
    Token remove(const std::shared_ptr<Captures>& captures);
    Token remove(const std::shared_ptr<Traces>& traces);

    struct Retired {
        Token token;  ///< when it is let go of
        std::shared_ptr<const std::vector<Observers>> published;
        std::shared_ptr<const void> tap;
    };

    GraceClock& grace_;
    std::vector<WorkerDoor> workers_;
    WallTime wall_time_;
    std::size_t ring_octets_;
    std::vector<std::shared_ptr<Captures>> captures_;
    std::shared_ptr<Traces> traces_;
    std::shared_ptr<const std::vector<Observers>> published_;  ///< by WorkerIndex
    std::deque<Retired> retired_;
};

}  // namespace mgmd::dataplane
