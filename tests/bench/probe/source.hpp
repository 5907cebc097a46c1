// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <rte_mbuf.h>

#include "tests/bench/probe/arrivals.hpp"
#include "tests/bench/probe/flow_writer.hpp"
#include "tests/bench/probe/host.hpp"
#include "tests/bench/probe/options.hpp"
#include "tests/bench/probe/report.hpp"

namespace mgmd::probe {

/// What the measured port receives: frames of the device below with addresses of the flows asked
/// for, at the times asked for. Used by the one thread that polls the port.
class Source {
public:
    Source(const Options& options, std::uint64_t hz);

    /// Makes `frames`, fresh from the device, what arrives at `now`; the rest of them is freed.
    /// Returns how many are left.
    std::uint16_t receive(std::span<rte_mbuf*> frames, std::uint64_t now);

    /// What the port watched receives: the host's reports. `frames` has `count` frames of the
    /// device and room for more; returns how many there are then.
    std::uint16_t receive_from_host(std::uint16_t port, std::span<rte_mbuf*> frames,
                                    std::uint16_t count, std::uint64_t now);

    /// A copy of a frame left by the port watched.
    void saw(const rte_mbuf& frame, std::uint64_t now, Histogram& times);

    bool learning() const { return learning_; }
    std::uint64_t extra() const { return extra_; }
    std::uint64_t learned() const { return learned_; }
    std::uint64_t missed() const { return missed_ + (host_ ? host_->lost() : 0); }

private:
    std::uint16_t teach(std::span<rte_mbuf*> frames, std::uint64_t now);
    std::uint16_t arrive(std::span<rte_mbuf*> frames, std::uint64_t now);
    void write(rte_mbuf& frame, std::uint32_t flow, std::uint64_t arrival) const;
    std::uint32_t next_flow(std::uint64_t now);
    bool is_timed(std::uint32_t flow) const;

    const Options options_;
    const std::uint64_t hz_;
    Random random_;
    std::optional<Arrivals> arrivals_;
    std::optional<Host> host_;
    rte_mempool* pool_ = nullptr;  ///< of the frames that the device receives
    bool learning_ = false;
    std::vector<bool> seen_;  ///< by flow, while learning
    std::uint32_t next_taught_ = 0;
    std::uint64_t waiting_ = 0;  ///< taught and not seen yet
    std::uint64_t last_progress_ = 0;
    std::uint64_t learned_ = 0;
    std::uint64_t next_extra_ = 0;  ///< TSC
    std::uint64_t extra_ = 0;
    std::uint64_t missed_ = 0;
};

}  // namespace mgmd::probe
